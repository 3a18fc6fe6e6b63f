// Number look-ups that customers ordered: stored until a carrier answers, and afterwards with the answer. Used by the look-up
// services, the look-up job and slot cleanings.
import type { AccountKey } from '#domain/account/account.ts';
import type { NumberFacts, OrderedLookup } from '#domain/delivery/lookup.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int2, int4, int8, json, micros, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface NewLookup {
  readonly msisdn: number;
  readonly country: string;
  readonly costMicros: bigint;
}

export interface DueLookup extends NewLookup {
  readonly accountId: number;
  readonly id: number;
  /** This attempt included. */
  readonly tries: number;
}

const insert = statement('insert_lookups', {
  params: {
    ...accountParams,
    lookups: rows<NewLookup>({
      msisdn: of(int8, (lookup) => lookup.msisdn),
      country: of(text, (lookup) => lookup.country),
      cost_micros: of(micros, (lookup) => lookup.costMicros),
      place: of(int4, (_, index) => index),
    }),
    now: instant,
  },
  row: { id: int8 },
  text: (p) => `
insert into lookup_orders (bucket, account_id, msisdn, country, cost_micros, due_at, ordered_at)
select ${p.bucket}, ${p.accountId}, l.msisdn, l.country, l.cost_micros, ${p.now}, ${p.now} from ${p.lookups.as('l')}
order by l.place returning id`,
});

/** Returns their ids in the same order. */
export async function insertLookups(
  query: Query,
  account: AccountKey,
  lookups: readonly NewLookup[],
  nowMs: number,
): Promise<number[]> {
  const inserted = await insert.run(query, { ...valuesOf(account), lookups, now: nowMs });
  return inserted.map(({ id }) => id);
}

const lookupRow = {
  id: int8,
  msisdn: int8,
  country: text,
  status: word<OrderedLookup['status']>(),
  tries: int2,
  facts: nullable(json<NumberFacts>()),
  orderedAtMs: instant,
};
const columns = 'id, msisdn, country, status, tries, facts, ordered_at as "orderedAtMs"';

const list = statement('list_lookups', {
  params: { ...accountParams, limit: int4 },
  row: { id: int8 },
  text: (p) => `
select id from lookup_orders where bucket = ${p.bucket} and account_id = ${p.accountId}
order by id desc limit ${p.limit}`,
});

/** Ids of the newest `limit` look-ups, ascending. */
export async function listLookups(query: Query, account: AccountKey, limit: number): Promise<number[]> {
  const newest = await list.run(query, { ...valuesOf(account), limit });
  return newest.map(({ id }) => id).reverse();
}

const read = statement('read_lookup', {
  params: { ...accountParams, id: int8 },
  row: lookupRow,
  text: (p) => `
select ${columns} from lookup_orders where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

export function readLookup(query: Query, account: AccountKey, id: number): Promise<OrderedLookup | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const findLast = statement('find_lookup', {
  params: { ...accountParams, msisdn: int8 },
  row: lookupRow,
  // Index lookup_orders_by_number.
  text: (p) => `
select ${columns} from lookup_orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = ${p.msisdn} and status = 'done'
order by id desc limit 1`,
});

/** The last look-up of this number that a carrier answered. */
export function findLookup(query: Query, account: AccountKey, msisdn: number): Promise<OrderedLookup | null> {
  return findLast.find(query, { ...valuesOf(account), msisdn });
}

// Index lookup_orders_waiting.
const jobs = jobTable({
  table: 'lookup_orders',
  key: ['id', int8],
  order: 'due_at',
  claim: {
    isOpen: `status = 'waiting'`,
    set: 'tries = j.tries + 1',
    row: { accountId: int4, id: int8, msisdn: int8, country: text, costMicros: micros, tries: int2 },
    columns: `j.account_id as "accountId", j.id, j.msisdn, j.country, j.cost_micros as "costMicros", j.tries`,
  },
});

/** Claims up to `limit` look-ups that are due. The process must work on none: its own rows are claimed again. */
export function claimLookups(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
  limit: number,
): Promise<DueLookup[]> {
  return jobs.claim(query, bucket, { processId, nowMs, limit });
}

/** Releases a look-up without an answer. */
export const releaseLookup = jobs.release;

const end = jobs.step('end_lookup', {
  params: { status: word<'done' | 'failed'>(), facts: nullable(json<NumberFacts>()), now: instant },
  where: `j.status = 'waiting'`,
  set: (p) => `status = ${p.status}, facts = ${p.facts}, done_at = ${p.now}, process_id = null`,
});

/** Stores the answer of a carrier, or null if none answered. False if it had ended, or does not belong to the process. */
export async function endLookup(
  query: Query,
  account: AccountKey,
  id: number,
  processId: number,
  facts: NumberFacts | null,
  nowMs: number,
): Promise<boolean> {
  const status = facts === null ? 'failed' : 'done';
  return (await end(query, account, id, processId, { status, facts, now: nowMs })) !== null;
}
