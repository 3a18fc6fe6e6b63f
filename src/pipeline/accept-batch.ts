// Accepts planned submissions of one bucket in one transaction: claims their keys, reserves quotas, holds their price, and
// stores campaigns, messages, chunks and side records. A part of submit-campaign.ts.
//
// Promises: all or nothing for each submission; one campaign for each idempotency key, whatever the concurrency; never
// more held than the account has. A request that cannot be accepted together with others is accepted alone.

import {
  amountsOf,
  isSentFor,
  leaveOut,
  quotaCampaignsOf,
  quotaUsesOf,
} from '#domain/acceptance/batch-cost.ts';
import {
  type AcceptedCampaign,
  type PlannedChunk,
  type Submitted,
  splitIntoChunks,
} from '#domain/acceptance/chunking.ts';
import { idempotencyKeyOf, onePerKey } from '#domain/acceptance/idempotency.ts';
import { hasNoSideRecords } from '#domain/acceptance/side-records.ts';
import type { Account } from '#domain/account/account.ts';
import type { FairOrder } from '#domain/base/priority-classes.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { ChunkWithMessages } from '#domain/delivery/dispatch-item.ts';
import type { Plan } from '#domain/plan/plan.ts';
import type { PipelinedConnection, Query } from '#store/database/database.ts';
import { finishQuotaUse, lockMoney, reserveFromQuotas } from '#store/money/quotas.ts';
import {
  acceptCampaigns,
  type ChunkRow,
  claimIdempotencyKeys,
  type IdempotencyClaim,
  releaseIdempotencyKeys,
} from '#store/pipeline/acceptance.ts';
import type { Context } from './context.ts';
import type { Ports } from './ports.ts';
import { insertSideRecords } from './side-records.ts';
import { acceptedMessages } from './stage-metrics.ts';

const noIds: ReadonlySet<number> = new Set();

/** A planned submission. */
export interface AcceptRequest {
  readonly account: Account;
  readonly submission: Submission;
  readonly plan: Plan;
}

/** An error is one of the database: the request cannot be stored. */
export type AcceptResult =
  | { readonly campaignId: number; readonly firstMessageId: number; readonly availableMicros: bigint }
  | 'request-already-seen'
  | 'quota-insufficient'
  | 'credit-insufficient'
  | Error;

type Results = Map<AcceptRequest, AcceptResult>;

export interface AcceptStage {
  readonly context: Context;
  readonly ports: Pick<Ports, 'acceptedChunks' | 'notices'>;
  readonly order: FairOrder;
}

/** Accepts the requests of one batch of the batcher: bucket by bucket, and one request for each idempotency key at a time. */
export async function acceptRequests(
  stage: AcceptStage,
  connection: PipelinedConnection,
  requests: readonly AcceptRequest[],
): Promise<AcceptResult[]> {
  const results: Results = new Map();
  let left = requests;
  while (left.length > 0) {
    const { bucket } = left[0]!.account;
    const together = onePerKey(left.filter((request) => request.account.bucket === bucket));
    await acceptTogether(stage, connection, together, results);
    left = left.filter((request) => !results.has(request));
  }
  return requests.map((request) => results.get(request)!);
}

async function acceptTogether(
  stage: AcceptStage,
  connection: PipelinedConnection,
  requests: readonly AcceptRequest[],
  results: Results,
): Promise<void> {
  try {
    await acceptBatch(stage, connection, requests, results);
  } catch (error) {
    // A submission that the database cannot store must not fail the others of its batch.
    if (!isDataError(error)) throw error;
  }
  const left = requests.filter((request) => !results.has(request));
  if (left.length > 0) await acceptOneByOne(stage, connection, left, results);
}

/** Accepts each request alone, in the order of arrival: an account, a quota or the database refuses them together. */
async function acceptOneByOne(
  stage: AcceptStage,
  connection: PipelinedConnection,
  requests: readonly AcceptRequest[],
  results: Results,
): Promise<void> {
  for (const request of requests)
    try {
      await acceptBatch(stage, connection, [request], results);
    } catch (error) {
      results.set(request, error as Error);
    }
}

/** SQLSTATE classes 22 (data), 23 (constraints) and 54 (limits): the statement is at fault, not the connection. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}

/**
 * Accepts requests of one bucket in one transaction. A request without a result could not be accepted together with the
 * others: `acceptOneByOne` follows.
 */
async function acceptBatch(
  stage: AcceptStage,
  connection: PipelinedConnection,
  requests: readonly AcceptRequest[],
  results: Results,
): Promise<void> {
  const batch = await prepareBatch(stage.context, requests);
  const accepted = await connection.run(async (query): Promise<Accepted> => {
    const claimed = await claimKeys(query, batch);
    const unseen = removeSeenRequests(batch, claimed);
    const funding = await reserveQuotas(query, batch, unseen);
    const { covered } = funding;
    const split = splitBatch(stage, batch, covered);
    const [available] = await Promise.all([
      acceptCovered(query, batch, covered, split),
      ...insertSideRecords(query, batch.bucket, covered, split.campaigns, batch.nowMs),
    ]);
    await finishQuotas(query, batch, funding, available);
    await releaseKeys(query, batch, unpaidClaims(batch, claimed, paidOf(covered, available)));
    await commit(query, batch);
    return { unseen, split, available };
  });
  for (const [request, result] of resultsOf(batch, accepted)) {
    results.set(request, result);
    if (typeof result === 'object')
      acceptedMessages.add({ dialect: request.submission.dialect }, request.plan.messages.length);
  }
  handOverChunks(stage.ports, batch.bucket, accepted);
}

interface Entry extends Submitted {
  readonly request: AcceptRequest;
}

interface Batch {
  readonly bucket: number;
  readonly nowMs: number;
  readonly entries: readonly Entry[];
  readonly claims: readonly IdempotencyClaim[];
  readonly firstMessageId: number;
  /** Neither keys nor side records: the statement that accepts the campaigns is the whole transaction. */
  readonly isOneStatement: boolean;
}

/** Chunks of a batch. Empty if no campaign of the batch can be paid from the quotas. */
interface Split {
  readonly campaigns: readonly AcceptedCampaign[];
  readonly rows: readonly ChunkRow[];
  /** Chunks that name this process: they are handed over after the commit. */
  readonly claimed: readonly ChunkWithMessages[];
}

interface Accepted {
  readonly unseen: readonly Entry[];
  readonly split: Split;
  /** Available credit of each account whose campaigns were accepted. */
  readonly available: ReadonlyMap<number, bigint>;
}

/** Takes the ids before the transaction: new ids take a connection of the pool, and all of these can wait for its locks. */
async function prepareBatch({ clock, ids }: Context, requests: readonly AcceptRequest[]): Promise<Batch> {
  const nowMs = clock.now();
  const firstCampaignId = await ids.take('campaign', requests.length);
  const messageCount = requests.reduce((sum, { plan }) => sum + plan.messages.length, 0);
  const firstMessageId = await ids.take('message', messageCount);
  const entries = requests.map((request, i) => ({
    ...request,
    request,
    campaignId: request.submission.draftId ?? firstCampaignId + i,
  }));
  // Every process locks keys in this order, so two batches with the same keys cannot wait for each other.
  const claims = entries
    .flatMap((entry) => claimOf(entry, nowMs))
    .sort((a, b) => a.accountId - b.accountId || (a.key < b.key ? -1 : 1));
  const isOneStatement = claims.length === 0 && entries.every(hasNoSideRecords);
  return { bucket: requests[0]!.account.bucket, nowMs, entries, claims, firstMessageId, isOneStatement };
}

function claimOf({ account, submission, campaignId }: Entry, nowMs: number): IdempotencyClaim[] {
  const claim = idempotencyKeyOf(submission);
  if (claim === null) return [];
  const { scope, key, ttlMs } = claim;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  return [{ accountId: account.id, scope, key, campaignId, expiresAtMs }];
}

/** Begins the transaction and returns the campaigns whose key was free. */
async function claimKeys(query: Query, batch: Batch): Promise<ReadonlySet<number>> {
  if (batch.isOneStatement) return noIds;
  // Sent together with the next statement, which fails if this one does.
  void query('begin').catch(() => {});
  if (batch.claims.length === 0) return noIds;
  return claimIdempotencyKeys(query, batch.bucket, batch.claims, batch.nowMs);
}

function removeSeenRequests({ entries, claims }: Batch, claimed: ReadonlySet<number>): readonly Entry[] {
  if (claims.length === claimed.size) return entries;
  return entries.filter((e) => idempotencyKeyOf(e.submission) === null || claimed.has(e.campaignId));
}

interface Funding {
  /** Campaigns of accounts, and of users whose quota covers them. */
  readonly covered: readonly Entry[];
  /** Null if no campaign is paid from a quota. */
  readonly reserved: Reserved | null;
}

interface Reserved {
  readonly uses: ReturnType<typeof quotaUsesOf>;
  /** Users whose quota covers their part of the batch. */
  readonly drawn: ReadonlySet<number>;
}

/** Submissions of users with a quota are paid from it: their price stays free for this transaction. */
async function reserveQuotas(
  query: Query,
  { bucket, nowMs }: Batch,
  entries: readonly Entry[],
): Promise<Funding> {
  const uses = quotaUsesOf(entries);
  if (uses.length === 0) return { covered: entries, reserved: null };
  const locking = lockMoney(query, bucket, [...new Set(entries.map((e) => e.account.id))]);
  const [{ drawn, short }] = await Promise.all([reserveFromQuotas(query, bucket, uses, nowMs), locking]);
  return { covered: leaveOut(short, entries), reserved: { uses, drawn } };
}

/** Splits the batch, and claims the chunks that are due and for which this process has capacity. */
function splitBatch(stage: AcceptStage, batch: Batch, covered: readonly Entry[]): Split {
  const { campaigns, chunks } = splitIntoChunks(covered, batch.firstMessageId, stage.order, batch.nowMs);
  const { consumer } = stage.ports.acceptedChunks;
  const { processId } = consumer;
  let capacity = processId === null ? 0 : consumer.capacity();
  const rows: ChunkRow[] = [];
  const claimed: ChunkWithMessages[] = [];
  for (const chunk of chunks) {
    const isClaimed = chunk.dueAtMs <= batch.nowMs && chunk.messages.length <= capacity;
    rows.push(rowOf(chunk, isClaimed ? processId : null));
    if (!isClaimed) continue;
    capacity -= chunk.messages.length;
    claimed.push({
      bucket: batch.bucket,
      id: chunk.id,
      priorityClass: chunk.priorityClass,
      messages: chunk.messages,
    });
  }
  return { campaigns, rows, claimed };
}

function rowOf({ messages, ...chunk }: PlannedChunk, processId: number | null): ChunkRow {
  return { ...chunk, messageCount: messages.length, processId };
}

/** Returns the available credit of each account that can pay; the campaigns of the others are not stored. */
async function acceptCovered(
  query: Query,
  { bucket, nowMs }: Batch,
  covered: readonly Entry[],
  { campaigns, rows }: Split,
): Promise<ReadonlyMap<number, bigint>> {
  if (covered.length === 0) return new Map();
  return acceptCampaigns(query, bucket, amountsOf(covered), campaigns, rows, nowMs);
}

/** Returns the reservations of accounts that could not pay, and records which campaigns a quota paid. */
async function finishQuotas(
  query: Query,
  { bucket, nowMs }: Batch,
  { covered, reserved }: Funding,
  available: ReadonlyMap<number, bigint>,
): Promise<void> {
  if (reserved === null) return;
  const { uses, drawn } = reserved;
  const paid = paidOf(covered, available).filter((e) => isSentFor(drawn, e));
  const unspent = uses.filter((u) => drawn.has(u.userId) && !available.has(u.accountId));
  await finishQuotaUse(query, bucket, { unspent, paid: quotaCampaignsOf(paid) }, nowMs);
}

function paidOf(covered: readonly Entry[], available: ReadonlyMap<number, bigint>): readonly Entry[] {
  return covered.filter((e) => available.has(e.account.id));
}

/** Claims of this batch whose campaign was not accepted. */
function unpaidClaims(
  { claims }: Batch,
  claimed: ReadonlySet<number>,
  paid: readonly Entry[],
): readonly IdempotencyClaim[] {
  if (claimed.size === 0) return [];
  const paidIds = new Set(paid.map((e) => e.campaignId));
  return claims.filter(({ campaignId }) => claimed.has(campaignId) && !paidIds.has(campaignId));
}

/** A released key is free for the next request. */
async function releaseKeys(
  query: Query,
  { bucket }: Batch,
  unpaid: readonly IdempotencyClaim[],
): Promise<void> {
  if (unpaid.length > 0) await releaseIdempotencyKeys(query, bucket, unpaid);
}

async function commit(query: Query, { isOneStatement }: Batch): Promise<void> {
  if (!isOneStatement) await query('commit');
}

/**
 * Results of the batch. A request has none if its account or user sends several requests in this batch and cannot pay
 * them together.
 */
function resultsOf({ entries }: Batch, { unseen, split, available }: Accepted): Results {
  const results: Results = new Map();
  const unseenIds = new Set(unseen.map((e) => e.campaignId));
  const campaigns = new Map(split.campaigns.map((campaign) => [campaign.id, campaign] as const));
  const requestsOf = new Map<number, number>();
  for (const { accountId } of split.campaigns)
    requestsOf.set(accountId, (requestsOf.get(accountId) ?? 0) + 1);
  for (const { request, account, campaignId } of entries) {
    const availableMicros = available.get(account.id);
    const campaign = campaigns.get(campaignId);
    if (!unseenIds.has(campaignId)) results.set(request, 'request-already-seen');
    else if (campaign === undefined) {
      if (entries.length === 1) results.set(request, 'quota-insufficient');
    } else if (availableMicros !== undefined)
      results.set(request, { campaignId, firstMessageId: campaign.firstMessageId, availableMicros });
    else if (requestsOf.get(account.id) === 1) results.set(request, 'credit-insufficient');
  }
  return results;
}

/** After the commit: gives the claimed chunks to the dispatcher, without the messages of accounts that could not pay. */
function handOverChunks(
  { acceptedChunks, notices }: AcceptStage['ports'],
  bucket: number,
  { split, available }: Accepted,
): void {
  if (available.size === 0) return;
  for (const { id, priorityClass, messages } of split.claimed) {
    const isPaid = messages.every((message) => available.has(message.accountId));
    const paid = isPaid ? messages : messages.filter((message) => available.has(message.accountId));
    acceptedChunks.consumer.add({ bucket, id, priorityClass, messages: paid });
  }
  if (split.rows.some((chunk) => chunk.processId === null)) notices.chunksAdded();
}
