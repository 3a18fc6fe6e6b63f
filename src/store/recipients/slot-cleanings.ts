// Cleanings of slots: ordered, done by one process at a time, and readable with their steps. Used by the slot cleanings
// service and its job.
import type { AccountKey } from '#domain/account/account.ts';
import type { SlotKey } from '#domain/recipients/recipient-slot.ts';
import type {
  CleaningStatus,
  CleaningStep,
  LookupRange,
  OpenCleaning,
  SlotCleaning,
} from '#domain/recipients/slot-cleaning.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int2, int4, int8, list, nullable, text, uuid, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { statement } from '#store/database/statement.ts';

const insert = statement('insert_cleaning', {
  params: {
    ...accountParams,
    userId: int4,
    slot: int2,
    contentId: uuid,
    first: nullable(int8),
    last: nullable(int8),
    status: word<CleaningStatus>(),
    step: word<CleaningStep>(),
    now: instant,
  },
  row: { id: int8 },
  // Unique index slot_cleanings_open: one open cleaning for each slot.
  text: (p) => `
insert into slot_cleanings (bucket, account_id, user_id, slot, content_id, first_lookup, last_lookup, status, step,
  due_at, created_at)
values (${p.bucket}, ${p.accountId}, ${p.userId}, ${p.slot}, ${p.contentId}, ${p.first}, ${p.last}, ${p.status},
  ${p.step}, ${p.now}, ${p.now})
on conflict (bucket, account_id, user_id, slot) where status in ('todo', 'doing') do nothing
returning id`,
});

/** Returns its id; null if the slot has an open cleaning. */
export async function insertCleaning(
  query: Query,
  { bucket, accountId, userId, slot }: SlotKey,
  contentId: string,
  lookups: LookupRange | null,
  nowMs: number,
): Promise<number | null> {
  const { first = null, last = null } = lookups ?? {};
  const status = lookups === null ? 'todo' : 'doing';
  const step = lookups === null ? 'starting' : 'waitForHlrs';
  const key = { bucket, accountId, userId: userId ?? 0, slot };
  return (await insert.find(query, { ...key, contentId, first, last, status, step, now: nowMs }))?.id ?? null;
}

const listNewest = statement('list_cleanings', {
  params: { ...accountParams, status: nullable(text), limit: int4 },
  row: { id: int8 },
  text: (p) => `
select id from slot_cleanings
where bucket = ${p.bucket} and account_id = ${p.accountId} and (${p.status} is null or status = ${p.status})
order by id desc limit ${p.limit}`,
});

/** Ids of the newest `limit` cleanings, ascending; null: of every status. */
export async function listCleanings(
  query: Query,
  account: AccountKey,
  status: string | null,
  limit: number,
): Promise<number[]> {
  const newest = await listNewest.run(query, { ...valuesOf(account), status, limit });
  return newest.map(({ id }) => id).reverse();
}

const read = statement('read_cleaning', {
  params: { ...accountParams, id: int8 },
  row: { id: int8, status: word<CleaningStatus>(), step: word<CleaningStep>() },
  text: (p) => `
select id, status, step from slot_cleanings
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

export function readCleaning(query: Query, account: AccountKey, id: number): Promise<SlotCleaning | null> {
  return read.find(query, { ...valuesOf(account), id });
}

// Index slot_cleanings_due.
const jobs = jobTable({
  table: 'slot_cleanings',
  key: ['id', int8],
  order: 'due_at',
  claim: {
    isOpen: `status in ('todo', 'doing')`,
    set: `status = 'doing'`,
    row: {
      id: int8,
      status: word<CleaningStatus>(),
      step: word<CleaningStep>(),
      accountId: int4,
      userId: int4,
      slot: int2,
      contentId: uuid,
      first: nullable(int8),
      last: nullable(int8),
    },
    columns: `j.id, j.status, j.step, j.account_id as "accountId", j.user_id as "userId", j.slot,
  j.content_id as "contentId", j.first_lookup as first, j.last_lookup as last`,
  },
});

/** Claims the next cleaning that is due. The process must work on none: its own row is claimed again. */
export async function claimCleaning(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
): Promise<OpenCleaning | null> {
  const [row] = await jobs.claim(query, bucket, { processId, nowMs, limit: 1 });
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

const accountOf = ({ slot: { bucket, accountId } }: OpenCleaning): AccountKey => ({ bucket, id: accountId });

const setStep = jobs.step('step_cleaning', {
  params: { step: word<CleaningStep>() },
  set: (p) => `step = ${p.step}`,
});

/** Stores the next step. False if the cleaning does not belong to this process. */
export async function stepCleaning(
  query: Query,
  cleaning: OpenCleaning,
  processId: number,
  step: CleaningStep,
): Promise<boolean> {
  return (await setStep(query, accountOf(cleaning), cleaning.id, processId, { step })) !== null;
}

const release = jobs.step('release_cleaning', {
  params: { status: word<CleaningStatus>(), step: word<CleaningStep>(), dueAtMs: instant },
  set: (p) => `status = ${p.status}, step = ${p.step}, due_at = ${p.dueAtMs}, process_id = null`,
});

export interface CleaningProgress {
  /** `done` and `error` end the cleaning. */
  readonly status: CleaningStatus;
  readonly step: CleaningStep;
  readonly dueAtMs: number;
}

/** Releases a cleaning with its progress, if it still belongs to this process. */
export async function releaseCleaning(
  query: Query,
  cleaning: OpenCleaning,
  processId: number,
  { status, step, dueAtMs }: CleaningProgress,
): Promise<void> {
  await release(query, accountOf(cleaning), cleaning.id, processId, { status, step, dueAtMs });
}

const countOpen = statement('count_open_lookups', {
  params: { ...accountParams, first: int8, last: int8 },
  row: { count: int8 },
  text: (p) => `
select count(*) as count from lookup_orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and id between ${p.first} and ${p.last}
  and status = 'waiting'`,
});

/** The number of these look-ups without an answer. */
export async function countOpenLookups(
  query: Query,
  { bucket, accountId }: SlotKey,
  { first, last }: LookupRange,
): Promise<number> {
  return (await countOpen.find(query, { bucket, accountId, first, last }))!.count;
}

const findUnknown = statement('find_unknown_numbers', {
  params: { ...accountParams, first: int8, last: int8, numbers: list(int8) },
  row: { msisdn: int8 },
  // Index lookup_orders_by_number.
  text: (p) => `
select msisdn from lookup_orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and status = 'done' and msisdn = any(${p.numbers})
  and id between ${p.first} and ${p.last} and not (facts ->> 'isValid')::boolean`,
});

/** Those of these numbers that no network knows, by the answers to these look-ups. */
export async function findUnknownNumbers(
  query: Query,
  { bucket, accountId }: SlotKey,
  { first, last }: LookupRange,
  numbers: readonly number[],
): Promise<Set<number>> {
  const unknown = await findUnknown.run(query, { bucket, accountId, first, last, numbers });
  return new Set(unknown.map(({ msisdn }) => msisdn));
}
