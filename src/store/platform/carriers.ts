// Connectors to carriers and the routes that pick one. Small tables; every process keeps them in memory.
import type { Tier } from '#domain/base/campaign.ts';
import type { Query } from '#store/database/database.ts';

export interface SmppLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  /** In the clear: it must be shown to the carrier at each bind. Never listed, never logged. */
  readonly password: string;
  readonly systemType: string;
  readonly tls: boolean;
  readonly window: number;
  /** Segments a second over all binds; 0: as fast as the carrier answers. */
  readonly tps: number;
  readonly binds: number;
  /** ISO 3166: how senders of replies in national form are read. */
  readonly country?: string;
  /** Null or left out where the connector's own default stands (connectors/smpp/options.ts). */
  readonly idForm?: string;
  readonly receipts?: string;
  readonly receiptZone?: string;
  readonly stateWords?: Readonly<Record<string, string>>;
  readonly statuses?: Readonly<Record<string, string>>;
  readonly retryStatus?: number;
}

export interface ConnectorRow {
  readonly id: number;
  readonly name: string;
  readonly kind: 'smpp';
  readonly options: SmppLinkOptions;
  readonly enabled: boolean;
  /** What the link has learnt of its carrier. */
  readonly learnt: object;
}

export interface RouteRow {
  readonly id: number;
  readonly connectorId: number;
  readonly country: string | null;
  readonly tier: Tier | null;
  readonly sender: string | null;
  readonly position: number;
  readonly weight: number;
  readonly costMicros: bigint | null;
}

export function listConnectors(query: Query): Promise<ConnectorRow[]> {
  return query(
    'select id, name, kind, options, enabled, learnt from connectors where removed_at is null order by id',
  );
}

/** True when no carrier was ever configured, removed ones included. */
export async function hadNoConnector(query: Query): Promise<boolean> {
  return (await query('select 1 from connectors limit 1')).length === 0;
}

export async function insertConnector(
  query: Query,
  name: string,
  options: SmppLinkOptions,
  nowMs: number,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into connectors (name, kind, options, created_at) values ($1, 'smpp', $2, to_timestamp($3::float8 / 1000))
     returning id`,
    [name, options, nowMs],
  );
  return row!.id;
}

export async function saveLearnt(query: Query, connectorId: number, learnt: object): Promise<void> {
  await query('update connectors set learnt = learnt || $2 where id = $1', [connectorId, learnt]);
}

/** False when there is no such connector. */
export async function setConnectorEnabled(query: Query, name: string, enabled: boolean): Promise<boolean> {
  const rows = await query(
    'update connectors set enabled = $2 where name = $1 and removed_at is null returning id',
    [name, enabled],
  );
  return rows.length > 0;
}

/** The row stays for the messages that name it; its name becomes free. False when there is no such connector. */
export async function removeConnector(query: Query, name: string, nowMs: number): Promise<boolean> {
  const rows = await query<{ id: number }>(
    `update connectors set removed_at = to_timestamp($2::float8 / 1000), enabled = false,
       name = name || ' (removed ' || id || ')', options = options - 'password'
     where name = $1 and removed_at is null returning id`,
    [name, nowMs],
  );
  if (rows.length > 0) await query('delete from routes where connector_id = $1', [rows[0]!.id]);
  return rows.length > 0;
}

export async function listRoutes(query: Query): Promise<RouteRow[]> {
  const rows = await query<Omit<RouteRow, 'costMicros'> & { cost: number | null }>(
    `select r.id, r.connector_id as "connectorId", r.country, r.tier, r.sender, r.position, r.weight,
       r.cost_micros as cost
     from routes r join connectors c on c.id = r.connector_id
     where c.removed_at is null order by r.position, r.id`,
  );
  return rows.map(({ cost, ...row }) => ({ ...row, costMicros: cost === null ? null : BigInt(cost) }));
}

export async function insertRoute(query: Query, route: Omit<RouteRow, 'id'>, nowMs: number): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into routes (connector_id, country, tier, sender, position, weight, cost_micros, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000)) returning id`,
    [
      route.connectorId,
      route.country,
      route.tier,
      route.sender,
      route.position,
      route.weight,
      route.costMicros,
      nowMs,
    ],
  );
  return row!.id;
}

export async function removeRoute(query: Query, id: number): Promise<boolean> {
  return (await query('delete from routes where id = $1 returning id', [id])).length > 0;
}
