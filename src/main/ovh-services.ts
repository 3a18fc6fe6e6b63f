// The services of the OVH dialect, implemented by operations. Used by the listeners and the role `jobs`.
import type { OvhDesks } from '#dialects/ovh/api/services.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import type { Loop } from '#lib/async/loop.ts';
import { editParameters } from '#operations/account/accounts/parameters.ts';
import { readAccountRecord } from '#operations/account/accounts/record.ts';
import { moveCredit } from '#operations/money/credit/move-credit.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { findPerson, listAccountsOf, readCreationTime } from '#store/accounts/accounts.ts';
import type { Caches } from './caches.ts';
import type { Config } from './config/settings.ts';
import type { ListenersOptions } from './http-server.ts';
import { startOvhLoops } from './ovh-loops.ts';
import { openBatchOffice } from './ovh-services-batches.ts';
import { openExportOffice } from './ovh-services-exports.ts';
import { historyDeskOf, openLookupOffice, optOutDeskOf } from './ovh-services-history.ts';
import { keyDeskOf } from './ovh-services-keys.ts';
import { type ListOffice, openListOffice } from './ovh-services-lists.ts';
import { orderDeskOf } from './ovh-services-orders.ts';
import { senderDeskOf, templateDeskOf } from './ovh-services-senders.ts';
import { rateDeskOf, sendingDeskOf } from './ovh-services-sending.ts';
import { userDeskOf } from './ovh-services-users.ts';
import type { Runtime } from './runtime.ts';

export interface OvhOfficeOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly processId: number;
  readonly books: Caches;
  readonly rates: RatesFor;
  /** The operator's current pool of reply numbers. */
  readonly replyNumbers: () => readonly ReplyNumber[];
  readonly buckets: () => readonly number[];
  readonly submit: SubmitCampaign;
  /** Called when messages wait for the dispatcher. */
  readonly wakeDispatch: () => void;
  /** Called when there is background work. */
  readonly wakeWork: () => void;
}

export type OvhOffice = ListenersOptions['ovh'] & {
  /** Background work. */
  startLoops(): Readonly<Record<string, Loop>>;
};

export function openOvhOffice(options: OvhOfficeOptions): OvhOffice {
  const { publicUrl, ovhClockWindow } = options.config;
  const lists = openListOffice(options);
  const lookups = openLookupOffice(options.runtime, options.processId, options.buckets);
  const batches = openBatchOffice(options, lists.desks.lists);
  const exports = openExportOffice(options, lists.desks.documents);
  return {
    desks: { ...desksOf(options), ...lists.desks, lookups: lookups.desk, batches: batches.desk, exports },
    publicUrls: publicUrl === null ? [] : [publicUrl],
    clockWindowSeconds: ovhClockWindow,
    users: options.books.users,
    startLoops: () => startOvhLoops({ batches, lists, lookups, exports }, options.runtime.log),
  };
}

type OfficeDesks = keyof ListOffice['desks'] | 'batches' | 'lookups' | 'exports';

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
