// The OVH dialect's services of sending and its cost, implemented by operations. Used by the listeners.
import type { RateDesk, SendingDesk } from '#dialects/ovh/api/services.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { senderStatusOf } from '#operations/account/senders.ts';
import { cancelJob, listJobs } from '#operations/sending/pending-messages.ts';
import { listEnabledSenders } from '#store/accounts/senders.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

export interface SendingOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly rates: RatesFor;
  /** The operator's current pool of reply numbers. */
  readonly replyNumbers: () => readonly ReplyNumber[];
}

export function sendingDeskOf({ config, runtime, replyNumbers }: SendingOptions): SendingDesk {
  return {
    stopShortCode: config.stopShortCode,
    senderStatusOf: (account, sender) => senderStatusOf(runtime, account, sender),
    statusOf: (account, sender) => senderStatusOf(runtime, account, sender),
    hasReplyNumbers: () => replyNumbers().length > 0,
    listEnabledNames: (account) => listEnabledSenders(runtime.database.query, account, 2),
    listJobs: (account, filter) => listJobs(runtime, account, filter),
    cancelJob: (account, id) => cancelJob(runtime, account, id),
  };
}

export function rateDeskOf({
  config: { vatPercent, packDiscounts: discounts },
  rates,
}: SendingOptions): RateDesk {
  return {
    priceMicros(country) {
      const price = rates(null).priceOf(country, 'premium');
      return typeof price === 'bigint' ? price : null;
    },
    creditPriceMicros: () => creditPriceOf({ creditPriceMicros: null }, rates(null)),
    priceList: { vatPercent, discounts },
  };
}
