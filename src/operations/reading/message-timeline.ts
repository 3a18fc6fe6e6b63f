// The timeline of a message: each step with its time (accepted, priced, held, submitted, reported, called back), or the
// reason why it waits. Used by `message show`.
import { isFinal } from '#domain/base/message.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type MessageTimeline, readMessageFacts } from '#store/campaigns/message-timeline.ts';
import type { Query } from '#store/database/database.ts';
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
}

/** Null for an unknown message. `accountId` null: the operator, who may read all accounts. */
export async function readMessageTimeline(
  context: Pick<Context, 'database' | 'clock'>,
  messageId: number,
  accountId: number | null,
): Promise<ExplainedMessage | null> {
  const { query } = context.database;
  const facts = await readMessageFacts(query, messageId);
  if (facts === null || (accountId !== null && facts.accountId !== accountId)) return null;
  const waits = facts.status === 'accepted' && !isFinal(facts.status);
  return { ...facts, waiting: waits ? await waitingFor(query, facts, context.clock.now()) : null };
}

async function waitingFor(query: Query, message: MessageTimeline, nowMs: number): Promise<string> {
  const { dueAtMs, isHeldForReview, steps } = message;
  if (isHeldForReview) return 'an operator decides about its campaign first; see chappe campaign list';
  if (dueAtMs > nowMs) {
    const held = steps.find(({ step }) => step === 'held until');
    return `held until ${new Date(dueAtMs).toISOString()}: ${held?.detail ?? 'its sending time'}`;
  }
  const bound = await listBoundConnectors(query);
  if (bound === null) return 'no process dispatches messages; start chappe serve';
  const isBound = (id: number) => bound.includes(id);
  const connectors = (await listConnectors(query)).filter(({ enabled }) => enabled);
  const fitting = (await listRoutes(query)).filter(
    ({ country, tier, sender }) =>
      (country === null || country === message.country) &&
      (tier === null || tier === message.tier) &&
      (sender === null || sender === message.sender),
  );
  if (!bound.some((id) => id === 0 || connectors.some((connector) => connector.id === id)))
    return 'no carrier is bound; see chappe carrier list';
  if (!isBound(0) && fitting.length === 0)
    return `no route leads to a carrier for ${message.country} ${message.tier}; see chappe route list`;
  if (!isBound(0) && !fitting.some(({ connectorId }) => isBound(connectorId)))
    return `no carrier with a route for ${message.country} ${message.tier} is bound; see chappe carrier list`;
  return 'it is being handed to a carrier';
}
