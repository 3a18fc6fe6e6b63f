// What OVH's dialect may ask of the house about sending and what it costs, answered by operations. Serves the doors.
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
  /** The operator's pool of reply numbers, as it is now. */
  readonly replyNumbers: () => readonly ReplyNumber[];
}

export function sendingDeskOf({ config, runtime, replyNumbers }: SendingOptions): SendingDesk {
  return {
    stopShortCode: config.stopShortCode,
    senderStatusOf: (account, sender) => senderStatusOf(runtime, account, sender),
    hasReplyNumbers: () => replyNumbers().length > 0,
    enabledSenders: (account) => listEnabledSenders(runtime.database.query, account, 2),
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
