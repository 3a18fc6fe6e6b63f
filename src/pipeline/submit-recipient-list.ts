// Accepts a submission to a recipient list: reads, plans and prices the whole list before anything is stored, then accepts
// it in one transaction, in campaigns of 5,000 messages.
//
// Promises: all or nothing after a crash at any point; the credit covers the whole list, and its row is locked for one
// statement; each number is in the list once; memory holds one part of the list and the facts for the result
// (docs/decisions/0017-lists-in-one-transaction.md).
// Refusals: those of planCampaign for more than one recipient, request-already-seen, draft-already-sent, those of
// outOfCredit; ListError and CsvError for the list itself.

import type { QuotaUse } from '#domain/acceptance/batch-cost.ts';
import { messageIdsOf, type Submitted, splitIntoChunks } from '#domain/acceptance/chunking.ts';
import { idempotencyKeyOf, repeatedRequest } from '#domain/acceptance/idempotency.ts';
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
import {
  type ColumnMark,
  ListError,
  ListReader,
  readMarks,
  valuesOf,
} from '#domain/recipients/recipient-list.ts';
import { createSemaphore } from '#lib/async/semaphore.ts';
import { NumberSet } from '#lib/number-set.ts';
import { readCsv } from '#lib/text/csv-reader.ts';
import type { Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import { finishQuotaUse, lockMoney, reserveFromQuotas } from '#store/money/quotas.ts';
import { claimIdempotencyKeys, holdForCampaigns, storeCampaigns } from '#store/pipeline/acceptance.ts';
import { type Content, readContent } from '#store/recipients/file-contents.ts';
import type { Context } from './context.ts';
import { creditRefusalOf } from './credit-refusal.ts';
import { insertSideRecords } from './side-records.ts';

/** A submission without its recipients. */
export type ListOrder = Omit<Submission, 'recipients' | 'dryRun'>;

export interface ListReport {
  readonly campaignIds: readonly number[];
  /** One for each accepted recipient, in the order of the list. */
  readonly messageIds: readonly number[];
  readonly msisdns: readonly number[];
  readonly failures: readonly FailedRecipient[];
  readonly segments: number;
  readonly costMicros: bigint;
  /** Null if the list has no accepted recipient. */
  readonly dueAtMs: number | null;
}

export interface SubmitListOptions {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  readonly dialects: CapabilitiesByDialect;
  /** Called after the commit: messages wait for the dispatcher. */
  readonly wake: () => void;
}

export type SubmitList = (account: Account, order: ListOrder, list: Content) => Promise<ListReport>;

/** Recipients that are planned together and become one campaign, with the line of each. */
interface Part {
  readonly recipients: readonly SubmittedRecipient[];
  readonly lines: readonly number[];
}

/** Recipients of a part. */
const partSize = 5_000;
/** With more numbers, the transaction takes longer than the client waits. */
const maxRecipients = 1_000_000;
/** Lists that one process accepts concurrently. Each keeps one processor busy. */
const atOnce = 2;

type Needs = Pick<Context, 'database' | 'clock' | 'ids'>;

export function createSubmitList(context: Needs, { submit, dialects, wake }: SubmitListOptions): SubmitList {
  const { database, clock } = context;
  const turns = createSemaphore(atOnce);
  const fairOrder = new FairOrder();

  async function judge(account: Account, submission: Submission): Promise<Plan | RefusedError> {
    try {
      return (await submit(account, { ...submission, dryRun: true })).plan;
    } catch (error) {
      if (error instanceof RefusedError) return error;
      throw error;
    }
  }

  /** Returns a refusal if no recipient of this part is accepted. Throws refusals of the whole list, with their line if they have one. */
  async function planPart(account: Account, order: ListOrder, part: Part): Promise<Plan | Refusal> {
    const judged = await judge(account, asSubmission(order, part.recipients));
    if (!(judged instanceof RefusedError)) {
      const line = order.withReplies ? lineOfWebAddress(judged, part) : null;
      if (line === null || !dialects[order.dialect].refusesLinksWithReplies) return judged;
      throw new ListError(
        `Contact information (such as a URL) cannot be sent with a shortcode on line ${line}`,
      );
    }
    const { detail = judged.message, recipientAt } = judged.refusal;
    if (isOfRecipients(judged)) return judged.refusal;
    // Without merge fields all texts are equal, and no line is the cause.
    if (recipientAt === undefined) throw judged;
    throw new ListError(`${detail.replace(/\.$/, '')} on line ${part.lines[recipientAt]}`);
  }

  async function priceWhole(account: Account, order: ListOrder, list: Content): Promise<bigint> {
    let costMicros = 0n;
    for await (const part of readParts(database.query, account, order, list)) {
      const plan = await planPart(account, order, part);
      if (isPlan(plan)) costMicros += plan.costMicros;
    }
    return costMicros;
  }

  async function store(query: Query, account: Account, order: ListOrder, list: Content): Promise<ListReport> {
    const nowMs = clock.now();
    const whole = new Whole();
    let campaignId = order.draftId ?? (await context.ids.take('campaign', 1));
    await claimKey(query, account, order, campaignId, nowMs);
    for await (const part of readParts(database.query, account, order, list)) {
      const plan = await planPart(account, order, part);
      if (!isPlan(plan)) {
        whole.addFailures(failAll(part.recipients, order, account.settings.defaultCountry, plan));
        continue;
      }
      const submission = asSubmission(order, part.recipients);
      const firstMessageId = await context.ids.take('message', plan.messages.length);
      await storePart(query, { account, submission, plan, campaignId }, firstMessageId, nowMs);
      whole.add(plan, campaignId, firstMessageId);
      campaignId = await context.ids.take('campaign', 1);
    }
    if (whole.campaignIds.length > 0) await pay(query, account, order, whole, nowMs);
    return whole;
  }

  async function storePart(query: Query, part: Submitted, firstMessageId: number, nowMs: number) {
    const { account } = part;
    const { bucket } = account;
    const { campaigns, chunks } = splitIntoChunks([part], firstMessageId, fairOrder, nowMs);
    const waiting = chunks.map(({ messages, ...chunk }) => ({
      ...chunk,
      messageCount: messages.length,
      processId: null,
    }));
    await storeCampaigns(query, account, campaigns, waiting, nowMs);
    await Promise.all(insertSideRecords(query, bucket, [part], campaigns, nowMs));
  }

  return (account, order, list) =>
    turns(async () => {
      const costMicros = await priceWhole(account, order, list);
      const { availableMicros } = await readBalance(database.query, account);
      // The quota of the user is reserved already.
      if (order.label?.userId == null && availableMicros < costMicros)
        throw await creditRefusalOf(database.query, account, clock.now());
      const report = await database.transaction((query) => store(query, account, order, list));
      wake();
      return report;
    });
}

/** Yields part by part, with each number once in the whole list and in one form. Unreadable numbers stay as they are. */
async function* readParts(
  query: Query,
  { settings }: Account,
  order: ListOrder,
  list: Content,
): AsyncGenerator<Part> {
  const reader = new ListReader();
  const seen = new NumberSet();
  let marks: readonly ColumnMark[] | null = null;
  let recipients: SubmittedRecipient[] = [];
  let numbered: number[] = [];
  for await (const lines of readCsv(readContent(query, list))) {
    for (const row of reader.read(lines)) {
      marks ??= readMarks(order.text, reader.columns);
      const read = readRecipient(row, order, settings.defaultCountry);
      if (read.ok && !seen.add(read.msisdn)) continue;
      if (seen.size > maxRecipients) throw new ListError(`A list has at most ${maxRecipients} numbers`);
      const number = read.ok ? `+${read.msisdn}` : row.number;
      const merge = valuesOf(row, marks);
      recipients.push(merge === undefined ? { number } : { number, merge });
      numbered.push(row.line);
      if (recipients.length < partSize) continue;
      yield { recipients, lines: numbered };
      recipients = [];
      numbered = [];
    }
  }
  readMarks(order.text, reader.columns);
  if (recipients.length > 0) yield { recipients, lines: numbered };
}

/** A merge value can contain a web address that the shared text does not contain. */
function lineOfWebAddress(plan: Plan, part: Part): number | null {
  const barred = plan.messages.find(({ text }) => text !== null && holdsWebAddress(text));
  if (barred === undefined) return null;
  return part.lines[part.recipients.findIndex(({ number }) => number === barred.number)]!;
}

function asSubmission(order: ListOrder, recipients: readonly SubmittedRecipient[]): Submission {
  return { ...order, recipients, dryRun: false };
}

/** Result of the parts accepted so far. */
class Whole implements ListReport {
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
  recipients: readonly SubmittedRecipient[],
  order: ListOrder,
  defaultCountry: string | null,
  refusal: Refusal,
): FailedRecipient[] {
  return recipients.map((recipient) => {
    const read = readRecipient(recipient, order, defaultCountry);
    return { number: recipient.number, refusal: read.ok ? refusal : read.refusal };
  });
}

/** Runs first: of two requests with one key, the second waits here and does nothing. */
async function claimKey(
  query: Query,
  account: Account,
  order: ListOrder,
  campaignId: number,
  nowMs: number,
): Promise<void> {
  const claim = idempotencyKeyOf(asSubmission(order, []));
  if (claim === null) return;
  const { scope, key, ttlMs } = claim;
  const expiresAtMs = ttlMs === null ? null : nowMs + ttlMs;
  const claims = [{ accountId: account.id, scope, key, campaignId, expiresAtMs }];
  const claimed = await claimIdempotencyKeys(query, account.bucket, claims, nowMs);
  if (!claimed.has(campaignId)) throw repeatedRequest(order);
}

/** Runs last: it locks the account for a moment, not for the duration of a list. */
async function pay(
  query: Query,
  account: Account,
  { label }: ListOrder,
  { campaignIds, costMicros }: Whole,
  nowMs: number,
): Promise<void> {
  if (label?.userId != null) {
    const { userId } = label;
    const use: QuotaUse = { accountId: account.id, userId, amountMicros: costMicros };
    await lockMoney(query, account.bucket, [account.id]);
    const { drawn, short } = await reserveFromQuotas(query, account.bucket, [use], nowMs);
    if (short.size > 0) throw quotaExceeded();
    const ids = drawn.size === 0 ? [] : campaignIds;
    const paid = ids.map((campaignId) => ({ accountId: account.id, campaignId, userId }));
    await finishQuotaUse(query, account.bucket, { unspent: [], paid }, nowMs);
  }
  const availableMicros = await holdForCampaigns(query, account, campaignIds, costMicros, nowMs);
  if (availableMicros === null) throw await creditRefusalOf(query, account, nowMs);
}
