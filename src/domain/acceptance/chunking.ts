// Splits a batch of accepted submissions into chunks and assigns ids. Used by the acceptance. The messages of a campaign
// have consecutive ids. The messages of a chunk have one due time and one priority class, and are claimed, sent and
// finished together.

import type { Account } from '#domain/account/account.ts';
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import type { CampaignNote } from '#domain/base/campaign-notes.ts';
import { type FairOrder, maxChunkSize, priorityClassOf } from '#domain/base/priority-classes.ts';
import type { ReturnPath } from '#domain/base/return-path.ts';
import type { DialectName, Label, Submission } from '#domain/base/submission.ts';
import type { Plan, PlannedMessage } from '#domain/plan/plan.ts';
import type { FailedAttempts } from '#domain/routing/resend.ts';
import { measure } from '#gsm/segments.ts';

/** A planned submission, with the id of its campaign. */
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
  /** Null if the submission has no label. */
  readonly label: Label | null;
  readonly firstMessageId: number;
  /** In the order of their ids and due times. */
  readonly messages: readonly PlannedMessage[];
  /** As priced. */
  readonly segments: number;
  readonly costMicros: bigint;
  readonly requestId: string | null;
  readonly failures: readonly { number: string; reason: string }[];
  readonly notes: readonly CampaignNote[];
  readonly returnPath: ReturnPath | null;
  readonly dueAtMs: number;
  /** Due time of the last message; null if all messages are due immediately. */
  readonly lastDueAtMs: number | null;
}

/** A message with all values that a connector needs. */
export interface DispatchableMessage {
  readonly id: number;
  readonly accountId: number;
  readonly msisdn: number;
  readonly country: string;
  readonly encoding: Encoding;
  /** The number of segments to send. An account with bill parity may have paid for more. */
  readonly segments: number;
  readonly costMicros: bigint;
  readonly expiresAtMs: number;
  readonly text: string;
  readonly sender: string | null;
  readonly tier: Tier;
  readonly purpose: Purpose;
  /** Of the submission. */
  readonly tag: string | null;
  readonly messageClass: number | null;
  /** The recipient opted out after the acceptance and the opt-out covers this message, or its text was masked. */
  readonly isOptedOut?: boolean;
  /** It is sent again after a receipt of failure: paid and reported to nobody. Absent: the first attempt. */
  readonly resend?: FailedAttempts;
}

export interface PlannedChunk {
  /** The id of its first message. */
  readonly id: number;
  readonly priorityClass: number;
  readonly dueAtMs: number;
  readonly startTagMs: number;
  /** The last expiry of its messages. */
  readonly expiresAtMs: number;
  readonly messages: readonly DispatchableMessage[];
}

export interface SplitBatch {
  readonly campaigns: readonly AcceptedCampaign[];
  readonly chunks: readonly PlannedChunk[];
}

export function splitIntoChunks(
  batch: readonly Submitted[],
  firstMessageId: number,
  order: FairOrder,
  nowMs: number,
): SplitBatch {
  const campaigns: AcceptedCampaign[] = [];
  const chunks: (PlannedChunk & { messages: DispatchableMessage[]; expiresAtMs: number })[] = [];
  let nextId = firstMessageId;
  for (const submitted of inOrderOfPriorityClass(batch)) {
    const { account, submission } = submitted;
    const messages = inOrderOfDueTime(asCut(submitted));
    const priorityClass = priorityClassOf(submission.purpose, messages.length, submission.priority);
    campaigns.push(asAccepted(submitted, nextId, messages, nowMs));
    // A held campaign is not due until it is released, and shares no chunk.
    const isHeld = submitted.plan.review?.state === 'held';
    let isAlone = isHeld;
    for (const message of messages) {
      const dueAtMs = isHeld ? Number.POSITIVE_INFINITY : Math.max(message.dueAtMs, nowMs);
      let chunk = chunks.at(-1);
      const isOther = chunk?.priorityClass !== priorityClass || chunk.dueAtMs !== dueAtMs || isAlone;
      isAlone = false;
      if (chunk === undefined || isOther || chunk.messages.length === maxChunkSize) {
        const size = Math.min(messages.length, maxChunkSize);
        const startTagMs = order.rank(account.id, size, dueAtMs, nowMs);
        chunk = { id: nextId, priorityClass, dueAtMs, startTagMs, expiresAtMs: 0, messages: [] };
        chunks.push(chunk);
      }
      chunk.messages.push(dispatchable(submitted, message, nextId));
      chunk.expiresAtMs = Math.max(chunk.expiresAtMs, message.expiresAtMs);
      nextId++;
    }
  }
  return { campaigns, chunks };
}

/** The ids of a plan's messages, in the order of the plan, if `firstMessageId` is the first of all. */
export function messageIdsOf({ messages }: Plan, firstMessageId: number): number[] {
  const ids = new Array<number>(messages.length);
  const places = messages.map((_, i) => i).sort((a, b) => messages[a]!.dueAtMs - messages[b]!.dueAtMs);
  for (const [place, i] of places.entries()) ids[i] = firstMessageId + place;
  return ids;
}

function priorityClassOfSubmitted({ submission, plan }: Submitted): number {
  return priorityClassOf(submission.purpose, plan.messages.length, submission.priority);
}

function inOrderOfPriorityClass(batch: readonly Submitted[]): readonly Submitted[] {
  const byPriorityClass = Map.groupBy(batch, priorityClassOfSubmitted);
  return byPriorityClass.size === 1
    ? batch
    : [...byPriorityClass].sort(([a], [b]) => a - b).flatMap(([, ofClass]) => ofClass);
}

/** A text priced for longer parts (bill parity) is split into parts of the network's size. */
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
    returnPath: submission.returnPath ?? null,
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
    purpose: submission.purpose,
    tag: submission.label?.tag ?? null,
    messageClass: submission.messageClass ?? null,
  };
}
