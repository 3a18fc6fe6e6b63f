// Estimates a composition and sends exactly its estimate. Used by the service of compositions. The estimate stores the
// recipients as a list, each number once; the sending is that of a recipient list and is refused inside its transaction if its
// sums differ (pipeline/submit-recipient-list.ts).
//
// Promises: a composition is sent once, whatever the concurrency and after a crash at any point: its reserved campaign id is
// the idempotency key. Nothing is sent that the estimate did not show.

import type { ListWatch } from '#domain/acceptance/list-submission.ts';
import type { Account } from '#domain/account/account.ts';
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import { coversEstimate, needsApproval } from '#domain/campaign/approval.ts';
import {
  type Composition,
  type CompositionContent,
  mergeFieldsOf,
  submissionOf,
} from '#domain/campaign/composition.ts';
import { CompositionError } from '#domain/campaign/composition-error.ts';
import { type Difference, differencesOf, EstimateSum, type EstimateSums } from '#domain/campaign/estimate.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { renderCsv } from '#lib/text/csv-reader.ts';
import { hourMs, minuteMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import type { SubmitList } from '#pipeline/submit-recipient-list.ts';
import {
  deleteOldEstimates,
  type Estimate,
  insertEstimate,
  readComposition,
  readEstimate,
  reserveCampaign,
} from '#store/campaigns/compositions.ts';
import { readBalance } from '#store/money/ledger.ts';
import { type Content, leaveContent, writeContent } from '#store/recipients/file-contents.ts';
import { judgeRows, type RecipientNeeds, refuseMapping } from './recipients.ts';

/** An estimate is confirmed within this time. */
const estimateLifeMs = 15 * minuteMs;

export interface NewEstimate {
  readonly id: string;
  readonly version: number;
  readonly sums: EstimateSums;
  /** Rows of the sources whose number occurs earlier. */
  readonly duplicates: number;
  /** Rows whose number cannot be sent to, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly availableMicros: bigint;
  readonly expiresAtMs: number;
}

export type SendResult =
  | { readonly state: 'sent'; readonly campaignId: number; readonly isRepeated: true }
  | {
      readonly state: 'sent';
      readonly campaignId: number;
      readonly isRepeated: false;
      readonly sums: EstimateSums;
    }
  /** Nothing was sent: these values moved, and the estimate is new. */
  | {
      readonly state: 'moved';
      readonly differences: readonly Difference[];
      readonly estimate: NewEstimate;
      /** The new estimate can be sent as it is: no approval is needed, or it is covered by that of the old one. */
      readonly maySend: boolean;
    }
  /** Another member changed the composition, or the estimate is older than 15 minutes: estimate again. */
  | { readonly state: 'changed' | 'expired' }
  /** The account wants the approval of a second member, who did not give it for this estimate. */
  | { readonly state: 'approval-missing' };

export interface EstimateNeeds extends RecipientNeeds {
  readonly submitList: SubmitList;
  /** Of one list. */
  readonly maxListBytes: number;
}

/** Stops the acceptance of a list whose sums are not those of its estimate. */
class Moved extends Error {}

export class Estimates {
  readonly #context: Pick<Context, 'database' | 'clock' | 'ids'>;
  readonly #needs: EstimateNeeds;

  constructor(context: Pick<Context, 'database' | 'clock' | 'ids'>, needs: EstimateNeeds) {
    this.#context = context;
    this.#needs = needs;
  }

  /** Throws the refusals of a submission, and CompositionError. */
  async create(account: Account, composition: Composition): Promise<NewEstimate> {
    refuseMapping(composition.content);
    return this.#estimate(account, composition, () => this.#storeList(account, composition.content));
  }

  async #estimate(
    account: Account,
    { id, version, content }: Composition,
    recipients: () => Promise<{ list: Content } & Pick<NewEstimate, 'duplicates' | 'refused'>>,
  ): Promise<NewEstimate> {
    const { database, clock } = this.#context;
    const { query } = database;
    const nowMs = clock.now();
    await deleteOldEstimates(query, account, id, nowMs - hourMs);
    const sum = new EstimateSum();
    const { list, duplicates, refused } = await recipients();
    const submission = submissionOf(content);
    await this.#needs.submitList.plan(account, submission, list, (part, recipients, atMs) =>
      addPart(sum, part, recipients, atMs),
    );
    const sums = sum.sums();
    const createdAtMs = clock.now();
    const estimate: Estimate = { id: newUuid(), version, submission, contentId: list.id, sums, createdAtMs };
    await insertEstimate(query, account, id, estimate);
    const { availableMicros } = await readBalance(query, account);
    const expiresAtMs = createdAtMs + estimateLifeMs;
    return { id: estimate.id, version, sums, duplicates, refused, availableMicros, expiresAtMs };
  }

  /** Null for an unknown composition. Throws the refusals of a submission, those of the credit among them. */
  async send(account: Account, compositionId: string, estimateId: string): Promise<SendResult | null> {
    const { database, clock, ids } = this.#context;
    const { query } = database;
    const composition = await readComposition(query, account, compositionId);
    if (composition === null) return null;
    if (composition.isSent) return sentBefore(composition.campaignId!);
    const estimate = await readEstimate(query, account, compositionId, estimateId);
    if (estimate === null) return { state: 'expired' };
    if (estimate.version !== composition.version) return { state: 'changed' };
    const approved = await this.#approvedSums(account, composition);
    const isOfApproval = approved !== null && composition.approval!.estimateId === estimateId;
    if (!isOfApproval && estimate.createdAtMs + estimateLifeMs < clock.now()) return { state: 'expired' };
    if (!maySend(account, composition, estimate.sums, approved)) return { state: 'approval-missing' };
    // Reserved when it is sent first: the id is near those of other campaigns of this time.
    const newId = composition.campaignId ?? (await ids.take('campaign', 1));
    const campaignId = await reserveCampaign(query, account, compositionId, newId);
    if (campaignId === null) return null;
    try {
      await this.#accept(account, estimate, campaignId);
    } catch (error) {
      if (error instanceof Moved) return this.#estimateAgain(account, composition, estimate, approved);
      if (!isSentBefore(error)) throw error;
      return sentBefore(campaignId);
    }
    return { state: 'sent', campaignId, isRepeated: false, sums: estimate.sums };
  }

  async #accept(account: Account, estimate: Estimate, campaignId: number): Promise<void> {
    const { sums, submission } = estimate;
    const sum = new EstimateSum();
    const watch: ListWatch = {
      costMicros: BigInt(sums.costMicros),
      onPart: (part, recipients, nowMs) => addPart(sum, part, recipients, nowMs),
      beforePayment() {
        if (differencesOf(sums, sum.sums()).length > 0) throw new Moved();
      },
    };
    const list = { bucket: account.bucket, id: estimate.contentId };
    await this.#needs.submitList(account, { ...submission, draftId: campaignId }, list, watch);
  }

  /** After an approval with the same recipients: those of the sources can be others by now. */
  async #estimateAgain(
    account: Account,
    composition: Composition,
    before: Estimate,
    approved: EstimateSums | null,
  ): Promise<SendResult> {
    const list = { bucket: account.bucket, id: before.contentId };
    const estimate =
      approved === null
        ? await this.create(account, composition)
        : await this.#estimate(account, composition, async () => ({ list, duplicates: 0, refused: {} }));
    const differences = differencesOf(before.sums, estimate.sums);
    const isAllowed = maySend(account, composition, estimate.sums, approved);
    return { state: 'moved', differences, estimate, maySend: isAllowed };
  }

  /** Null: no approval was given. */
  async #approvedSums(account: Account, { id, approval }: Composition): Promise<EstimateSums | null> {
    if (approval?.state !== 'approved') return null;
    return (await readEstimate(this.#context.database.query, account, id, approval.estimateId))?.sums ?? null;
  }

  /** Stores the recipients that can be read, each once, and counts the others. */
  async #storeList(
    account: Account,
    content: CompositionContent,
  ): Promise<{ list: Content } & Pick<NewEstimate, 'duplicates' | 'refused'>> {
    const { database, clock } = this.#context;
    const { id: accountId, bucket } = account;
    const list = { bucket, id: newUuid(), accountId };
    const fields = mergeFieldsOf(content.text);
    const counts = { ready: 0, duplicates: 0 };
    const refused: Partial<Record<RefusalReason, number>> = {};
    const rows = judgeRows(this.#needs, account, content, fields);
    async function* lines(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(renderCsv(['number', ...fields.map((field) => `{${field}}`)]));
      for await (const slice of rows) {
        let text = '';
        for (const { row, verdict } of slice) {
          if (verdict.kind === 'duplicate') counts.duplicates++;
          else if (verdict.kind === 'refused') {
            const { reason } = verdict.refusal;
            refused[reason] = (refused[reason] ?? 0) + 1;
          } else {
            if (verdict.kind === 'ready') counts.ready++;
            text += renderCsv([`+${verdict.msisdn}`, ...row.values]);
          }
        }
        yield Buffer.from(text);
      }
    }
    const written = await writeContent(
      database.query,
      list,
      lines(),
      { maxBytes: this.#needs.maxListBytes },
      clock.now(),
    );
    if (typeof written === 'string')
      throw new CompositionError(
        'too-many-recipients',
        'file',
        'The recipients take too much room. Divide the file.',
      );
    if (counts.ready > 0) return { list, duplicates: counts.duplicates, refused };
    await leaveContent(database.query, list, clock.now());
    throw new CompositionError(
      'recipients-missing',
      'typed',
      'No recipient is left to send to. Add numbers, or mend those that are refused.',
    );
  }
}

/** What waits for a decision is not sent, even if the account stopped asking for approvals: its member takes the question back. */
function maySend(
  { settings }: Account,
  { approval }: Composition,
  sums: EstimateSums,
  approved: EstimateSums | null,
): boolean {
  if (approval?.state === 'waiting') return false;
  if (!needsApproval(settings, sums.messages)) return true;
  return approved !== null && coversEstimate(approved, sums);
}

function addPart(
  sum: EstimateSum,
  part: Parameters<ListWatch['onPart']>[0],
  recipients: number,
  nowMs: number,
): void {
  if ('messages' in part) sum.add(part, nowMs);
  else sum.addFailure(part, recipients);
}

function isSentBefore(error: unknown): boolean {
  return error instanceof RefusedError && error.refusal.reason === 'draft-already-sent';
}

function sentBefore(campaignId: number): SendResult {
  return { state: 'sent', campaignId, isRepeated: true };
}
