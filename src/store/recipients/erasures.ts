// The register of erasures: each number that was erased on request, as a keyed hash, with the person, the reason and the
// result. Used by the operator's personal-data service and by pipeline/erase-number.ts. The number itself is stored only while
// rows about it are in use.
import { bytes, instant, int8, json, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

/** The proof of an erasure. Contains no number. */
export interface ErasureResult {
  /** Waiting messages that were cancelled. */
  readonly cancelled: number;
  /** Erased rows by table. */
  readonly erased: Readonly<Record<string, number>>;
  /** Rows in use that a later round erases. */
  readonly open: Readonly<Record<string, number>>;
  /** Rows that stay, for a reason that docs/operating/data-protection.md gives. */
  readonly kept: Readonly<Record<string, number>>;
}

const row = {
  id: int8,
  numberHash: bytes,
  msisdn: nullable(int8),
  actor: text,
  reason: text,
  requestedAtMs: instant,
  completedAtMs: nullable(instant),
  result: nullable(json<ErasureResult>()),
};
const columns = `id, number_hash as "numberHash", msisdn, actor, reason, requested_at as "requestedAtMs",
  completed_at as "completedAtMs", result`;

export type StoredErasure = RowOf<typeof row>;

const insert = statement('insert_erasure', {
  params: { numberHash: bytes, msisdn: int8, actor: text, reason: text, now: instant },
  row,
  text: (p) => `
insert into erasures (number_hash, msisdn, actor, reason, requested_at)
values (${p.numberHash}, ${p.msisdn}, ${p.actor}, ${p.reason}, ${p.now}) returning ${columns}`,
});

export async function insertErasure(
  query: Query,
  erasure: Pick<StoredErasure, 'numberHash' | 'actor' | 'reason'> & { readonly msisdn: number },
  nowMs: number,
): Promise<StoredErasure> {
  return (await insert.find(query, { ...erasure, now: nowMs }))!;
}

const listOfHashes = statement('list_erasures_of_number', {
  params: { hash: bytes },
  row,
  text: (p) => `select ${columns} from erasures where number_hash = ${p.hash} order by id desc`,
});

/** Newest first. */
export function listErasuresOfNumber(query: Query, hash: Buffer): Promise<StoredErasure[]> {
  return listOfHashes.run(query, { hash });
}

const listUnfinished = statement('list_open_erasures', {
  params: { ids: list(int8) },
  row,
  text: (p) =>
    `select ${columns} from erasures where completed_at is null and not id = any(${p.ids}) order by id limit 1`,
});

/** The first open erasure without these ids; null if there is none. */
export function findOpenErasure(query: Query, exceptIds: readonly number[]): Promise<StoredErasure | null> {
  return listUnfinished.find(query, { ids: exceptIds });
}

const lockOpen = statement('lock_open_erasure', {
  params: { id: int8 },
  row,
  text: (p) => `select ${columns} from erasures where id = ${p.id} and completed_at is null for update`,
});

/** Locked until the end of the transaction; null if it is complete. */
export function lockOpenErasure(query: Query, id: number): Promise<StoredErasure | null> {
  return lockOpen.find(query, { id });
}

const update = statement('update_erasure', {
  params: { id: int8, result: json<ErasureResult>(), completedAt: nullable(instant) },
  row,
  text: (p) => `
update erasures set result = ${p.result}, completed_at = ${p.completedAt},
  msisdn = case when ${p.completedAt} is null then msisdn end
where id = ${p.id} returning ${columns}`,
});

/** `completedAtMs`: nothing is open; the number is deleted. */
export async function updateErasure(
  query: Query,
  id: number,
  result: ErasureResult,
  completedAtMs: number | null,
): Promise<StoredErasure> {
  return (await update.find(query, { id, result, completedAt: completedAtMs }))!;
}
