// Tables whose rows one process works on at a time: a row belongs to a process from its claim until the process releases
// it, finishes it, or has ended. Used by the files of the eight job tables; chunks and callbacks use `ownedRows` only.
// A statement here never changes a row of another live process.
import type { AccountKey } from '#domain/account/account.ts';
import { type ElementType, instant, int2, int4, int8, list, type ParameterType } from './columns.ts';
import type { Query } from './database.ts';
import {
  inBucket,
  type Parameters,
  type Results,
  type RowOf,
  statement,
  type ValuesOf,
} from './statement.ts';

const tables = [
  'batches',
  'contact_list_campaigns',
  'slot_cleanings',
  'lookup_orders',
  'history_exports',
  'notifications',
  'credit_alerts',
  'drafts',
] as const;

export type JobTableName = (typeof tables)[number];

/**
 * Rows whose process has ended. The statement itself asks which processes live: one may have registered since a caller
 * looked. Index `<table>_owned`.
 */
export const ofDeadProcess = (alias: string): string =>
  `${alias}.process_id is not null and ${alias}.process_id not in (select id from processes where ended_at is null)`;

const releasesOfDead = tables.map((table) => ({
  table,
  release: statement(`release_${table}_of_dead_processes`, {
    params: { bucket: int2 },
    row: { released: int4 },
    text: (p) => `
update ${table} j set process_id = null where j.bucket = ${p.bucket} and ${ofDeadProcess('j')} returning 1 as released`,
  }),
}));

/** Releases the rows of processes that have ended; returns the number of rows of each table that had some. */
export async function releaseWorkOfDeadProcesses(
  query: Query,
  bucket: number,
): Promise<Partial<Record<JobTableName, number>>> {
  const released: Partial<Record<JobTableName, number>> = {};
  for (const { table, release } of releasesOfDead) {
    const { length } = await release.run(query, { bucket });
    if (length > 0) released[table] = length;
  }
  return released;
}

/** The statements of a table whose rows belong to processes and have one id in a bucket. */
export interface OwnedRows {
  /** Releases these rows of this process: any process can claim them from `dueAtMs`. */
  release(
    query: Query,
    bucket: number,
    processId: number,
    ids: readonly number[],
    dueAtMs: number,
  ): Promise<void>;
  /** Ids of the rows that belong to this process. */
  listOwned(query: Query, bucket: number, processId: number): Promise<number[]>;
}

export function ownedRows(table: 'chunks' | 'callbacks'): OwnedRows {
  // A chunk of a paused campaign stays due at infinity.
  const dueAt = (given: string) => (table === 'chunks' ? `greatest(due_at, ${given})` : given);
  const release = statement(`release_${table}`, {
    params: { bucket: int2, ids: list(int8), processId: int8, dueAt: instant },
    text: (p) => `
update ${table} set process_id = null, due_at = ${dueAt(p.dueAt)}
where bucket = ${p.bucket} and id = any(${p.ids}) and process_id = ${p.processId}`,
  });
  const listOwned = statement(`list_owned_${table}`, {
    params: { bucket: int2, processId: int8 },
    row: { id: int8 },
    text: (p) => `select id from ${table} where bucket = ${p.bucket} and process_id = ${p.processId}`,
  });
  return {
    async release(query, bucket, processId, ids, dueAtMs) {
      await release.run(query, { bucket, ids, processId, dueAt: dueAtMs });
    },
    async listOwned(query, bucket, processId) {
      return (await listOwned.run(query, { bucket, processId })).map(({ id }) => id);
    },
  };
}

/** Which rows a process may claim, and what a claim returns. */
export interface ClaimDeclaration<R extends Results> {
  /** A condition on the columns without alias: `status = 'waiting'`. Absent: every row that is due. */
  readonly isOpen?: string;
  /** True: a row whose due time is null is due, before all others. Otherwise it is never due. */
  readonly nullIsDue?: boolean;
  /** Columns that the claim changes besides the process: `tries = j.tries + 1`. */
  readonly set?: string;
  /** The result row and its columns; the table's alias is `j`. */
  readonly row: R;
  readonly columns: string;
}

export interface JobTableDeclaration<Id, R extends Results> {
  readonly table: JobTableName;
  /** Ends the names of the statements; the table if absent. A second declaration of one table needs its own. */
  readonly name?: string;
  /** The column that follows `bucket` and `account_id` in the primary key, and its type. */
  readonly key: readonly [column: string, type: ElementType<Id> & ParameterType<Id>];
  /** The column with the time from which a free row is due; claims go by it. */
  readonly order: string;
  /** Absent: rows are claimed by a statement of the table's own file. */
  readonly claim?: ClaimDeclaration<R>;
}

export interface Claim<Id> {
  readonly processId: number;
  readonly nowMs: number;
  readonly limit: number;
  /**
   * Ids that this process works on now. A row that belongs to this process and is not in the list is a lost claim (its
   * answer did not arrive) and is claimed again. Absent: the process works on none.
   */
  readonly held?: readonly Id[];
}

/** A change of a row that takes effect only while the row belongs to the process. */
export type Step<Id, P extends Parameters, R extends Results> = (
  query: Query,
  account: AccountKey,
  id: Id,
  processId: number,
  values: ValuesOf<P>,
) => Promise<RowOf<R> | null>;

export interface StepDeclaration<P extends Parameters, R extends Results> {
  /** Their names must differ from `bucket`, `accountId`, `id` and `processId`. */
  readonly params: P;
  /** What follows `set`: `owner = null, status = ${p.status}`. The table's alias is `j`. */
  readonly set: (p: Readonly<Record<keyof P & string, string>>) => string;
  /** A further condition: `j.status = 'waiting'`. */
  readonly where?: string;
  /** The result row and its columns; absent: an empty row. */
  readonly row?: R;
  readonly columns?: string;
}

export interface JobTable<Id, R extends Results> {
  /** Claims rows that are due, by their due time; the order of the result is not defined. */
  claim(query: Query, bucket: number, claim: Claim<Id>): Promise<RowOf<R>[]>;
  /** Any process can claim the row from `dueAtMs`. False if it does not belong to this process. */
  release(query: Query, account: AccountKey, id: Id, processId: number, dueAtMs: number): Promise<boolean>;
  /** Deletes the row. False if it does not belong to this process. */
  delete(query: Query, account: AccountKey, id: Id, processId: number): Promise<boolean>;
  isOwned(query: Query, account: AccountKey, id: Id, processId: number): Promise<boolean>;
  /** Rows of this process, by account and id. */
  listOwned(
    query: Query,
    bucket: number,
    processId: number,
  ): Promise<{ readonly accountId: number; readonly id: Id }[]>;
  /**
   * Declares a statement that changes a row of the process: resolves with the row after the change, or null if the row
   * does not belong to the process or does not meet `where`.
   */
  step<const P extends Parameters, const S extends Results = Record<never, never>>(
    name: string,
    declaration: StepDeclaration<P, S>,
  ): Step<Id, P, S>;
  releaseOfDeadProcesses(query: Query, bucket: number): Promise<number>;
}

export function jobTable<Id, const R extends Results = Record<never, never>>({
  table,
  name = table,
  key: [column, idType],
  order,
  claim,
}: JobTableDeclaration<Id, R>): JobTable<Id, R> {
  const key = { bucket: int2, accountId: int4, id: idType, processId: int8 };
  const valuesOf = ({ bucket, id: accountId }: AccountKey, id: Id, processId: number) => ({
    bucket,
    accountId,
    id,
    processId,
  });
  /** The row `j` by its key, while it belongs to the process. */
  const isOwn = (p: Readonly<Record<keyof typeof key, string>>) =>
    `j.bucket = ${p.bucket} and j.account_id = ${p.accountId} and j.${column} = ${p.id} and j.process_id = ${p.processId}`;

  const release = statement(`release_${name}`, {
    params: { ...key, dueAt: instant },
    row: { released: int4 },
    text: (p) =>
      `update ${table} j set process_id = null, ${order} = ${p.dueAt} where ${isOwn(p)} returning 1 as released`,
  });
  const remove = statement(`delete_${name}`, {
    params: key,
    row: { deleted: int4 },
    text: (p) => `delete from ${table} j where ${isOwn(p)} returning 1 as deleted`,
  });
  const findOwned = statement(`find_owned_${name}`, {
    params: key,
    row: { found: int4 },
    text: (p) => `select 1 as found from ${table} j where ${isOwn(p)}`,
  });
  const listOwned = statement(`list_owned_${name}`, {
    params: { bucket: int2, processId: int8 },
    row: { accountId: int4, id: { result: idType.element } },
    text: (p) => `
select account_id as "accountId", ${column} as id from ${table}
where bucket = ${p.bucket} and process_id = ${p.processId} order by account_id, ${column}`,
  });
  const claimDue = claim && claimOf(table, name, column, idType, order, claim);
  const releaseOfDead = releasesOfDead.find((entry) => entry.table === table)!.release;

  return {
    async claim(query, bucket, { processId, nowMs, limit, held = [] }) {
      if (!claimDue) throw new Error(`assertion failed: ${table} has a claim`);
      return claimDue.run(query, { bucket, processId, now: nowMs, held, limit });
    },
    async release(query, account, id, processId, dueAtMs) {
      const values = { ...valuesOf(account, id, processId), dueAt: dueAtMs };
      return (await release.find(query, values)) !== null;
    },
    async delete(query, account, id, processId) {
      return (await remove.find(query, valuesOf(account, id, processId))) !== null;
    },
    async isOwned(query, account, id, processId) {
      return (await findOwned.find(query, valuesOf(account, id, processId))) !== null;
    },
    async listOwned(query, bucket, processId) {
      return (await listOwned.run(query, { bucket, processId })) as { accountId: number; id: Id }[];
    },
    step(statementName, { params, set, where, row, columns }) {
      const change = statement(statementName, {
        params: { ...key, ...params } as typeof key & typeof params,
        row: (row ?? { changed: int4 }) as NonNullable<typeof row>,
        text: (p) => `
update ${table} j set ${set(p as never)} where ${isOwn(p as never)}${where === undefined ? '' : ` and ${where}`}
returning ${columns ?? '1 as changed'}`,
      });
      return (query, account, id, processId, values) =>
        change.find(query, { ...valuesOf(account, id, processId), ...values } as never);
    },
    async releaseOfDeadProcesses(query, bucket) {
      return (await releaseOfDead.run(query, { bucket })).length;
    },
  };
}

function claimOf<Id, R extends Results>(
  table: JobTableName,
  name: string,
  column: string,
  idType: ElementType<Id>,
  order: string,
  { isOpen = 'true', nullIsDue = false, set, row, columns }: ClaimDeclaration<R>,
) {
  return statement(`claim_${name}`, {
    params: { bucket: int2, processId: int8, now: instant, held: list(idType), limit: int4 },
    row,
    text: (p) => `
with due as (
  select bucket, account_id, ${column} from ${table}
  where bucket = ${p.bucket} and ${isOpen}
    and ${nullIsDue ? `(${order} is null or ${order} <= ${p.now})` : `${order} <= ${p.now}`}
    and (process_id is null or (process_id = ${p.processId} and not (${column} = any(${p.held}))))
  order by ${order}${nullIsDue ? ' nulls first' : ''}
  limit ${p.limit}
  for update skip locked
)
update ${table} j set process_id = ${p.processId}${set === undefined ? '' : `, ${set}`}
from due
where j.bucket = due.bucket and j.account_id = due.account_id and j.${column} = due.${column}
  and ${inBucket('j', p.bucket)}
returning ${columns}`,
  });
}
