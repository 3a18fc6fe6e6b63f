// The timeline of a message: each step with its time (accepted, priced, held, submitted, reported, called back), or the
// reason why it waits. Used by `message show`.
import type { AccountKey } from '#domain/account/account.ts';
import { isFinal } from '#domain/base/message.ts';
import { zonesByCountry } from '#domain/plan/country-zones.ts';
import { failedCondition, isLoss } from '#domain/routing/choose.ts';
import { CostTable } from '#domain/routing/costs.ts';
import { renderLocalTime, zoneOffset } from '#lib/time/zoned-time.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type MessageTimeline,
  readFactsOfMessage,
  readMessageFacts,
} from '#store/campaigns/message-timeline.ts';
import type { Query } from '#store/database/database.ts';
import { listCosts } from '#store/platform/carrier-costs.ts';
import { listConnectors, listRoutes } from '#store/platform/carriers.ts';
import { listBoundConnectors, listProcessDetails } from '#store/platform/processes.ts';

export interface MessageTimelines {
  /** Null for an unknown message. */
  read(access: OperatorAccess, messageId: number): Promise<ExplainedMessage | null>;
}

export function createMessageTimelines(context: Pick<Context, 'database' | 'clock'>): MessageTimelines {
  return {
    async read(access, messageId) {
      authorize(access, 'operator-messages.read');
      return readMessageTimeline(context, messageId, null);
    },
  };
}

export interface ExplainedMessage extends MessageTimeline {
  /** The reason why an accepted message waits; null: it is with a carrier, or has a final status. */
  readonly waiting: string | null;
  readonly waitingReason: WaitingReason | null;
}

type WaitingReason =
  | 'review'
  | 'paused'
  | 'due'
  | 'no-dispatcher'
  | 'no-carrier'
  | 'no-route'
  | 'route-down'
  | 'throttled'
  | 'next-try'
  | 'hand-over';

type Waiting = readonly [reason: WaitingReason, sentence: string];

/** Null for an unknown message. `accountId` null: the operator, who may read all accounts. */
export async function readMessageTimeline(
  context: Pick<Context, 'database' | 'clock'>,
  messageId: number,
  accountId: number | null,
): Promise<ExplainedMessage | null> {
  const facts = await readMessageFacts(context.database.query, messageId);
  if (facts === null || (accountId !== null && facts.accountId !== accountId)) return null;
  return explain(context, facts);
}

/** Null if the account has no such message. */
export async function readTimelineOfAccount(
  context: Pick<Context, 'database' | 'clock'>,
  account: AccountKey,
  messageId: number,
): Promise<ExplainedMessage | null> {
  const facts = await readFactsOfMessage(context.database.query, account, messageId);
  return facts && explain(context, facts);
}

async function explain(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  facts: MessageTimeline,
): Promise<ExplainedMessage> {
  const waits = facts.status === 'accepted' && !isFinal(facts.status);
  const [waitingReason, waiting] = waits
    ? await waitingFor(database.query, facts, clock.now())
    : [null, null];
  return { ...facts, waiting, waitingReason };
}

async function waitingFor(query: Query, message: MessageTimeline, nowMs: number): Promise<Waiting> {
  if (message.isHeldForReview)
    return ['review', 'an operator decides about its campaign first; see chappe campaign list'];
  if (message.isPaused) return ['paused', 'its campaign is paused; see chappe audit'];
  if (message.dueAtMs > nowMs) return ['due', untilDue(message)];
  return (await withoutCarrier(query, message, nowMs)) ?? (await atCarrier(query, message, nowMs));
}

function untilDue({ isHeldByHours, country, dueAtMs }: MessageTimeline): string {
  const at = localTime(country, dueAtMs);
  return isHeldByHours ? `held until ${at} by the sending hours of ${country}` : `scheduled for ${at}`;
}

/** `Monday 2026-11-23 08:00 Europe/Paris`: the time of the recipient. */
function localTime(country: string, atMs: number): string {
  const timeZone = zonesByCountry.get(country)?.[0] ?? 'UTC';
  const offsetAt = zoneOffset(timeZone);
  return `${weekdays[new Date(atMs + offsetAt(atMs)).getUTCDay()]} ${renderLocalTime(atMs, offsetAt).slice(0, 16)} ${timeZone}`;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Null: a carrier with a route for the message is bound. */
async function withoutCarrier(
  query: Query,
  message: MessageTimeline,
  nowMs: number,
): Promise<Waiting | null> {
  const bound = await listBoundConnectors(query);
  if (bound === null) return ['no-dispatcher', 'no process dispatches messages; start chappe serve'];
  const connectors = (await listConnectors(query)).filter(({ enabled }) => enabled);
  if (!bound.some((id) => id === simulatorId || connectors.some((connector) => connector.id === id)))
    return ['no-carrier', 'no carrier is bound; see chappe carrier list'];
  if (bound.includes(simulatorId)) return null;
  const fitting = (await listRoutes(query)).filter(
    (route) => failedCondition(route, message, nowMs) === null,
  );
  const { country, tier } = message;
  if (fitting.length === 0)
    return ['no-route', `no route leads to a carrier for ${country} ${tier}; see chappe route list`];
  if (!fitting.some(({ connectorId }) => bound.includes(connectorId)))
    return ['route-down', `no carrier with a route for ${country} ${tier} is bound; see chappe carrier list`];
  const state = { costs: new CostTable(await listCosts(query)), nowMs };
  if (fitting.every((route) => isLoss(route, message, state)))
    return [
      'no-route',
      'every route for it costs more than its price; see chappe route explain, or allow it by --allow-loss',
    ];
  return null;
}

/** The connector of the simulated carrier, which has no row and takes every message. */
const simulatorId = 0;

async function atCarrier(query: Query, message: MessageTimeline, nowMs: number): Promise<Waiting> {
  const { nextTryAtMs } = message;
  if (nextTryAtMs !== null && nextTryAtMs > nowMs)
    return ['next-try', `no carrier took it yet; next try at ${new Date(nextTryAtMs).toISOString()}`];
  const throttled = await listThrottled(query, message, nowMs);
  if (throttled.length > 0)
    return ['throttled', `${throttled.join(', ')} asked for a pause; it is sent when the pause ends`];
  if (nextTryAtMs !== null) return ['hand-over', 'it is due, and a process is about to take it'];
  return ['hand-over', 'it is being handed to a carrier'];
}

/** Names of the carriers that asked for a pause; empty while one that fits takes messages. */
async function listThrottled(query: Query, message: MessageTimeline, nowMs: number): Promise<string[]> {
  const names = new Map((await listConnectors(query)).map(({ id, name }) => [id, name]));
  const fitting = new Set(
    (await listRoutes(query))
      .filter((route) => failedCondition(route, message, nowMs) === null)
      .map(({ connectorId }) => connectorId),
  );
  const throttled = new Set<number>();
  for (const { health, leaseRanOut } of await listProcessDetails(query))
    for (const [key, { binds, isThrottled }] of Object.entries(leaseRanOut ? {} : health)) {
      const id = Number(key);
      if (!fitting.has(id) || !binds.some(({ state }) => state === 'bound')) continue;
      if (!isThrottled) return [];
      throttled.add(id);
    }
  return [...throttled].map((id) => names.get(id) ?? String(id));
}
