// Accepts a submission to a recipient list: reads, plans and prices the whole list before anything is stored, then accepts
// it in one transaction, in campaigns of 5,000 messages, or 20,000 for a submission that is shown as one campaign.
//
// Promises: all or nothing after a crash at any point; the credit covers the whole list, and its row is locked for one
// statement; each number is in the list once; memory holds one part of the list and the facts for the result
// (docs/decisions/0017-lists-in-one-transaction.md).
// Refusals: those of planCampaign for more than one recipient, request-already-seen, draft-already-sent, those of
// outOfCredit; ListError and CsvError for the list itself.

import type { QuotaUse } from '#domain/acceptance/batch-cost.ts';
import {
  messageIdsOf,
  type PlannedChunk,
  type Submitted,
  splitIntoChunks,
} from '#domain/acceptance/chunking.ts';
import { idempotencyKeyOf } from '#domain/acceptance/idempotency.ts';
import { repeatedRequest } from '#domain/acceptance/idempotency-refusals.ts';
import type { ListReport, ListSubmission, ListWatch } from '#domain/acceptance/list-submission.ts';
import type { Account } from '#domain/account/account.ts';
import type { CapabilitiesByDialect } from '#domain/base/dialect-capabilities.ts';
import { FairOrder } from '#domain/base/priority-classes.ts';
import { type Refusal, RefusedError } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import { quotaExceeded } from '#domain/money/credit-refusals.ts';
import { holdsWebAddress } from '#domain/plan/contact-details.ts';
import type { FailedRecipient, Plan, SubmissionReport } from '#domain/plan/plan.ts';
import { readRecipient } from '#domain/plan/read-recipient.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import { createSemaphore } from '#lib/async/semaphore.ts';
import type { Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import { finishQuotaUse, lockMoney, reserveFromQuotas } from '#store/money/quotas.ts';
import {
  type ChunkRow,
  claimIdempotencyKeys,
  holdForCampaigns,
  storeCampaigns,
} from '#store/pipeline/acceptance.ts';
import type { Content } from '#store/recipients/file-contents.ts';
import type { Context } from './context.ts';
import { creditRefusalOf } from './credit-refusal.ts';
import { type ListRequest, type Part, readParts } from './recipient-list-parts.ts';
import { insertSideRecords } from './side-records.ts';
import { traceAcceptance } from './stage-traces.ts';

export interface SubmitListOptions {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  readonly dialects: CapabilitiesByDialect;
  /** Called after the commit: messages wait for the dispatcher. */
  readonly wake: () => void;
}

export interface SubmitList {
  (account: Account, submission: ListSubmission, list: Content, watch?: ListWatch): Promise<ListReport>;
  /** Plans the parts and stores nothing. Throws as the acceptance does, but for the credit. */
  plan(
    account: Account,
    submission: ListSubmission,
    list: Content,
    onPart: ListWatch['onPart'],
  ): Promise<void>;
}

/** Lists that one process accepts concurrently. Each keeps one processor busy. */
const maxConcurrentLists = 2;

interface Stage extends SubmitListOptions {
  readonly context: Pick<Context, 'database' | 'clock' | 'ids'>;
  readonly fairOrder: FairOrder;
}

export function createSubmitList(context: Stage['context'], options: SubmitListOptions): SubmitList {
  const stage: Stage = { ...options, context, fairOrder: new FairOrder() };
  const semaphore = createSemaphore(maxConcurrentLists);
  const submitList = (
    account: Account,
    submission: ListSubmission,
    list: Content,
    watch: ListWatch | null = null,
  ) => semaphore(() => submitRecipientList(stage, { account, submission, list }, watch));
  return Object.assign(submitList, {
    plan: (account: Account, submission: ListSubmission, list: Content, onPart: ListWatch['onPart']) =>
      semaphore(() => planList(stage, { account, submission, list }, onPart)),
  });
}

/** Prices the whole list, then accepts it in one transaction. */
async function submitRecipientList(
  stage: Stage,
  request: ListRequest,
  watch: ListWatch | null,
): Promise<ListReport> {
  const { clock, database } = stage.context;
  const startMs = clock.now();
  const costMicros = watch?.costMicros ?? (await priceList(stage, request));
  await requireCredit(stage, request, costMicros);
  const report = await database.transaction((query) => acceptList(stage, query, request, watch));
  traceAcceptance(() => ({
    ...{ campaignId: report.campaignIds[0] ?? 0, accountId: request.account.id },
    ...{ dialect: request.submission.dialect, messageIds: report.messageIds },
    ...{ startMs, endMs: clock.now() },
  }));
  stage.wake();
  return report;
}

async function priceList(stage: Stage, request: ListRequest): Promise<bigint> {
  let costMicros = 0n;
  await planList(stage, request, (plan) => {
    if (isPlan(plan)) costMicros += plan.costMicros;
  });
  return costMicros;
}

async function planList(stage: Stage, request: ListRequest, onPart: ListWatch['onPart']): Promise<void> {
  for await (const part of readParts(stage.context.database.query, request)) {
    const plan = await planPart(stage, request, part);
    onPart(plan, part.recipients.length, stage.context.clock.now());
  }
}

/** A user's quota is reserved in the account already: only the transaction can compare it with the price. */
async function requireCredit(
  { context }: Stage,
  { account, submission }: ListRequest,
  costMicros: bigint,
): Promise<void> {
  const { database, clock } = context;
  const { availableMicros } = await readBalance(database.query, account);
  if (submission.label?.userId == null && availableMicros < costMicros)
    throw await creditRefusalOf(database.query, account, clock.now());
}

/** Stores the list part by part and holds its price with the last statement. */
async function acceptList(
  stage: Stage,
  query: Query,
  request: ListRequest,
  watch: ListWatch | null,
): Promise<ListReport> {
  const { ids, clock } = stage.context;
  const nowMs = clock.now();
  const result = new ListResult();
  const firstId = request.submission.draftId ?? (await ids.take('campaign', 1));
  let campaignId = firstId;
  await claimKey(query, request, campaignId, nowMs);
  for await (const part of readParts(stage.context.database.query, request)) {
    const plan = await planPart(stage, request, part);
    watch?.onPart(plan, part.recipients.length, clock.now());
    if (!isPlan(plan)) {
      result.addFailures(failAll(request, part, plan));
      continue;
    }
    const firstMessageId = await ids.take('message', plan.messages.length);
    const submission = partOf(
      firstId,
      campaignId,
      asSubmission(request.submission, part.recipients),
      request,
    );
    const submitted = { account: request.account, submission, plan, campaignId };
    await storePart(stage, query, submitted, firstMessageId, nowMs);
    result.add(plan, campaignId, firstMessageId);
    campaignId = await ids.take('campaign', 1);
  }
  watch?.beforePayment();
  if (result.campaignIds.length > 0) await pay(query, request, result, nowMs);
  return result;
}

function partOf(
  firstId: number,
  campaignId: number,
  submission: Submission,
  { submission: { isOneCampaign } }: ListRequest,
): Submission {
  if (isOneCampaign !== true || campaignId === firstId) return submission;
  return { ...submission, origin: { listName: null, wholeId: firstId } };
}

/** Stores the campaign of one part. Its chunks have no process: a dispatcher claims them after the commit. */
async function storePart(
  { fairOrder }: Stage,
  query: Query,
  part: Submitted,
  firstMessageId: number,
  nowMs: number,
): Promise<void> {
  const { campaigns, chunks } = splitIntoChunks([part], firstMessageId, fairOrder, nowMs);
  await storeCampaigns(query, part.account, campaigns, chunks.map(rowOf), nowMs);
  await Promise.all(insertSideRecords(query, part.account.bucket, [part], campaigns, nowMs));
}

function rowOf({ messages, ...chunk }: PlannedChunk): ChunkRow {
  return { ...chunk, messageCount: messages.length, processId: null };
}

/** Returns a refusal if no recipient of this part is accepted. Throws refusals of the whole list, with their line if they have one. */
async function planPart(stage: Stage, request: ListRequest, part: Part): Promise<Plan | Refusal> {
  const planned = await planOrRefusal(stage, request, part);
  if (planned instanceof RefusedError) return refusalOfPart(planned, part);
  refuseLinkWithReplies(stage, request, part, planned);
  return planned;
}

async function planOrRefusal(
  { submit }: Stage,
  { account, submission }: ListRequest,
  { recipients }: Part,
): Promise<Plan | RefusedError> {
  try {
    return (await submit(account, { ...asSubmission(submission, recipients), dryRun: true })).plan;
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
}

function refusalOfPart(refused: RefusedError, part: Part): Refusal {
  const { detail = refused.message, recipientAt } = refused.refusal;
  if (isOfRecipients(refused)) return refused.refusal;
  // Without merge fields all texts are equal, and no line is the cause.
  if (recipientAt === undefined) throw refused;
  throw new ListError(`${detail.replace(/\.$/, '')} on line ${part.lines[recipientAt]}`);
}

function refuseLinkWithReplies(
  { dialects }: Stage,
  { submission }: ListRequest,
  part: Part,
  plan: Plan,
): void {
  if (!submission.withReplies || !dialects[submission.dialect].refusesLinksWithReplies) return;
  const line = lineOfWebAddress(plan, part);
  if (line === null) return;
  throw new ListError(`Contact information (such as a URL) cannot be sent with a shortcode on line ${line}`);
}

/** A merge value can contain a web address that the shared text does not contain. */
function lineOfWebAddress(plan: Plan, part: Part): number | null {
  const barred = plan.messages.find(({ text }) => text !== null && holdsWebAddress(text));
  if (barred === undefined) return null;
  return part.lines[part.recipients.findIndex(({ number }) => number === barred.number)]!;
}

function asSubmission(submission: ListSubmission, recipients: readonly SubmittedRecipient[]): Submission {
  return { ...submission, recipients, dryRun: false };
}

/** Result of the parts accepted so far. */
class ListResult implements ListReport {
  readonly campaignIds: number[] = [];
  readonly messageIds: number[] = [];
  readonly msisdns: number[] = [];
  readonly failures: FailedRecipient[] = [];
  segments = 0;
  costMicros = 0n;
  dueAtMs: number | null = null;

  add(plan: Plan, campaignId: number, firstMessageId: number): void {
    this.campaignIds.push(campaignId);
    for (const id of messageIdsOf(plan, firstMessageId)) this.messageIds.push(id);
    for (const { msisdn } of plan.messages) this.msisdns.push(msisdn);
    this.addFailures(plan.failures);
    this.segments += plan.segments;
    this.costMicros += plan.costMicros;
    this.dueAtMs = Math.min(this.dueAtMs ?? plan.dueAtMs, plan.dueAtMs);
  }

  addFailures(failures: readonly FailedRecipient[]): void {
    for (const failure of failures) this.failures.push(failure);
  }
}

function isPlan(judged: Plan | Refusal): judged is Plan {
  return 'messages' in judged;
}

/** Result of a part without an accepted recipient. */
function failAll(
  { account, submission }: ListRequest,
  { recipients }: Part,
  refusal: Refusal,
): FailedRecipient[] {
  return recipients.map((recipient) => {
    const read = readRecipient(recipient, submission, account.settings.defaultCountry);
    return { number: recipient.number, refusal: read.ok ? refusal : read.refusal };
  });
}

/** Runs first: of two requests with one key, the second waits here and does nothing. */
async function claimKey(
  query: Query,
  { account, submission }: ListRequest,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  const claim = idempotencyKeyOf(asSubmission(submission, []));
  if (claim === null) return;
  const { scope, key, ttlMs } = claim;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  const claims = [{ accountId: account.id, scope, key, campaignId, expiresAtMs }];
  const claimed = await claimIdempotencyKeys(query, account.bucket, claims, nowMs);
  if (!claimed.has(campaignId)) throw repeatedRequest(submission, null);
}

/** Runs last: it locks the account for a moment, not for the duration of a list. */
async function pay(
  query: Query,
  { account, submission }: ListRequest,
  result: ListResult,
  nowMs: number,
): Promise<void> {
  const { campaignIds, costMicros } = result;
  const userId = submission.label?.userId ?? null;
  if (userId !== null) await payFromQuota(query, account, { ...result, userId }, nowMs);
  const availableMicros = await holdForCampaigns(query, account, campaignIds, costMicros, nowMs);
  if (availableMicros === null) throw await creditRefusalOf(query, account, nowMs);
}

/** A user without a quota is paid for by the account. */
async function payFromQuota(
  query: Query,
  account: Account,
  { userId, campaignIds, costMicros }: Pick<ListReport, 'campaignIds' | 'costMicros'> & { userId: number },
  nowMs: number,
): Promise<void> {
  const use: QuotaUse = { accountId: account.id, userId, amountMicros: costMicros };
  await lockMoney(query, account.bucket, [account.id]);
  const { drawn, short } = await reserveFromQuotas(query, account.bucket, [use], nowMs);
  if (short.size > 0) throw quotaExceeded();
  const ids = drawn.size === 0 ? [] : campaignIds;
  const paid = ids.map((campaignId) => ({ accountId: account.id, campaignId, userId }));
  await finishQuotaUse(query, account.bucket, { unspent: [], paid }, nowMs);
}
