// The services of the OVH dialect, implemented by operations. Used by the listeners.
import type { OvhDesks } from '#dialects/ovh/api/services.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { editParameters } from '#operations/account/accounts/parameters.ts';
import { readAccountRecord } from '#operations/account/accounts/record.ts';
import type { CredentialCaches } from '#operations/account/credentials/service.ts';
import { moveCredit } from '#operations/money/credit/move-credit.ts';
import type { ServiceParts } from '#operations/services.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { findPerson, listAccountsOf, readCreationTime } from '#store/accounts/accounts.ts';
import type { Config } from './config/settings.ts';
import type { ListenersOptions } from './http-server.ts';
import { readOrderTexts } from './order-texts.ts';
import { historyDeskOf, lookupDeskOf, optOutDeskOf } from './ovh-services-history.ts';
import { keyDeskOf } from './ovh-services-keys.ts';
import { type ListDesks, listDesksOf } from './ovh-services-lists.ts';
import { orderDeskOf } from './ovh-services-orders.ts';
import { senderDeskOf, templateDeskOf } from './ovh-services-senders.ts';
import { rateDeskOf, sendingDeskOf } from './ovh-services-sending.ts';
import { userDeskOf } from './ovh-services-users.ts';
import type { Runtime } from './runtime.ts';

export interface OvhOfficeOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly books: CredentialCaches;
  readonly parts: ServiceParts;
  readonly rates: RatesFor;
  /** The operator's current pool of reply numbers. */
  readonly replyNumbers: () => readonly ReplyNumber[];
  readonly submit: SubmitCampaign;
  /** Called when messages wait for the dispatcher. */
  readonly wakeDispatch: () => void;
}

export function openOvhOffice(options: OvhOfficeOptions): ListenersOptions['ovh'] {
  const { publicUrl, ovhClockWindow } = options.config;
  const { batches, exports } = options.parts;
  const lookups = lookupDeskOf(options.runtime);
  return {
    desks: { ...desksOf(options), ...listDesksOf(options), lookups, batches, exports },
    publicUrls: publicUrl === null ? [] : [publicUrl],
    clockWindowSeconds: ovhClockWindow,
    ...readOrderTexts(options.config),
  };
}

type OfficeDesks = keyof ListDesks | 'batches' | 'lookups' | 'exports';

function desksOf(options: OvhOfficeOptions): Omit<OvhDesks, OfficeDesks> {
  const { config, runtime, books, rates } = options;
  const { accounts, consumers } = books;
  const { query } = runtime.database;
  return {
    consumers,
    keys: keyDeskOf(options),
    users: userDeskOf(options),
    senders: senderDeskOf(options),
    templates: templateDeskOf(options),
    sending: sendingDeskOf(options),
    rates: rateDeskOf(options),
    accounts: {
      byName: (serviceName) => accounts.byName(serviceName),
      listOf: (customer) => listAccountsOf(query, customer.id),
      read: (account) => readAccountRecord(runtime, account),
      edit: (account, change) => editParameters(runtime, account, change, config.allowPrivateCallbacks),
      createdAtMs: ({ id }) => readCreationTime(query, id),
      personOf: async (account) => (await findPerson(query, account.email))!.person,
      creditPriceMicros: ({ id, settings }) => creditPriceOf(settings, rates(id)),
      moveCredit: (from, to, amountMicros) => moveCredit(runtime, from, to, amountMicros),
    },
    orders: orderDeskOf(options),
    history: historyDeskOf(runtime),
    optOuts: optOutDeskOf(runtime),
  };
}
