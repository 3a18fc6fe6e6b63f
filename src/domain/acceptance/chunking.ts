// How a batch of accepted submissions is laid out: ids, so that the messages of a campaign are consecutive, and chunks,
// so that messages with one due time in one lane are claimed, worked on and finished together.

import type { Account } from '#domain/account/account.ts';
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import type { CampaignNote } from '#domain/base/campaign-notes.ts';
import { type FairOrder, maxChunkSize, priorityClassOf } from '#domain/base/priority-classes.ts';
import type { DialectName, Label, Submission } from '#domain/base/submission.ts';
import type { Plan, PlannedMessage } from '#domain/plan/plan.ts';
import { measure } from '#gsm/segments.ts';

/** A submission that was judged, with the id its campaign will have. */
export interface Submitted {
  readonly account: Account;
  readonly submission: Submission;
  readonly plan: Plan;
  readonly campaignId: number;
}

export interface AcceptedCampaign {
  readonly id: number;
  readonly accountId: number;
  readonly dialect: DialectName;
  readonly text: string;
  readonly sender: string | null;
  readonly purpose: Purpose;
  readonly tier: Tier;
  readonly withReplies: boolean;
  readonly messageClass: number | null;
  /** Null when its customer filed it under nothing. */
  readonly label: Label | null;
  readonly firstMessageId: number;
  /** In the order of their ids, which is the order of their due times. */
  readonly messages: readonly PlannedMessage[];
  /** As priced. */
  readonly segments: number;
  readonly costMicros: bigint;
  readonly requestId: string | null;
  readonly failures: readonly { number: string; reason: string }[];
  readonly notes: readonly CampaignNote[];
  readonly dueAtMs: number;
  /** Of the last of its messages; null when all are due at once. */
  readonly lastDueAtMs: number | null;
}

/** A message with all that a connector needs of it. */
export interface DispatchableMessage {
  readonly id: number;
  readonly accountId: number;
  readonly msisdn: number;
  readonly country: string;
  readonly encoding: Encoding;
  /** As it will be cut; an account with bill parity may have been priced for more. */
  readonly segments: number;
  readonly costMicros: bigint;
  readonly expiresAtMs: number;
  readonly text: string;
  readonly sender: string | null;
  readonly tier: Tier;
  readonly messageClass: number | null;
  /** To someone who has said STOP since it was accepted, where his STOP covers it. */
  readonly isOptedOut?: boolean;
}

export interface PlannedChunk {
  /** The id of its first message. */
  readonly id: number;
  readonly lane: number;
  readonly dueAtMs: number;
  readonly rankAtMs: number;
  /** When the last of its messages may no longer leave. */
  readonly expiresAtMs: number;
  readonly messages: readonly DispatchableMessage[];
}

export interface Layout {
  readonly campaigns: readonly AcceptedCampaign[];
  readonly chunks: readonly PlannedChunk[];
}

export function splitIntoChunks(
  batch: readonly Submitted[],
  firstMessageId: number,
  order: FairOrder,
  nowMs: number,
): Layout {
  const campaigns: AcceptedCampaign[] = [];
  const chunks: (PlannedChunk & { messages: DispatchableMessage[]; expiresAtMs: number })[] = [];
  let nextId = firstMessageId;
  for (const submitted of inOrderOfLane(batch)) {
    const { account, submission } = submitted;
    const messages = inOrderOfDueTime(asCut(submitted));
    const lane = priorityClassOf(submission.purpose, messages.length, submission.priority);
    campaigns.push(asAccepted(submitted, nextId, messages, nowMs));
    // What is held for review has no time until it is released, and shares its chunk with nobody.
    const isHeld = submitted.plan.review?.state === 'held';
    let isAlone = isHeld;
    for (const message of messages) {
      const dueAtMs = isHeld ? Number.POSITIVE_INFINITY : Math.max(message.dueAtMs, nowMs);
      let chunk = chunks.at(-1);
      const isOther = chunk?.lane !== lane || chunk.dueAtMs !== dueAtMs || isAlone;
      isAlone = false;
      if (chunk === undefined || isOther || chunk.messages.length === maxChunkSize) {
        const size = Math.min(messages.length, maxChunkSize);
        const rankAtMs = order.rank(account.id, size, dueAtMs, nowMs);
        chunk = { id: nextId, lane, dueAtMs, rankAtMs, expiresAtMs: 0, messages: [] };
        chunks.push(chunk);
      }
      chunk.messages.push(dispatchable(submitted, message, nextId));
      chunk.expiresAtMs = Math.max(chunk.expiresAtMs, message.expiresAtMs);
      nextId++;
    }
  }
  return { campaigns, chunks };
}

/** The ids of a plan's messages, in the order of the plan, when the first of them all has this one. */
export function messageIdsOf({ messages }: Plan, firstMessageId: number): number[] {
  const ids = new Array<number>(messages.length);
  const places = messages.map((_, i) => i).sort((a, b) => messages[a]!.dueAtMs - messages[b]!.dueAtMs);
  for (const [place, i] of places.entries()) ids[i] = firstMessageId + place;
  return ids;
}

function laneOfSubmitted({ submission, plan }: Submitted): number {
  return priorityClassOf(submission.purpose, plan.messages.length, submission.priority);
}

function inOrderOfLane(batch: readonly Submitted[]): readonly Submitted[] {
  const byLane = Map.groupBy(batch, laneOfSubmitted);
  return byLane.size === 1 ? batch : [...byLane].sort(([a], [b]) => a - b).flatMap(([, ofLane]) => ofLane);
}

/** Priced by other sizes than the network's (bill parity), a text is still cut by the network's. */
function asCut({ account, plan }: Submitted): readonly PlannedMessage[] {
  if (account.settings.concatenatedCharsPerPart === 153) return plan.messages;
  return plan.messages.map((m) => ({ ...m, segments: measure(m.text ?? plan.text).segments }));
}

function inOrderOfDueTime(messages: readonly PlannedMessage[]): readonly PlannedMessage[] {
  const first = messages[0]?.dueAtMs;
  return messages.every((m) => m.dueAtMs === first)
    ? messages
    : [...messages].sort((a, b) => a.dueAtMs - b.dueAtMs);
}

function asAccepted(
  { account, submission, plan, campaignId }: Submitted,
  firstMessageId: number,
  messages: readonly PlannedMessage[],
  nowMs: number,
): AcceptedCampaign {
  const lastDueAtMs = messages.at(-1)?.dueAtMs ?? plan.dueAtMs;
  return {
    id: campaignId,
    accountId: account.id,
    dialect: submission.dialect,
    text: plan.text,
    sender: plan.sender,
    purpose: submission.purpose,
    tier: submission.tier,
    withReplies: submission.withReplies,
    messageClass: submission.messageClass ?? null,
    label: submission.label ?? null,
    firstMessageId,
    messages,
    segments: plan.segments,
    costMicros: plan.costMicros,
    requestId: submission.idempotencyKey,
    failures: plan.failures.map(({ number, refusal }) => ({ number, reason: refusal.reason })),
    notes: [...(submission.notes ?? []), ...plan.notes],
    dueAtMs: plan.dueAtMs,
    lastDueAtMs: lastDueAtMs > nowMs ? lastDueAtMs : null,
  };
}

function dispatchable(
  { account, submission, plan }: Submitted,
  message: PlannedMessage,
  id: number,
): DispatchableMessage {
  return {
    id,
    accountId: account.id,
    msisdn: message.msisdn,
    country: message.country,
    encoding: message.encoding,
    segments: message.segments,
    costMicros: message.costMicros,
    expiresAtMs: message.expiresAtMs,
    text: message.text ?? plan.text,
    sender: plan.sender,
    tier: submission.tier,
    messageClass: submission.messageClass ?? null,
  };
}
