// Connectors to carriers and the routes that choose one. Used by the connector set and the operator's carrier services. Small
// tables without a bucket; every process keeps them in memory.
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import type { CapturedExchange } from '#domain/delivery/connector.ts';
import type { RouteChoice } from '#domain/routing/choose.ts';
import { usualResend } from '#domain/routing/resend.ts';
import {
  boolean,
  bytes,
  instant,
  int2,
  int4,
  int8,
  json,
  list,
  micros,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** Options of a link by name, as the table of its kind reads them (docs/reference/connector-options.md). */
export type LinkOptions = Readonly<Record<string, unknown>>;

export interface ConnectorRow {
  readonly id: number;
  readonly name: string;
  readonly kind: 'smpp' | 'http';
  /** Without secrets. */
  readonly options: LinkOptions;
  /** A JSON object of the secret options, sealed: the carrier needs them in clear. Null without any. */
  readonly sealedSecrets: Buffer | null;
  readonly enabled: boolean;
  /** Stays connected, and gets no message. */
  readonly paused: boolean;
  /** Facts about the carrier that the link observed. */
  readonly learnt: object;
  /** Increases with each change of its costs. */
  readonly costsVersion: number;
}

/** See Route of domain/routing/choose.ts. */
export interface RouteRow {
  readonly id: number;
  readonly connectorId: number;
  readonly country: string | null;
  readonly prefix: string | null;
  readonly tier: Tier | null;
  readonly sender: string | null;
  readonly accountId: number | null;
  readonly encoding: Encoding | null;
  readonly purpose: Purpose | null;
  readonly tag: string | null;
  readonly hours: string | null;
  readonly position: number;
  readonly choice: RouteChoice;
  readonly weight: number;
  readonly costMicros: bigint | null;
  readonly allowsLoss: boolean;
  readonly newSender: string | null;
  readonly resendOn: readonly string[];
  readonly resendLimit: number;
  readonly resendWithinS: number;
  readonly patienceS: number | null;
}

/** What a route has besides its carrier and its order. Absent: no condition, and the usual behaviour. */
export type NewRouteRow = Pick<
  RouteRow,
  'connectorId' | 'country' | 'tier' | 'sender' | 'position' | 'weight'
> &
  Partial<Omit<RouteRow, 'id'>>;

const listAll = statement('list_connectors', {
  params: {},
  row: {
    id: int4,
    name: text,
    kind: word<ConnectorRow['kind']>(),
    options: json<LinkOptions>(),
    sealedSecrets: nullable(bytes),
    enabled: boolean,
    paused: boolean,
    learnt: json<object>(),
    costsVersion: int4,
  },
  text: () => `
select id, name, kind, options, sealed_secrets as "sealedSecrets", enabled, paused, learnt,
  costs_version as "costsVersion"
from connectors where removed_at is null order by id`,
});

export function listConnectors(query: Query): Promise<ConnectorRow[]> {
  return listAll.run(query, {});
}

const findAny = statement('find_any_connector', {
  params: {},
  row: { id: int4 },
  text: () => 'select id from connectors limit 1',
});

/** True if no carrier was ever configured, removed ones included. */
export async function hadNoConnector(query: Query): Promise<boolean> {
  return (await findAny.find(query, {})) === null;
}

export interface NewConnector {
  readonly name: string;
  /** SMPP if it is absent. */
  readonly kind?: ConnectorRow['kind'];
  readonly options: LinkOptions;
  readonly sealedSecrets?: Buffer | null;
}

const insert = statement('insert_connector', {
  params: {
    name: text,
    kind: word<ConnectorRow['kind']>(),
    options: json<LinkOptions>(),
    sealedSecrets: nullable(bytes),
    now: instant,
  },
  row: { id: int4 },
  text: (p) => `
insert into connectors (name, kind, options, sealed_secrets, created_at)
values (${p.name}, ${p.kind}, ${p.options}, ${p.sealedSecrets}, ${p.now})
returning id`,
});

/** Returns its id. */
export async function insertConnector(
  query: Query,
  { name, kind = 'smpp', options, sealedSecrets = null }: NewConnector,
  nowMs: number,
): Promise<number> {
  return (await insert.find(query, { name, kind, options, sealedSecrets, now: nowMs }))!.id;
}

const replaceOptions = statement('replace_connector_options', {
  params: { id: int4, options: json<LinkOptions>(), sealedSecrets: nullable(bytes), forgets: boolean },
  text: (p) => `
update connectors set options = ${p.options}, sealed_secrets = ${p.sealedSecrets},
  learnt = case when ${p.forgets} then '{}' else learnt end
where id = ${p.id}`,
});

/** `forgets`: the facts that the link observed are those of another carrier. */
export async function replaceConnectorOptions(
  query: Query,
  id: number,
  {
    options,
    sealedSecrets,
    forgets,
  }: Pick<ConnectorRow, 'options' | 'sealedSecrets'> & { readonly forgets: boolean },
): Promise<void> {
  await replaceOptions.run(query, { id, options, sealedSecrets, forgets });
}

const mergeLearnt = statement('save_learnt', {
  params: { id: int4, learnt: json<object>() },
  text: (p) => `update connectors set learnt = learnt || ${p.learnt} where id = ${p.id}`,
});

/** Facts that are absent keep their values. */
export async function saveLearnt(query: Query, connectorId: number, learnt: object): Promise<void> {
  await mergeLearnt.run(query, { id: connectorId, learnt });
}

const readLearnt = statement('find_learnt', {
  params: { id: int4 },
  row: { learnt: json<object>() },
  text: (p) => `select learnt from connectors where id = ${p.id}`,
});

/** Null for an unknown link. */
export async function findLearnt(query: Query, connectorId: number): Promise<object | null> {
  return (await readLearnt.find(query, { id: connectorId }))?.learnt ?? null;
}

const saveAll = statement('save_carrier_exchanges', {
  params: {
    connectorId: int4,
    processId: int8,
    exchanges: json<readonly CapturedExchange[]>(),
    now: instant,
  },
  text: (p) => `
insert into carrier_exchanges (connector_id, process_id, saved_at, exchanges)
values (${p.connectorId}, ${p.processId}, ${p.now}, ${p.exchanges})
on conflict (connector_id, process_id) do update set saved_at = excluded.saved_at, exchanges = excluded.exchanges`,
});

/** Replaces those of the process. */
export async function saveExchanges(
  query: Query,
  { connectorId, processId }: { readonly connectorId: number; readonly processId: number },
  exchanges: readonly CapturedExchange[],
  nowMs: number,
): Promise<void> {
  await saveAll.run(query, { connectorId, processId, exchanges, now: nowMs });
}

const removeOldExchanges = statement('delete_old_carrier_exchanges', {
  params: { before: instant },
  text: (p) => `delete from carrier_exchanges where saved_at < ${p.before}`,
});

export async function deleteCarrierExchanges(query: Query, beforeMs: number): Promise<void> {
  await removeOldExchanges.run(query, { before: beforeMs });
}

export interface StoredExchanges {
  readonly processId: number;
  readonly exchanges: readonly CapturedExchange[];
}

const listAllExchanges = statement('list_carrier_exchanges', {
  params: { connectorId: int4 },
  row: { processId: int8, exchanges: json<readonly CapturedExchange[]>() },
  text: (p) => `
select process_id as "processId", exchanges from carrier_exchanges
where connector_id = ${p.connectorId} order by process_id`,
});

export function listExchanges(query: Query, connectorId: number): Promise<StoredExchanges[]> {
  return listAllExchanges.run(query, { connectorId });
}

const setEnabled = statement('set_connector_enabled', {
  params: { name: text, enabled: boolean },
  row: { id: int4 },
  text: (p) => `
update connectors set enabled = ${p.enabled} where name = ${p.name} and removed_at is null returning id`,
});

/** False if there is no such connector. */
export async function setConnectorEnabled(query: Query, name: string, enabled: boolean): Promise<boolean> {
  return (await setEnabled.find(query, { name, enabled })) !== null;
}

const setPaused = statement('set_connector_paused', {
  params: { name: text, paused: boolean },
  row: { id: int4 },
  text: (p) => `
update connectors set paused = ${p.paused} where name = ${p.name} and removed_at is null returning id`,
});

/** False if there is no such connector. */
export async function setConnectorPaused(query: Query, name: string, paused: boolean): Promise<boolean> {
  return (await setPaused.find(query, { name, paused })) !== null;
}

const remove = statement('remove_connector', {
  params: { name: text, now: instant },
  row: { id: int4 },
  text: (p) => `
update connectors set removed_at = ${p.now}, enabled = false, name = name || ' (removed ' || id || ')',
  sealed_secrets = null, options = options - 'password'
where name = ${p.name} and removed_at is null returning id`,
});

const removeRoutes = statement('remove_routes_of_connector', {
  params: { connectorId: int4 },
  text: (p) => `delete from routes where connector_id = ${p.connectorId}`,
});

const removeCosts = statement('remove_costs_of_connector', {
  params: { connectorId: int4 },
  text: (p) => `delete from carrier_costs where connector_id = ${p.connectorId}`,
});

/** The row stays for the messages that refer to it; its name becomes free. False if there is no such connector. */
export async function removeConnector(query: Query, name: string, nowMs: number): Promise<boolean> {
  const removed = await remove.find(query, { name, now: nowMs });
  if (removed !== null) await removeRoutes.run(query, { connectorId: removed.id });
  if (removed !== null) await removeCosts.run(query, { connectorId: removed.id });
  return removed !== null;
}

const routeColumns = {
  country: nullable(text),
  prefix: nullable(text),
  tier: nullable(word<Tier>()),
  sender: nullable(text),
  accountId: nullable(int4),
  encoding: nullable(word<Encoding>()),
  purpose: nullable(word<Purpose>()),
  tag: nullable(text),
  hours: nullable(text),
  position: int4,
  choice: word<RouteChoice>(),
  weight: int4,
  costMicros: nullable(micros),
  allowsLoss: boolean,
  newSender: nullable(text),
  resendOn: list(text),
  resendLimit: int2,
  resendWithinS: int4,
  patienceS: nullable(int4),
};

const listAllRoutes = statement('list_routes', {
  params: {},
  row: { id: int4, connectorId: int4, ...routeColumns },
  text: () => `
select r.id, r.connector_id as "connectorId", r.country, r.prefix, r.tier, r.sender, r.account_id as "accountId",
  r.encoding, r.purpose, r.tag, r.hours, r.position, r.choice, r.weight, r.cost_micros as "costMicros", r.allows_loss as "allowsLoss",
  r.new_sender as "newSender", r.resend_on as "resendOn", r.resend_limit as "resendLimit",
  r.resend_within_s as "resendWithinS", r.patience_s as "patienceS"
from routes r join connectors c on c.id = r.connector_id
where c.removed_at is null order by r.position, r.id`,
});

/** In the order of their evaluation. */
export function listRoutes(query: Query): Promise<RouteRow[]> {
  return listAllRoutes.run(query, {});
}

const findLongestResend = statement('find_longest_resend', {
  params: {},
  row: { seconds: int4 },
  text: () => `
select coalesce(max(resend_within_s), 0) as seconds from routes where resend_on <> '{}'`,
});

/** The longest time, in seconds, after which a route sends a message again; 0: none does. */
export async function readLongestResend(query: Query): Promise<number> {
  return (await findLongestResend.find(query, {}))!.seconds;
}

const insertRouteRow = statement('insert_route', {
  params: { connectorId: int4, ...routeColumns, now: instant },
  row: { id: int4 },
  text: (p) => `
insert into routes (connector_id, country, prefix, tier, sender, account_id, encoding, position, choice, weight,
  cost_micros, allows_loss, new_sender, resend_on, resend_limit, resend_within_s, purpose, tag, hours,
  patience_s, created_at)
values (${p.connectorId}, ${p.country}, ${p.prefix}, ${p.tier}, ${p.sender}, ${p.accountId}, ${p.encoding}, ${p.position},
  ${p.choice}, ${p.weight}, ${p.costMicros}, ${p.allowsLoss}, ${p.newSender}, ${p.resendOn},
  ${p.resendLimit}, ${p.resendWithinS}, ${p.purpose}, ${p.tag}, ${p.hours}, ${p.patienceS}, ${p.now})
returning id`,
});

const usualRoute = {
  prefix: null,
  accountId: null,
  encoding: null,
  choice: 'weight',
  costMicros: null,
  allowsLoss: false,
  newSender: null,
  resendOn: [],
  ...usualResend,
  purpose: null,
  tag: null,
  hours: null,
  patienceS: null,
} as const;

const keepSender = statement('keep_replaced_sender', {
  params: { number: text, now: instant },
  text: (p) => `
insert into replaced_senders (number, created_at) values (${p.number}, ${p.now}) on conflict (number) do nothing`,
});

/** A name cannot be answered. */
async function keepReplacedSender(query: Query, { newSender }: Partial<RouteRow>, now: number) {
  if (newSender != null && /^\d+$/.test(newSender)) await keepSender.run(query, { number: newSender, now });
}

/** Returns its id. */
export async function insertRoute(query: Query, route: NewRouteRow, nowMs: number): Promise<number> {
  await keepReplacedSender(query, route, nowMs);
  return (await insertRouteRow.find(query, { ...usualRoute, ...route, now: nowMs }))!.id;
}

const updateRow = statement('update_route', {
  params: { id: int4, ...routeColumns },
  row: { id: int4 },
  text: (p) => `
update routes set country = ${p.country}, prefix = ${p.prefix}, tier = ${p.tier}, sender = ${p.sender},
  account_id = ${p.accountId}, encoding = ${p.encoding}, position = ${p.position}, choice = ${p.choice},
  weight = ${p.weight}, cost_micros = ${p.costMicros}, allows_loss = ${p.allowsLoss}, new_sender = ${p.newSender},
  resend_on = ${p.resendOn}, resend_limit = ${p.resendLimit}, resend_within_s = ${p.resendWithinS},
  purpose = ${p.purpose}, tag = ${p.tag}, hours = ${p.hours}, patience_s = ${p.patienceS}
where id = ${p.id} returning id`,
});

/** False if there is no such route. Its connector stays. */
export async function updateRoute(
  query: Query,
  route: Omit<RouteRow, 'connectorId'>,
  nowMs: number,
): Promise<boolean> {
  await keepReplacedSender(query, route, nowMs);
  return (await updateRow.find(query, route)) !== null;
}

const updateChoice = statement('set_choice_of_position', {
  params: { position: int4, choice: word<RouteChoice>() },
  text: (p) => `update routes set choice = ${p.choice} where position = ${p.position}`,
});

/** The routes of a position have one choice. */
export async function setChoiceOfPosition(
  query: Query,
  position: number,
  choice: RouteChoice,
): Promise<void> {
  await updateChoice.run(query, { position, choice });
}

const removeRow = statement('remove_route', {
  params: { id: int4 },
  row: { id: int4 },
  text: (p) => `delete from routes where id = ${p.id} returning id`,
});

/** False if there is no such route. */
export async function removeRoute(query: Query, id: number): Promise<boolean> {
  return (await removeRow.find(query, { id })) !== null;
}
