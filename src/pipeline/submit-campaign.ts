// A customer's submission becomes a campaign: judged, priced, held and stored, then answered.
//
// Promises: the answer comes after the commit; all or nothing for each submission; one campaign for each
// idempotency key, whatever the concurrency; never more held than the account has.
// Refusals that may come out: everything planCampaign says, request-already-seen, draft-already-sent, and those of
// outOfCredit.

import {
  amountsOf,
  isSentFor,
  leaveOut,
  quotaCampaignsOf,
  quotaUsesOf,
} from '#domain/acceptance/batch-cost.ts';
import {
  type AcceptedCampaign,
  type DispatchableMessage,
  type Submitted,
  splitIntoChunks,
} from '#domain/acceptance/chunking.ts';
import { idempotencyKeyOf, onePerKey } from '#domain/acceptance/idempotency.ts';
import { hasNoSideRecords } from '#domain/acceptance/side-records.ts';
import type { Account } from '#domain/account/account.ts';
import type { CapabilitiesByDialect } from '#domain/base/dialect-capabilities.ts';
import { FairOrder } from '#domain/base/priority-classes.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission } from '#domain/base/submission.ts';
import { outOfCredit } from '#domain/money/credit-refusals.ts';
import { type Plan, type PlanFacts, planCampaign, type SubmissionReport } from '#domain/plan/plan.ts';
import { readRecipients } from '#domain/plan/read-recipient.ts';
import { asksOptOuts } from '#domain/plan/recipient-refusals.ts';
import { chooseReplyNumber, type ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { type Batcher, createBatcher } from '#lib/async/batcher.ts';
import type { Lane, Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import { countOpenOrders } from '#store/money/orders.ts';
import { finishQuotaUse, lockMoney, reserveFromQuotas } from '#store/money/quotas.ts';
import { isTransferOpen } from '#store/money/transfers.ts';
import {
  acceptCampaigns,
  claimIdempotencyKeys,
  type IdempotencyClaim,
  type NewChunk,
  releaseIdempotencyKeys,
} from '#store/pipeline/acceptance.ts';
import { findOptOuts } from '#store/recipients/opt-outs.ts';
import type { Context } from './context.ts';
import { insertSideRecords } from './side-records.ts';

/** Where accepted messages that are due go at once, without a second read. */
export interface DispatchDesk {
  /** The process that owns the chunks it takes; null when this process does not dispatch. */
  readonly owner: number | null;
  /** How many messages it can take in hand now. */
  room(): number;
  take(chunk: AcceptedChunk): void;
  /** There are chunks to be claimed. */
  wake(): void;
}

export interface AcceptedChunk {
  readonly bucket: number;
  readonly id: number;
  readonly lane: number;
  readonly messages: readonly DispatchableMessage[];
}

/** The facts of every submission of an account, looked up anew for each. */
export type PlatformFacts = (accountId: number) => Omit<PlanFacts, AccountFacts> & {
  readonly replyNumbers: readonly ReplyNumber[];
  readonly dialects: CapabilitiesByDialect;
};
type AccountFacts = 'capabilities' | 'settings' | 'isOptedOut' | 'replyNumber' | 'nowMs';

interface Request {
  readonly account: Account;
  readonly submission: Submission;
  readonly plan: Plan;
}

type Verdict =
  | { readonly campaignId: number; readonly firstMessageId: number; readonly availableMicros: bigint }
  | 'request-already-seen'
  | 'quota-insufficient'
  | 'credit-insufficient'
  | Error;

export interface SubmitCampaign {
  (account: Account, submission: Submission): Promise<SubmissionReport>;
  /** Waits for what is under way, then closes its connections. */
  stop(): Promise<void>;
}

/** PostgreSQL plans the second batch while the first waits for fsync. */
const concurrency = 2;
/** Messages in a batch. */
const maxBatch = 1000;

const nobody: ReadonlySet<number> = new Set();

export function createSubmitCampaign(
  context: Context,
  facts: PlatformFacts,
  desk: DispatchDesk,
): SubmitCampaign {
  const { query } = context.database;
  const lanes = Array.from({ length: concurrency }, () => context.database.openPipeline());
  const order = new FairOrder();
  const batcher: Batcher<Request, Verdict> = createBatcher({
    maxBatch,
    concurrency,
    linger: { burst: 16, lingerMs: 6, minBatch: 100 },
    weigh: (request) => request.plan.messages.length,
    handler: (requests, slot) => carry(context, desk, order, lanes[slot]!, requests),
  });

  async function submit(account: Account, submission: Submission): Promise<SubmissionReport> {
    const nowMs = context.clock.now();
    const recipients = readRecipients(submission, account.settings.defaultCountry);
    const msisdns = () => recipients.flatMap((recipient) => (recipient.ok ? [recipient.msisdn] : []));
    const optedOut = asksOptOuts(submission, account.settings)
      ? await findOptOuts(query, account, msisdns())
      : nobody;
    const { replyNumbers, dialects, ...others } = facts(account.id);
    const judged = planCampaign(submission, recipients, {
      ...others,
      capabilities: dialects[submission.dialect],
      replyNumber: (countries) => chooseReplyNumber(replyNumbers, countries, account.id),
      settings: account.settings,
      isOptedOut: (msisdn) => optedOut.has(msisdn),
      nowMs,
    });
    if ('refusal' in judged) {
      const { reason, detail, recipientAt } = judged.refusal;
      throw new RefusedError(reason, detail, recipientAt);
    }
    const { plan } = judged;
    if (submission.dryRun) {
      const { availableMicros } = await readBalance(query, account);
      return { campaignId: null, firstMessageId: null, plan, availableMicros, acceptedAtMs: nowMs };
    }
    const verdict = await batcher.add({ account, submission, plan });
    if (verdict instanceof Error) throw verdict;
    if (verdict === 'request-already-seen' && submission.draftId !== undefined)
      throw new RefusedError('draft-already-sent', 'this campaign was sent or dropped before');
    if (verdict === 'request-already-seen')
      throw new RefusedError(verdict, 'this request id was used before; use a new one for a new sending');
    if (verdict === 'quota-insufficient')
      throw new RefusedError(
        'credit-insufficient',
        'The quota of this user does not cover this sending; ask the owner of the account for more',
      );
    if (verdict === 'credit-insufficient')
      throw outOfCredit({
        isTransferOpen: await isTransferOpen(query, account, nowMs),
        isOrdered: (await countOpenOrders(query, account)) > 0,
      });
    return { ...verdict, plan, acceptedAtMs: nowMs };
  }

  return Object.assign(submit, {
    async stop() {
      await batcher.flush();
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  });
}

async function carry(
  context: Context,
  desk: DispatchDesk,
  order: FairOrder,
  lane: Lane,
  requests: Request[],
): Promise<Verdict[]> {
  const verdicts = new Map<Request, Verdict>();
  let left = requests;
  while (left.length > 0) {
    const batch = onePerKey(left.filter((request) => request.account.bucket === left[0]!.account.bucket));
    try {
      await accept(context, desk, order, lane, batch, verdicts);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      // One submission that the database cannot take must not fail those that ride with it.
      for (const request of batch)
        if (batch.length === 1) verdicts.set(request, error as Error);
        else await alone(request);
    }
    left = left.filter((request) => !verdicts.has(request));
  }
  return requests.map((request) => verdicts.get(request)!);

  async function alone(request: Request): Promise<void> {
    try {
      await accept(context, desk, order, lane, [request], verdicts);
    } catch (error) {
      verdicts.set(request, error as Error);
    }
  }
}

/** SQLSTATE classes 22 (data), 23 (constraints) and 54 (limits): the statement is at fault, not the connection. */
function isOfTheData(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}

async function accept(
  context: Context,
  desk: DispatchDesk,
  order: FairOrder,
  lane: Lane,
  batch: readonly Request[],
  verdicts: Map<Request, Verdict>,
): Promise<void> {
  const nowMs = context.clock.now();
  const bucket = batch[0]!.account.bucket;
  const firstCampaignId = await context.ids.take('campaign', batch.length);
  // Before the transaction: new ids take a connection of the pool, and all may wait for what it locks.
  const total = batch.reduce((sum, { plan }) => sum + plan.messages.length, 0);
  const firstId = await context.ids.take('message', total);
  const entries: Entry[] = batch.map((request, i) => ({
    ...request,
    request,
    campaignId: request.submission.draftId ?? firstCampaignId + i,
  }));
  // In one order for everybody, so that two batches with the same keys cannot wait for each other.
  const claims = entries
    .flatMap(({ request, campaignId }) => claimOf(request, campaignId, nowMs))
    .sort((a, b) => a.accountId - b.accountId || (a.key < b.key ? -1 : 1));

  const isOneStatement = claims.length === 0 && entries.every(hasNoSideRecords);
  const { free, covered, available, layout } = await lane.run(async (query) => {
    if (isOneStatement) return { free: entries, ...(await store(query, entries)) };
    void query('begin').catch(() => {});
    const claimed = claims.length === 0 ? nobody : await claimIdempotencyKeys(query, bucket, claims, nowMs);
    const free = entries.filter((e) => idempotencyKeyOf(e.submission) === null || claimed.has(e.campaignId));
    const stored = await storeByQuotas(query, free);
    const paid = new Set(stored.covered.filter((e) => stored.available.has(e.account.id)).map(idOf));
    const unpaid = claims.filter((c) => claimed.has(c.campaignId) && !paid.has(c.campaignId));
    if (unpaid.length > 0) await releaseIdempotencyKeys(query, bucket, unpaid);
    await query('commit');
    return { free, ...stored };
  });

  /** What users with a quota send is paid from it: the price is free for as long as this transaction lasts. */
  async function storeByQuotas(query: Query, free: readonly Entry[]) {
    const uses = quotaUsesOf(free);
    if (uses.length === 0) return store(query, free);
    const locking = lockMoney(query, bucket, [...new Set(free.map((e) => e.account.id))]);
    const [{ drawn, short }] = await Promise.all([reserveFromQuotas(query, bucket, uses, nowMs), locking]);
    const stored = await store(query, leaveOut(short, free));
    const paid = stored.covered.filter((e) => isSentFor(drawn, e) && stored.available.has(e.account.id));
    const unspent = uses.filter((u) => drawn.has(u.userId) && !stored.available.has(u.accountId));
    await finishQuotaUse(query, bucket, { unspent, paid: quotaCampaignsOf(paid) }, nowMs);
    return stored;
  }

  /** Stores what its accounts can pay for, as one statement. */
  async function store(query: Query, covered: readonly Entry[]) {
    if (covered.length === 0) return { covered, available: new Map<number, bigint>(), layout: null };
    const layout = prepare(firstId, desk, order, covered, nowMs);
    const amounts = amountsOf(covered);
    const accepting = acceptCampaigns(query, bucket, amounts, layout.campaigns, layout.chunks, nowMs);
    const [available] = await Promise.all([
      accepting,
      ...insertSideRecords(query, bucket, covered, layout.campaigns, nowMs),
    ]);
    return { covered, available, layout };
  }

  const inBatch = new Map<number, number>();
  for (const { account } of covered) inBatch.set(account.id, (inBatch.get(account.id) ?? 0) + 1);
  const freeIds = new Set(free.map(idOf));
  const firstMessageIds = new Map(layout?.campaigns.map((c) => [c.id, c.firstMessageId] as const));
  for (const { request, campaignId } of entries) {
    const availableMicros = available.get(request.account.id);
    const firstMessageId = firstMessageIds.get(campaignId);
    if (!freeIds.has(campaignId)) verdicts.set(request, 'request-already-seen');
    else if (firstMessageId === undefined) {
      if (batch.length === 1) verdicts.set(request, 'quota-insufficient');
    } else if (availableMicros !== undefined)
      verdicts.set(request, { campaignId, firstMessageId, availableMicros });
    else if (inBatch.get(request.account.id) === 1) verdicts.set(request, 'credit-insufficient');
  }
  if (layout !== null && available.size > 0) handOver(desk, bucket, layout, available);

  // Together they were too much for their account or a quota: each is tried alone, in the order they came.
  for (const request of batch)
    if (!verdicts.has(request)) await accept(context, desk, order, lane, [request], verdicts);
}

interface Entry extends Submitted {
  readonly request: Request;
}

const idOf = ({ campaignId }: Entry) => campaignId;

function claimOf({ account, submission }: Request, campaignId: number, nowMs: number): IdempotencyClaim[] {
  const claim = idempotencyKeyOf(submission);
  if (claim === null) return [];
  const { scope, key, ttlMs } = claim;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  return [{ accountId: account.id, scope, key, campaignId, expiresAtMs }];
}

interface Layout {
  readonly campaigns: readonly AcceptedCampaign[];
  readonly chunks: readonly NewChunk[];
  readonly inHand: readonly AcceptedChunk[];
}

/** Lays the batch out, and keeps in hand the chunks that are due and for which there is room here. */
function prepare(
  firstId: number,
  desk: DispatchDesk,
  order: FairOrder,
  entries: readonly Entry[],
  nowMs: number,
): Layout {
  const { campaigns, chunks: laidOut } = splitIntoChunks(entries, firstId, order, nowMs);
  const { bucket } = entries[0]!.account;
  let room = desk.owner === null ? 0 : desk.room();
  const chunks: NewChunk[] = [];
  const inHand: AcceptedChunk[] = [];
  for (const { id, lane, dueAtMs, rankAtMs, expiresAtMs, messages } of laidOut) {
    const isHere = dueAtMs <= nowMs && messages.length <= room;
    const owner = isHere ? desk.owner : null;
    chunks.push({ id, messageCount: messages.length, lane, dueAtMs, rankAtMs, expiresAtMs, owner });
    if (!isHere) continue;
    room -= messages.length;
    inHand.push({ bucket, id, lane, messages });
  }
  return { campaigns, chunks, inHand };
}

/** After the commit: the chunks in hand go to the dispatcher, less the messages of accounts that could not pay. */
function handOver(
  desk: DispatchDesk,
  bucket: number,
  layout: Layout,
  available: ReadonlyMap<number, bigint>,
): void {
  for (const chunk of layout.inHand) {
    const paid = chunk.messages.every((m) => available.has(m.accountId))
      ? chunk.messages
      : chunk.messages.filter((m) => available.has(m.accountId));
    desk.take({ bucket, id: chunk.id, lane: chunk.lane, messages: paid });
  }
  if (layout.chunks.some((chunk) => chunk.owner === null)) desk.wake();
}
