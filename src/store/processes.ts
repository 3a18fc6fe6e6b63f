// Processes that share the work, their leases, and who owns which bind. Times of leases are the database's.
import { numbers, type Query, type Statement } from './database.ts';

/** A process that has not renewed for so long is dead to the others. It renews, and checks itself, far more often. */
export const leaseSeconds = 12;

export interface ProcessRow {
  readonly id: number;
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
}

export async function registerProcess(
  query: Query,
  host: string,
  pid: number,
  roles: readonly string[],
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into processes (host, pid, roles, started_at, lease_until)
     values ($1, $2, $3, now(), now() + make_interval(secs => $4)) returning id`,
    [host, pid, roles, leaseSeconds],
  );
  return row!.id;
}

const renewStatement: Statement = {
  name: 'renew_process',
  text: `update processes set lease_until = now() + make_interval(secs => $2)
where id = $1 and ended_at is null returning id`,
};

/** False when another process declared this one dead: it must stop at once. */
export async function renewProcess(query: Query, id: number): Promise<boolean> {
  return (await query(renewStatement, [id, leaseSeconds])).length === 1;
}

export async function listProcesses(query: Query): Promise<(ProcessRow & { leaseRanOut: boolean })[]> {
  return query(
    `select id, host, pid, roles, lease_until < now() as "leaseRanOut" from processes
     where ended_at is null order by id`,
  );
}

/**
 * Declares a process dead (or ended). Waits for its transactions that are under way; after this its work is
 * refused (assert_process_lives).
 */
export async function endProcess(query: Query, id: number): Promise<void> {
  await query('select pg_advisory_xact_lock($1)', [id]);
  await query('update processes set ended_at = now() where id = $1 and ended_at is null', [id]);
  await query('delete from recorded_batches where process_id = $1', [id]);
}

const beginBatchStatement: Statement = { name: 'begin_batch', text: 'select begin_batch($1, $2)' };

/**
 * Fails the transaction when this process was declared dead (code CH001), and when the batch of this number, or a
 * later one, is recorded already (CH002). Numbers rise with each batch of a process.
 */
export async function beginBatch(query: Query, processId: number, batch: number): Promise<void> {
  await query(beginBatchStatement, [processId, batch]);
}

/**
 * Takes free binds of a connector (free: never owned, or owned by nobody living), so that this process has at most
 * `share` of them. Answers the numbers of the binds it owns then.
 */
export async function claimBinds(
  query: Query,
  connectorId: number,
  bindCount: number,
  owner: number,
  living: readonly number[],
  share: number,
): Promise<number[]> {
  await query(
    `insert into bind_leases (connector_id, bind_number)
     select $1, n from generate_series(0, $2::int - 1) n on conflict do nothing`,
    [connectorId, bindCount],
  );
  await query(
    `update bind_leases b set owner = $2, fence = fence + 1
     where connector_id = $1 and bind_number in (
       select bind_number from bind_leases
       where connector_id = $1 and bind_number < $5 and (owner is null or not owner = any($3::bigint[]))
       order by bind_number
       limit greatest(0, $4 - (select count(*) from bind_leases where connector_id = $1 and owner = $2
         and bind_number < $5))
       for update skip locked)`,
    [connectorId, owner, numbers(living), share, bindCount],
  );
  const rows = await query<{ n: number }>(
    'select bind_number as n from bind_leases where connector_id = $1 and owner = $2 and bind_number < $3 order by 1',
    [connectorId, owner, bindCount],
  );
  return rows.map((row) => row.n);
}

/** Gives binds above a fair share back, so that another process can take them. */
export async function releaseBinds(
  query: Query,
  connectorId: number,
  owner: number,
  bindNumbers: readonly number[],
): Promise<void> {
  await query(
    'update bind_leases set owner = null where connector_id = $1 and owner = $2 and bind_number = any($3::int[])',
    [connectorId, owner, numbers(bindNumbers)],
  );
}
