// Cleanings of slots: ordered, in the hands of one process at a time, told to whoever asks.
import type { SlotKey } from '#domain/recipients/recipient-slot.ts';
import type {
  CleaningStatus,
  CleaningStep,
  LookupRange,
  OpenCleaning,
  SlotCleaning,
} from '#domain/recipients/slot-cleaning.ts';
import { numbers, type Query } from '#store/database/database.ts';

interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** Its id; null when the slot is being cleaned already. */
export async function insertCleaning(
  query: Query,
  { bucket, accountId, userId, slot }: SlotKey,
  contentId: string,
  lookups: LookupRange | null,
  nowMs: number,
): Promise<number | null> {
  const step: CleaningStep = lookups === null ? 'starting' : 'waitForHlrs';
  const [row] = await query<{ id: number }>(
    `insert into slot_cleanings (bucket, account_id, user_id, slot, content_id, first_lookup, last_lookup, status, step,
       due_at, created_at)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, at, at from to_timestamp($10::float8 / 1000) as at
     on conflict (bucket, account_id, user_id, slot) where status in ('todo', 'doing') do nothing
     returning id`,
    [
      bucket,
      accountId,
      userId ?? 0,
      slot,
      contentId,
      lookups?.first ?? null,
      lookups?.last ?? null,
      lookups === null ? 'todo' : 'doing',
      step,
      nowMs,
    ],
  );
  return row?.id ?? null;
}

/** In rising order: at most the newest `limit`; of every status when it is null. */
export async function listCleanings(
  query: Query,
  { bucket, id }: Owner,
  status: string | null,
  limit: number,
): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `select id from slot_cleanings where bucket = $1 and account_id = $2 and ($3::text is null or status = $3)
     order by id desc limit $4`,
    [bucket, id, status, limit],
  );
  return rows.map((row) => row.id).reverse();
}

export async function readCleaning(query: Query, owner: Owner, id: number): Promise<SlotCleaning | null> {
  const [row] = await query<SlotCleaning>(
    'select id, status, step from slot_cleanings where bucket = $1 and account_id = $2 and id = $3',
    [owner.bucket, owner.id, id],
  );
  return row ?? null;
}

interface OpenRow extends SlotCleaning {
  readonly accountId: number;
  readonly userId: number;
  readonly slot: number;
  readonly contentId: string;
  readonly first: number | null;
  readonly last: number | null;
}

/** The next that is due, for this process alone, which has none in its hands; null when there is none. */
export async function claimCleaning(
  query: Query,
  bucket: number,
  process: number,
  nowMs: number,
): Promise<OpenCleaning | null> {
  const [row] = await query<OpenRow>(
    `with due as (
       select bucket, account_id, id from slot_cleanings
       where bucket = $1 and status in ('todo', 'doing') and due_at <= to_timestamp($2::float8 / 1000)
         and (owner is null or owner = $3)
       order by due_at limit 1 for update skip locked
     )
     update slot_cleanings c set status = 'doing', owner = $3
     from due where c.bucket = due.bucket and c.account_id = due.account_id and c.id = due.id
     returning c.id, c.status, c.step, c.account_id as "accountId", c.user_id as "userId", c.slot,
       c.content_id as "contentId", c.first_lookup as first, c.last_lookup as last`,
    [bucket, nowMs, process],
  );
  if (row === undefined) return null;
  const { id, status, step, accountId, userId, slot, contentId, first, last } = row;
  return {
    id,
    status,
    step,
    slot: { bucket, accountId, userId: userId === 0 ? null : userId, slot },
    contentId,
    lookups: first === null || last === null ? null : { first, last },
  };
}

/** What it does next in the hands of this process; false when it is another's now. */
export async function stepCleaning(
  query: Query,
  { slot: { bucket, accountId }, id }: OpenCleaning,
  process: number,
  step: CleaningStep,
): Promise<boolean> {
  const rows = await query(
    `update slot_cleanings set step = $5
     where bucket = $1 and account_id = $2 and id = $3 and owner = $4 returning 1`,
    [bucket, accountId, id, process, step],
  );
  return rows.length > 0;
}

/** Given back, as far as it came, when it is still this process's; a status other than `doing` ends it. */
export async function releaseCleaning(
  query: Query,
  { slot: { bucket, accountId }, id }: OpenCleaning,
  process: number,
  { status, step, dueAtMs }: { status: CleaningStatus; step: CleaningStep; dueAtMs: number },
): Promise<void> {
  await query(
    `update slot_cleanings set status = $5, step = $6, due_at = to_timestamp($7::float8 / 1000), owner = null
     where bucket = $1 and account_id = $2 and id = $3 and owner = $4`,
    [bucket, accountId, id, process, status, step, dueAtMs],
  );
}

/** How many of these look-ups have no answer yet. */
export async function countOpenLookups(
  query: Query,
  { bucket, accountId }: SlotKey,
  { first, last }: LookupRange,
): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*) as n from number_lookups
     where bucket = $1 and account_id = $2 and id between $3 and $4 and status = 'waiting'`,
    [bucket, accountId, first, last],
  );
  return row!.n;
}

/** Those of these numbers that no network knows, by these look-ups. */
export async function findUnknownNumbers(
  query: Query,
  { bucket, accountId }: SlotKey,
  { first, last }: LookupRange,
  msisdns: readonly number[],
): Promise<Set<number>> {
  const rows = await query<{ msisdn: number }>(
    `select msisdn from number_lookups
     where bucket = $1 and account_id = $2 and status = 'done' and msisdn = any($5::bigint[])
       and id between $3 and $4 and not (facts ->> 'isValid')::boolean`,
    [bucket, accountId, first, last, numbers(msisdns)],
  );
  return new Set(rows.map((row) => row.msisdn));
}
