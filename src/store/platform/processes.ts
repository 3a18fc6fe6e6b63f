// Processes that share the work, their leases, and who owns which bind. Times of leases are the database's.
import { numbers, type Query, type Statement } from '#store/database/database.ts';

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
  applicationName: string | null = null,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into processes (host, pid, roles, application_name, started_at, lease_until)
     values ($1, $2, $3, $5, now(), now() + make_interval(secs => $4)) returning id`,
    [host, pid, roles, leaseSeconds, applicationName],
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

/** The connectors that this process has a bind of. */
export async function saveBoundConnectors(
  query: Query,
  id: number,
  connectorIds: readonly number[],
): Promise<void> {
  await query('update processes set bound_connectors = $2::int[] where id = $1', [id, numbers(connectorIds)]);
}

/** The connectors that some process that lives has a bind of; null: no process dispatches. */
export async function listBoundConnectors(query: Query): Promise<number[] | null> {
  const rows = await query<{ ids: number[] }>(
    `select bound_connectors as ids from processes
     where ended_at is null and lease_until >= now() and 'dispatch' = any(roles)`,
  );
  return rows.length === 0 ? null : [...new Set(rows.flatMap(({ ids }) => ids))];
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

/** How long a transaction of a process whose lease ran out is waited for. */
const declareWithin = '3s';

/**
 * The same, of another process. False, and nothing is done, when a transaction of its does not come to its end: it is to be
 * ended first. To be called in a transaction of its own, which is rolled back then.
 */
export async function declareDead(query: Query, id: number): Promise<boolean> {
  await query(`set local lock_timeout = '${declareWithin}'`);
  try {
    await endProcess(query, id);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  }
}

const lockNotAvailable = '55P03';

/**
 * Ends the database connections of a process: what it has not committed is undone, and holds nobody up. A process that was
 * killed leaves none; one that is stopped in the middle of a transaction, or whose machine is gone without a word, does.
 */
export async function endConnections(query: Query, id: number): Promise<number> {
  const rows = await query(
    `select pg_terminate_backend(a.pid) from processes p
     join pg_stat_activity a on a.application_name = p.application_name and a.datname = current_database()
     where p.id = $1 and a.pid <> pg_backend_pid() and a.usename = current_user`,
    [id],
  );
  return rows.length;
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
