// Processes that share the work, their leases, and the binds that each one holds. Used by every role. Times of leases are those
// of the database. These tables have no bucket.
import type { ConnectorHealth } from '#domain/delivery/connector-health.ts';
import { boolean, instant, int2, int4, int8, json, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** A process that did not renew its lease for so long is expired. It renews and checks itself far more often. */
export const leaseSeconds = 12;

/** How long the transactions of an expired process may delay its fencing. */
const declareWithin = '3s';

const lockNotAvailable = '55P03';

export interface ProcessRow {
  readonly id: number;
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
}

const register = statement('register_process', {
  params: { host: text, pid: int4, roles: list(text), applicationName: nullable(text) },
  row: { id: int8 },
  text: (p) => `
insert into processes (host, pid, roles, application_name, started_at, lease_until)
values (${p.host}, ${p.pid}, ${p.roles}, ${p.applicationName}, now(), now() + make_interval(secs => ${leaseSeconds}))
returning id`,
});

/** Returns its id. */
export async function registerProcess(
  query: Query,
  host: string,
  pid: number,
  roles: readonly string[],
  applicationName: string | null = null,
): Promise<number> {
  return (await register.find(query, { host, pid, roles, applicationName }))!.id;
}

const renew = statement('renew_process', {
  params: { id: int8 },
  row: { id: int8 },
  text: (p) => `
update processes set lease_until = now() + make_interval(secs => ${leaseSeconds})
where id = ${p.id} and ended_at is null returning id`,
});

/** False if another process fenced this one: it must stop at once. */
export async function renewProcess(query: Query, id: number): Promise<boolean> {
  return (await renew.find(query, { id })) !== null;
}

const saveConnectors = statement('save_bound_connectors', {
  params: { id: int8, connectorIds: list(int4) },
  text: (p) => `update processes set bound_connectors = ${p.connectorIds} where id = ${p.id}`,
});

/** Stores the connectors with a bind of this process. */
export async function saveBoundConnectors(
  query: Query,
  id: number,
  connectorIds: readonly number[],
): Promise<void> {
  await saveConnectors.run(query, { id, connectorIds });
}

export type HealthById = Readonly<Record<string, ConnectorHealth>>;

const saveHealth = statement('save_connector_health', {
  params: { id: int8, health: json<HealthById>(), now: instant },
  text: (p) => `
update processes set connectors = ${p.health}, connectors_at = ${p.now} where id = ${p.id} and ended_at is null`,
});

/** Stores the health of the connectors of this process, by their id. */
export async function saveConnectorHealth(
  query: Query,
  id: number,
  health: HealthById,
  nowMs: number,
): Promise<void> {
  await saveHealth.run(query, { id, health, now: nowMs });
}

export interface ProcessDetails extends ProcessRow {
  readonly leaseRanOut: boolean;
  readonly startedAtMs: number;
  readonly leaseUntilMs: number;
  readonly health: HealthById;
  /** Null: it has not stored its health yet. */
  readonly healthAtMs: number | null;
}

const listDetails = statement('list_process_details', {
  params: {},
  row: {
    id: int8,
    host: text,
    pid: int4,
    roles: list(text),
    leaseRanOut: boolean,
    startedAtMs: instant,
    leaseUntilMs: instant,
    health: json<HealthById>(),
    healthAtMs: nullable(instant),
  },
  text: () => `
select id, host, pid, roles, lease_until < now() as "leaseRanOut", started_at as "startedAtMs",
  lease_until as "leaseUntilMs", connectors as health, connectors_at as "healthAtMs"
from processes where ended_at is null order by id`,
});

/** Processes that have not ended, with the health of their connectors. */
export function listProcessDetails(query: Query): Promise<ProcessDetails[]> {
  return listDetails.run(query, {});
}

const listConnectors = statement('list_bound_connectors', {
  params: {},
  row: { ids: list(int4) },
  text: () => `
select bound_connectors as ids from processes
where ended_at is null and lease_until >= now() and 'dispatch' = any(roles)`,
});

/** Connectors with a bind of a live process; null: no process dispatches. */
export async function listBoundConnectors(query: Query): Promise<number[] | null> {
  const bound = await listConnectors.run(query, {});
  return bound.length === 0 ? null : [...new Set(bound.flatMap(({ ids }) => ids))];
}

const listLive = statement('list_processes', {
  params: {},
  row: { id: int8, host: text, pid: int4, roles: list(text), leaseRanOut: boolean },
  text: () => `
select id, host, pid, roles, lease_until < now() as "leaseRanOut" from processes
where ended_at is null order by id`,
});

/** Processes that have not ended, expired ones included. */
export function listProcesses(query: Query): Promise<(ProcessRow & { leaseRanOut: boolean })[]> {
  return listLive.run(query, {});
}

const lock = statement('lock_process', {
  params: { id: int8 },
  text: (p) => `select from pg_advisory_xact_lock(${p.id})`,
});

const end = statement('end_process', {
  params: { id: int8 },
  text: (p) => `update processes set ended_at = now() where id = ${p.id} and ended_at is null`,
});

/**
 * Ends or fences a process. Waits for the end of its current transactions; afterwards assert_process_lives refuses its
 * work.
 */
export async function endProcess(query: Query, id: number): Promise<void> {
  await lock.run(query, { id });
  await end.run(query, { id });
  await query('delete from recorded_batches where process_id = $1', [id]);
}

/**
 * Fences another process. False, and nothing is done, if one of its transactions does not end in time: end its connections
 * first. Call it in a separate transaction, which is rolled back in this case.
 */
export async function declareDead(query: Query, id: number): Promise<boolean> {
  // A utility command cannot be a prepared statement.
  await query(`set local lock_timeout = '${declareWithin}'`);
  try {
    await endProcess(query, id);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === lockNotAvailable) return false;
    throw error;
  }
}

const terminate = statement('end_connections', {
  params: { id: int8 },
  row: { isTerminated: boolean },
  text: (p) => `
select pg_terminate_backend(a.pid) as "isTerminated" from processes p
join pg_stat_activity a on a.application_name = p.application_name and a.datname = current_database()
where p.id = ${p.id} and a.pid <> pg_backend_pid() and a.usename = current_user`,
});

/**
 * Ends the database connections of a process and returns their number: its uncommitted changes are rolled back and block
 * no other process. A killed process has none; a process that was stopped within a transaction, or whose host lost its
 * network, has some.
 */
export async function endConnections(query: Query, id: number): Promise<number> {
  return (await terminate.run(query, { id })).length;
}

const insertBinds = statement('insert_bind_leases', {
  params: { connectorId: int4, bindCount: int4 },
  text: (p) => `
insert into bind_leases (connector_id, bind_number)
select ${p.connectorId}, n from generate_series(0, ${p.bindCount} - 1) n on conflict do nothing`,
});

const claimFree = statement('claim_binds', {
  params: { connectorId: int4, bindCount: int4, processId: int8, liveIds: list(int8), share: int4 },
  text: (p) => `
update bind_leases b set process_id = ${p.processId}, fence = fence + 1
where connector_id = ${p.connectorId} and bind_number in (
  select bind_number from bind_leases
  where connector_id = ${p.connectorId} and bind_number < ${p.bindCount}
    and (process_id is null or not process_id = any(${p.liveIds}))
  order by bind_number
  limit greatest(0, ${p.share} - (
    select count(*) from bind_leases
    where connector_id = ${p.connectorId} and process_id = ${p.processId} and bind_number < ${p.bindCount}))
  for update skip locked)`,
});

const listBinds = statement('list_binds', {
  params: { connectorId: int4, bindCount: int4, processId: int8 },
  row: { bindNumber: int2 },
  text: (p) => `
select bind_number as "bindNumber" from bind_leases
where connector_id = ${p.connectorId} and process_id = ${p.processId} and bind_number < ${p.bindCount} order by 1`,
});

/**
 * Claims free binds of a connector (without a process, or of a process that is not live), so that this process has at most
 * `share`. Returns the numbers of all binds of this process.
 */
export async function claimBinds(
  query: Query,
  connectorId: number,
  bindCount: number,
  processId: number,
  liveIds: readonly number[],
  share: number,
): Promise<number[]> {
  await insertBinds.run(query, { connectorId, bindCount });
  await claimFree.run(query, { connectorId, bindCount, processId, liveIds, share });
  const binds = await listBinds.run(query, { connectorId, bindCount, processId });
  return binds.map(({ bindNumber }) => bindNumber);
}

const release = statement('release_binds', {
  params: { connectorId: int4, processId: int8, bindNumbers: list(int2) },
  text: (p) => `
update bind_leases set process_id = null
where connector_id = ${p.connectorId} and process_id = ${p.processId} and bind_number = any(${p.bindNumbers})`,
});

/** Releases binds above a fair share, so that another process can claim them. */
export async function releaseBinds(
  query: Query,
  connectorId: number,
  processId: number,
  bindNumbers: readonly number[],
): Promise<void> {
  await release.run(query, { connectorId, processId, bindNumbers });
}
