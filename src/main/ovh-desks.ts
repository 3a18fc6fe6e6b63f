// What OVH's dialect may ask of the house, answered by operations. Serves the doors.
import type { OvhDesks } from '#dialects/ovh/desks.ts';
import { creditPriceOf } from '#domain/credits.ts';
import type { RateCard } from '#domain/pricing.ts';
import { editParameters } from '#operations/edit-parameters.ts';
import { moveCredit } from '#operations/move-credit.ts';
import { readAccountRecord } from '#operations/read-account.ts';
import type { SubmitCampaign } from '#operations/submit-campaign.ts';
import { findPerson, listAccountsOf } from '#store/accounts.ts';
import type { Loop } from '#workers/loop.ts';
import type { Books } from './books.ts';
import type { Config } from './config.ts';
import type { DoorsOptions } from './doors.ts';
import type { Engine } from './engine.ts';
import { openBatchOffice } from './ovh-desks-batches.ts';
import { openExportOffice } from './ovh-desks-exports.ts';
import { historyDeskOf, openLookupOffice, optOutDeskOf } from './ovh-desks-history.ts';
import { keyDeskOf } from './ovh-desks-keys.ts';
import { type ListOffice, openListOffice } from './ovh-desks-lists.ts';
import { orderDeskOf } from './ovh-desks-orders.ts';
import { userDeskOf } from './ovh-desks-people.ts';
import { senderDeskOf, templateDeskOf } from './ovh-desks-senders.ts';
import { rateDeskOf, sendingDeskOf } from './ovh-desks-sending.ts';
import { startOvhLoops } from './ovh-loops.ts';

export interface OvhOfficeOptions {
  readonly config: Config;
  readonly engine: Engine;
  readonly processId: number;
  readonly books: Books;
  readonly rates: () => RateCard;
  readonly buckets: () => readonly number[];
  readonly submit: SubmitCampaign;
  /** There is something to send. */
  readonly wakeDispatch: () => void;
  /** There is work that nobody waits for. */
  readonly wakeWork: () => void;
}

export type OvhOffice = DoorsOptions['ovh'] & {
  /** What customers do not wait for. */
  startLoops(): Readonly<Record<string, Loop>>;
};

export function openOvhOffice(options: OvhOfficeOptions): OvhOffice {
  const { publicUrl, ovhClockWindow } = options.config;
  const lists = openListOffice(options);
  const lookups = openLookupOffice(options.engine, options.processId, options.buckets);
  const batches = openBatchOffice(options, lists.desks.lists);
  const exports = openExportOffice(options, lists.desks.documents);
  return {
    desks: { ...desksOf(options), ...lists.desks, lookups: lookups.desk, batches: batches.desk, exports },
    publicUrls: publicUrl === null ? [] : [publicUrl],
    clockWindowSeconds: ovhClockWindow,
    users: options.books.users,
    startLoops: () => startOvhLoops({ batches, lists, lookups, exports }, options.engine.log),
  };
}

type OfficeDesks = keyof ListOffice['desks'] | 'batches' | 'lookups' | 'exports';

function desksOf(options: OvhOfficeOptions): Omit<OvhDesks, OfficeDesks> {
  const { config, engine, books, rates } = options;
  const { accounts, consumers } = books;
  const { query } = engine.database;
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
      read: (account) => readAccountRecord(engine, account),
      edit: (account, change) => editParameters(engine, account, change, config.allowPrivateCallbacks),
      personOf: async (account) => (await findPerson(query, account.email))!.person,
      creditPriceMicros: ({ settings }) => creditPriceOf(settings, rates()),
      moveCredit: (from, to, amountMicros) => moveCredit(engine, from, to, amountMicros),
    },
    orders: orderDeskOf(options),
    history: historyDeskOf(engine),
    optOuts: optOutDeskOf(engine),
  };
}
