// The timeline of a message: each step with its time (accepted, priced, held, submitted, reported, called back), or the
// reason why it waits. Used by `message show`.
import type { AccountKey } from '#domain/account/account.ts';
import { isFinal } from '#domain/base/message.ts';
import { failedCondition, isLoss } from '#domain/routing/choose.ts';
import { CostTable } from '#domain/routing/costs.ts';
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
import { listBoundConnectors } from '#store/platform/processes.ts';

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
  | 'due'
  | 'no-dispatcher'
  | 'no-carrier'
  | 'no-route'
  | 'route-down'
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
  const { dueAtMs, isHeldForReview, steps } = message;
  if (isHeldForReview)
    return ['review', 'an operator decides about its campaign first; see chappe campaign list'];
  if (dueAtMs > nowMs) {
    const held = steps.find(({ step }) => step === 'held until');
    return ['due', `held until ${new Date(dueAtMs).toISOString()}: ${held?.detail ?? 'its sending time'}`];
  }
  const bound = await listBoundConnectors(query);
  if (bound === null) return ['no-dispatcher', 'no process dispatches messages; start chappe serve'];
  const isBound = (id: number) => bound.includes(id);
  const connectors = (await listConnectors(query)).filter(({ enabled }) => enabled);
  const fitting = (await listRoutes(query)).filter((route) => failedCondition(route, message) === null);
  if (!bound.some((id) => id === 0 || connectors.some((connector) => connector.id === id)))
    return ['no-carrier', 'no carrier is bound; see chappe carrier list'];
  if (!isBound(0) && fitting.length === 0)
    return [
      'no-route',
      `no route leads to a carrier for ${message.country} ${message.tier}; see chappe route list`,
    ];
  if (!isBound(0) && !fitting.some(({ connectorId }) => isBound(connectorId)))
    return [
      'route-down',
      `no carrier with a route for ${message.country} ${message.tier} is bound; see chappe carrier list`,
    ];
  const state = { costs: new CostTable(await listCosts(query)), nowMs };
  if (!isBound(0) && fitting.every((route) => isLoss(route, message, state)))
    return [
      'no-route',
      'every route for it costs more than its price; see chappe route explain, or allow it by --allow-loss',
    ];
  return ['hand-over', 'it is being handed to a carrier'];
}
