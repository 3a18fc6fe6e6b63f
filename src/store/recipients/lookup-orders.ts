// Look-ups that were ordered: kept until a carrier answers, and after it, for whoever asks what it said.
import type { NumberFacts, OrderedLookup } from '#domain/delivery/lookup.ts';
import { numbers, type Query, texts } from '#store/database/database.ts';

interface Owner {
  readonly bucket: number;
  readonly id: number;
}

export interface NewLookup {
  readonly msisdn: number;
  readonly country: string;
  readonly costMicros: bigint;
}

/** Their ids, in the same order. */
export async function insertLookups(
  query: Query,
  { bucket, id }: Owner,
  lookups: readonly NewLookup[],
  nowMs: number,
): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `insert into number_lookups (bucket, account_id, msisdn, country, cost_micros, due_at, ordered_at)
     select $1, $2, l.msisdn, l.country, l.cost_micros, to_timestamp($6::float8 / 1000), to_timestamp($6::float8 / 1000)
     from unnest($3::bigint[], $4::text[], $5::bigint[]) with ordinality as l(msisdn, country, cost_micros, place)
     order by l.place returning id`,
    [
      bucket,
      id,
      numbers(lookups.map((l) => l.msisdn)),
      texts(lookups.map((l) => l.country)),
      numbers(lookups.map((l) => l.costMicros)),
      nowMs,
    ],
  );
  return rows.map((row) => row.id);
}

const columns = 'id, msisdn, country, status, tries, facts, ordered_at as "orderedAtMs"';

/** In rising order: at most the newest `limit`. */
export async function listLookups(query: Query, { bucket, id }: Owner, limit: number): Promise<number[]> {
  const rows = await query<{ id: number }>(
    'select id from number_lookups where bucket = $1 and account_id = $2 order by id desc limit $3',
    [bucket, id, limit],
  );
  return rows.map((row) => row.id).reverse();
}

export async function readLookup(query: Query, owner: Owner, id: number): Promise<OrderedLookup | null> {
  const [row] = await query<OrderedLookup>(
    `select ${columns} from number_lookups where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, id],
  );
  return row ?? null;
}

/** The last one of this number that a carrier has answered. */
export async function findLookup(query: Query, owner: Owner, msisdn: number): Promise<OrderedLookup | null> {
  const [row] = await query<OrderedLookup>(
    `select ${columns} from number_lookups
     where bucket = $1 and account_id = $2 and msisdn = $3 and status = 'done' order by id desc limit 1`,
    [owner.bucket, owner.id, msisdn],
  );
  return row ?? null;
}

export interface DueLookup extends NewLookup {
  readonly accountId: number;
  readonly id: number;
  /** This one included. */
  readonly tries: number;
}

/** What is due, for this process alone, which has none in its hands. */
export async function claimLookups(
  query: Query,
  bucket: number,
  process: number,
  nowMs: number,
  limit: number,
): Promise<DueLookup[]> {
  const rows = await query<Omit<DueLookup, 'costMicros'> & { costMicros: number }>(
    `with due as (
       select bucket, account_id, id from number_lookups
       where bucket = $1 and status = 'waiting' and due_at <= to_timestamp($2::float8 / 1000)
         and (owner is null or owner = $3)
       order by due_at limit $4 for update skip locked
     )
     update number_lookups l set owner = $3, tries = l.tries + 1
     from due where l.bucket = due.bucket and l.account_id = due.account_id and l.id = due.id
     returning l.account_id as "accountId", l.id, l.msisdn, l.country, l.cost_micros as "costMicros", l.tries`,
    [bucket, nowMs, process, limit],
  );
  return rows.map((row) => ({ ...row, costMicros: BigInt(row.costMicros) }));
}

/** Given back unanswered, when it is still this process's. */
export async function releaseLookup(
  query: Query,
  owner: Owner,
  id: number,
  process: number,
  dueAtMs: number,
): Promise<void> {
  await query(
    `update number_lookups set owner = null, due_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and owner = $4`,
    [owner.bucket, owner.id, id, process, dueAtMs],
  );
}

/** With what a carrier knows, or null when none answers. False when it had ended before, or is another process's. */
export async function endLookup(
  query: Query,
  owner: Owner,
  id: number,
  process: number,
  facts: NumberFacts | null,
  nowMs: number,
): Promise<boolean> {
  const status = facts === null ? 'failed' : 'done';
  const rows = await query(
    `update number_lookups set status = $5, facts = $6::jsonb, done_at = to_timestamp($7::float8 / 1000), owner = null
     where bucket = $1 and account_id = $2 and id = $3 and status = 'waiting' and owner = $4 returning 1`,
    [owner.bucket, owner.id, id, process, status, facts && JSON.stringify(facts), nowMs],
  );
  return rows.length > 0;
}
