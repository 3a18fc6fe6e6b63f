// Pauses and resumes a campaign, and cancels the messages of it that wait. Used by the services of campaigns.
//
// A pause sets the due time of the campaign's chunks to infinity, as acceptance does for a held campaign, also of chunks that
// a process has: after a kill nobody claims them. The dispatcher finds those that it has, hands over no more of them and
// releases them when nothing of them is under way. Messages that left before stay as they are: nobody gets one twice.
//
// | state of a chunk | row | left by |
// | --- | --- | --- |
// | free, due | no process, due time | claim; pause |
// | claimed | process, due time | its end; pause |
// | claimed, paused | process, infinity | its end; release by the dispatcher or after its death; resume |
// | paused | no process, infinity | resume; cancellation; the end of its validity |
import type { Account } from '#domain/account/account.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import { deletePause, insertPause, readSendingRules } from '#store/campaigns/campaign-pauses.ts';
import { endReview } from '#store/campaigns/campaign-reviews.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { returnReleased } from '#store/money/quotas.ts';
import {
  cancelWaiting,
  countNotCancelled,
  extendLastDue,
  lockCampaign,
  markCancelled,
} from '#store/pipeline/cancellations.ts';
import {
  type ChunkDue,
  countClaimed,
  type LockedChunk,
  listPausedRuns,
  lockChunksOf,
  type MessageIds,
  pauseChunks,
  setDueOfChunks,
  splitChunk,
} from '#store/pipeline/paused-chunks.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'clock'>;
type RecordChange = (query: Query) => Promise<void>;

/** `paused` also if it was paused before. `held`: it waits for the operator anyway. */
export type Pausing = 'paused' | 'unknown' | 'held' | 'nothing-waits';
export type Resuming = 'resumed' | 'unknown' | 'not-paused';

/** `actor` is stored with the pause; `record` writes the audit entry. */
export function pauseCampaign(
  { database, clock }: Needs,
  account: Account,
  campaignId: number,
  { actor, record }: { readonly actor: string; readonly record: RecordChange },
): Promise<Pausing> {
  return retryDeadlock(() =>
    database.transaction(async (query) => {
      const range = await lockRange(query, account, campaignId);
      if (range === null) return 'unknown';
      const { review } = await readSendingRules(query, account, campaignId);
      if (review === 'held') return 'held';
      await splitChunk(query, account.bucket, range.firstId);
      await splitChunk(query, account.bucket, range.endId);
      const chunks = await lockChunksOf(query, account.bucket, range);
      if (chunks.length === 0) return 'nothing-waits';
      if (!(await insertPause(query, account, campaignId, actor, clock.now()))) return 'paused';
      await pauseChunks(query, account.bucket, idsOf(chunks));
      await record(query);
      // The dispatchers look for paused chunks when they wake.
      await notify(query, 'chunks');
      return 'paused';
    }),
  );
}

/** Messages leave at their planned times, or now; marketing within the sending hours of its country. */
export function resumeCampaign(
  { database, clock }: Needs,
  account: Account,
  campaignId: number,
  record: RecordChange,
): Promise<Resuming> {
  return retryDeadlock(() =>
    database.transaction(async (query) => {
      const range = await lockRange(query, account, campaignId);
      if (range === null) return 'unknown';
      if (!(await deletePause(query, account, campaignId))) return 'not-paused';
      const chunks = await lockChunksOf(query, account.bucket, range);
      await setTimes(query, account, campaignId, chunks, clock.now());
      await record(query);
      await notify(query, 'chunks');
      return 'resumed';
    }),
  );
}

export interface CancelledRest {
  readonly cancelled: number;
  readonly releasedMicros: bigint;
  /** Messages that a process still has: they leave. */
  readonly claimed: number;
}

/** Time for the dispatchers to release what has not left. */
const drainMs = 3_000;
const drainPollMs = 50;

/**
 * Cancels each message that has not left, and releases its credit. Pauses the campaign first, so that the messages in
 * dispatchers come back. Null: the account has no such campaign.
 */
export async function cancelRest(
  context: Needs,
  account: Account,
  campaignId: number,
  options: { readonly actor: string; readonly record: (query: Query, rest: CancelledRest) => Promise<void> },
): Promise<CancelledRest | null> {
  const pausing = await pauseCampaign(context, account, campaignId, {
    actor: options.actor,
    record: async () => {},
  });
  if (pausing === 'unknown') return null;
  if (pausing === 'nothing-waits') return { cancelled: 0, releasedMicros: 0n, claimed: 0 };
  if (pausing === 'paused') await waitForDispatchers(context, account, campaignId);
  return retryDeadlock(() => cancelFree(context, account, campaignId, options.record));
}

function cancelFree(
  { database, clock }: Needs,
  account: Account,
  campaignId: number,
  record: (query: Query, rest: CancelledRest) => Promise<void>,
): Promise<CancelledRest | null> {
  const { bucket } = account;
  return database.transaction(async (query) => {
    const campaign = await lockCampaign(query, bucket, account.id, campaignId);
    if (campaign === null) return null;
    const nowMs = clock.now();
    const chunks = await lockChunksOf(query, bucket, rangeOf(campaign));
    const claimed = chunks.filter((chunk) => chunk.isClaimed);
    const cancelled = [];
    for (const chunk of chunks)
      if (!chunk.isClaimed)
        cancelled.push(...(await cancelWaiting(query, bucket, messagesOf(chunk), null, nowMs)));
    await returnReleased(
      query,
      bucket,
      cancelled.map(({ messageId }) => messageId),
      nowMs,
    );
    await deletePause(query, account, campaignId);
    await setTimes(query, account, campaignId, claimed, nowMs);
    if ((await countNotCancelled(query, bucket, campaign)) === 0) {
      await markCancelled(query, bucket, account.id, campaignId, nowMs);
      await endReview(query, account, campaignId, 'cancelled', nowMs);
    }
    const rest: CancelledRest = {
      cancelled: cancelled.length,
      releasedMicros: cancelled.reduce((sum, { costMicros }) => sum + costMicros, 0n),
      claimed: claimed.reduce((sum, { messageCount }) => sum + messageCount, 0),
    };
    await record(query, rest);
    return rest;
  });
}

/** Until no process has a chunk of the campaign, for at most three seconds. */
async function waitForDispatchers({ database }: Needs, account: Account, campaignId: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < drainMs; waitedMs += drainPollMs) {
    if ((await countClaimed(database.query, account, campaignId)) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, drainPollMs));
  }
}

/** Gives these chunks their due times again, and splits those whose countries open at different times. */
async function setTimes(
  query: Query,
  account: Account,
  campaignId: number,
  chunks: readonly LockedChunk[],
  nowMs: number,
): Promise<void> {
  const paused = chunks.filter(({ isPaused }) => isPaused);
  if (paused.length === 0) return;
  const { purpose } = await readSendingRules(query, account, campaignId);
  const dueOf = (country: string, plannedMs: number) => {
    const dueAtMs = Math.max(plannedMs, nowMs);
    return purpose === 'marketing' ? nextOpening(country, dueAtMs, account.settings.defaultCountry) : dueAtMs;
  };
  // A claimed chunk is not split: its process has its messages. All of it is due when its last country opens.
  const claimedIds = new Set(paused.filter((chunk) => chunk.isClaimed).map(({ id }) => id));
  const dues = new Map(paused.map(({ id }) => [id, nowMs]));
  let place = { chunkId: 0, id: 0 };
  for (const run of await listPausedRuns(query, account.bucket, idsOf(paused))) {
    const dueAtMs = dueOf(run.country, run.dueAtMs);
    if (run.chunkId !== place.chunkId) {
      place = { chunkId: run.chunkId, id: run.chunkId };
      dues.set(place.id, dueAtMs);
    } else if (claimedIds.has(run.chunkId)) dues.set(place.id, Math.max(dues.get(place.id)!, dueAtMs));
    else if (dueAtMs !== dues.get(place.id)) {
      await splitChunk(query, account.bucket, run.firstId);
      place = { chunkId: run.chunkId, id: run.firstId };
      dues.set(place.id, dueAtMs);
    }
  }
  const times = [...dues].map(([id, dueAtMs]): ChunkDue => ({ id, dueAtMs }));
  await setDueOfChunks(query, account.bucket, times);
  const lastDueAtMs = Math.max(...dues.values());
  if (lastDueAtMs > nowMs) await extendLastDue(query, account.bucket, account.id, campaignId, lastDueAtMs);
}

async function lockRange(query: Query, account: Account, campaignId: number): Promise<MessageIds | null> {
  const campaign = await lockCampaign(query, account.bucket, account.id, campaignId);
  return campaign === null ? null : rangeOf(campaign);
}

function rangeOf(campaign: { readonly firstMessageId: number; readonly messageCount: number }): MessageIds {
  const { firstMessageId: firstId, messageCount } = campaign;
  return { firstId, endId: firstId + messageCount };
}

const idsOf = (chunks: readonly LockedChunk[]) => chunks.map(({ id }) => id);

const messagesOf = ({ id, messageCount }: LockedChunk) =>
  Array.from({ length: messageCount }, (_, i) => id + i);

const maxTries = 3;

/** A dispatcher that finishes several chunks locks them in another order. */
async function retryDeadlock<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || tries === maxTries) throw error;
    }
  }
}
