// Campaigns to a contact list or tag: created immediately, computed by a job, sent when the customer confirms, or cancelled.
//
// Promises: a confirmation sends once, whatever the concurrency and after a crash at any point: each part has a reserved
// campaign id that is used once. The computed recipients are sent; the ordinary submission plans and prices them again. A
// campaign is claimed by the process that computes or sends it, for any duration, and released when that process is
// fenced.
// Refusals: request-already-seen, draft-unknown, draft-estimating, draft-already-sent, and those of a submission.

import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import type {
  ListCampaign,
  ListCampaignPart,
  ListCampaignStatus,
  ListOrder,
} from '#domain/campaign/contact-list-campaign.ts';
import {
  draftAlreadySent,
  draftCancelled,
  draftEstimating,
  draftUnknown,
  listEmpty,
  listUnreachable,
  preparationFailed,
  requestAlreadySeen,
} from '#domain/campaign/draft-refusals.ts';
import { wholeCampaignUnaffordable } from '#domain/money/credit-refusals.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import type { Contact } from '#domain/recipients/contact.ts';
import { InProgressSet } from '#lib/async/in-progress-set.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import {
  claimOpenListCampaign,
  dropPartsFrom,
  forgetRecipients,
  hasSeveralPartsUnsent,
  insertListCampaign,
  listSentParts,
  markPartSent,
  readLatestDraft,
  readListCampaign,
  readPart,
  releaseListCampaign,
  type StepChange,
  savePart,
  stepListCampaign,
} from '#store/campaigns/contact-list-campaigns.ts';
import { readBalance } from '#store/money/ledger.ts';
import { readMembers } from '#store/recipients/contacts.ts';

export interface ListCampaignOptions {
  readonly processId: number;
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
  /** Called when a campaign waits for its computation. */
  readonly wake: () => void;
}

/** The limit of recipients in one request: each part becomes one campaign. */
const partSize = 10_000;
/** Delay after a failure. */
const againAfterMs = 15_000;

interface ContactListCampaignMethods
  extends Pick<ListCampaigns, 'create' | 'read' | 'readDraft' | 'confirm'> {
  /** False if a part was sent. */
  cancel(account: Account, id: number): Promise<boolean>;
}

export type ContactListCampaigns = Guarded<ContactListCampaignMethods>;

export function createContactListCampaigns(
  context: Pick<Context, 'database' | 'clock'>,
  campaigns: ListCampaigns,
): ContactListCampaigns {
  return guard<ContactListCampaignMethods>(
    {
      create: (account, order) => campaigns.create(account, order),
      read: (account, id) => campaigns.read(account, id),
      readDraft: (account) => campaigns.readDraft(account),
      confirm: (account, id) => campaigns.confirm(account, id),
      async cancel(account, id) {
        const sent = await campaigns.cancel(account, id);
        // The last part first: with one part, the usual case, a refusal comes before anything has changed.
        for (const campaignId of sent?.toReversed() ?? [])
          if ((await cancelCampaign(context, account, campaignId)) === 'too-late') return false;
        return true;
      },
    },
    {
      create: 'contact-list-campaigns.write',
      read: 'contact-list-campaigns.read',
      readDraft: 'contact-list-campaigns.read',
      confirm: 'contact-list-campaigns.write',
      cancel: 'contact-list-campaigns.write',
    },
  );
}

export class ListCampaigns {
  readonly #context: Pick<Context, 'database' | 'clock' | 'ids'>;
  readonly #options: ListCampaignOptions;
  readonly #inProgress = new InProgressSet<number>();

  constructor(context: Pick<Context, 'database' | 'clock' | 'ids'>, options: ListCampaignOptions) {
    this.#context = context;
    this.#options = options;
  }

  get #query() {
    return this.#context.database.query;
  }

  /**
   * Returns the id of the future campaign. Plans the text with the first member immediately, so that a fault of all messages
   * is refused here. Also refuses recipients-empty.
   */
  async create(account: Account, order: ListOrder): Promise<number> {
    const [first] = await readMembers(this.#query, account, order.group, 0, 1);
    if (first === undefined) throw listEmpty();
    await this.#judge(account, order, [recipientOf(first, order.text)]);
    const id = await this.#context.ids.take('campaign', 1);
    const isNew = await insertListCampaign(this.#query, account, id, order, this.#context.clock.now());
    if (!isNew) throw requestAlreadySeen();
    this.#options.wake();
    return id;
  }

  async read(account: Account, id: number): Promise<ListCampaign> {
    const campaign = await readListCampaign(this.#query, account, id);
    if (campaign === null) throw draftUnknown();
    return campaign;
  }

  /** The latest that waits for its confirmation, or null. */
  readDraft(account: Account): Promise<ListCampaign | null> {
    return readLatestDraft(this.#query, account);
  }

  /** Sends a computed campaign. Returns the time at which it leaves. */
  confirm(account: Account, id: number): Promise<number> {
    return this.#inProgress.run(id, () => this.#confirm(account, id));
  }

  async #confirm(account: Account, id: number): Promise<number> {
    const { order, status, failure, costMicros } = await this.read(account, id);
    if (status === 'failed') throw preparationFailed(failure!);
    if (status === 'cancelled') throw draftCancelled();
    const own = { owner: this.#options.processId };
    if (!(await stepListCampaign(this.#query, account, id, ['ready'], 'sending', own))) {
      const now = await this.read(account, id);
      throw now.status === 'computing' ? draftEstimating() : draftAlreadySent();
    }
    try {
      await this.#assertAffordable(account, order, id, costMicros);
      return await this.#send(account, order, id);
    } catch (error) {
      // Refused: it waits for another confirmation. After a failure the row stays as it is, and the job continues.
      if (error instanceof RefusedError) await this.#end(account, id, 'sending', 'ready');
      throw error;
    }
  }

  /** With several parts, none is sent if the credit does not cover all: the check of each part alone is not enough. */
  async #assertAffordable(account: Account, order: ListOrder, id: number, costMicros: bigint): Promise<void> {
    if (order.dryRun || !(await hasSeveralPartsUnsent(this.#query, account, id))) return;
    if ((await readBalance(this.#query, account)).availableMicros < costMicros)
      throw wholeCampaignUnaffordable();
  }

  async #send(account: Account, order: ListOrder, id: number): Promise<number> {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (let number = 1; ; number++) {
      const part = await readPart(this.#query, account, id, number);
      if (part === null) break;
      if (part.isSent) continue;
      const sentDueMs = await this.#sendPart(account, order, id, part);
      dueAtMs = Math.min(dueAtMs, sentDueMs ?? dueAtMs);
      // This process was fenced: another one continues.
      if (!(await markPartSent(this.#query, account, id, this.#options.processId, number))) break;
    }
    if (await this.#end(account, id, 'sending', 'sent')) await forgetRecipients(this.#query, account, id);
    const nowMs = this.#context.clock.now();
    return dueAtMs === Number.POSITIVE_INFINITY ? Math.max(order.sendAtMs ?? nowMs, nowMs) : dueAtMs;
  }

  /** The time at which it leaves; null if it was sent before, or no member is accepted any more. */
  async #sendPart(
    account: Account,
    order: ListOrder,
    id: number,
    part: ListCampaignPart,
  ): Promise<number | null> {
    try {
      return (await this.#options.submit(account, submissionOf(order, id, part))).plan.dueAtMs;
    } catch (error) {
      if (isOfRecipients(error)) return null;
      if (error instanceof RefusedError && error.refusal.reason === 'draft-already-sent') return null;
      throw error;
    }
  }

  /**
   * Deletes an unconfirmed campaign and returns null. Of a sent one, returns the campaigns of its parts for the caller to
   * cancel.
   */
  async cancel(account: Account, id: number): Promise<readonly number[] | null> {
    const open = ['computing', 'ready', 'failed'] as const;
    if (await stepListCampaign(this.#query, account, id, open, 'cancelled')) {
      await forgetRecipients(this.#query, account, id);
      return null;
    }
    const { status } = await this.read(account, id);
    if (status === 'cancelled') return null;
    // In progress: some of its parts do not exist yet.
    if (status === 'sending') throw draftAlreadySent();
    return listSentParts(this.#query, account, id);
  }

  /** Computes waiting campaigns, and continues those that a fenced process was sending. */
  async work(): Promise<void> {
    const { processId, buckets } = this.#options;
    for (const bucket of buckets()) {
      for (;;) {
        const nowMs = this.#context.clock.now();
        const { ids: held } = this.#inProgress;
        const claimed = await claimOpenListCampaign(this.#query, bucket, processId, held, nowMs);
        if (claimed === null) break;
        const { accountId, campaign } = claimed;
        await this.#inProgress.run(campaign.id, () => this.#workOn({ bucket, id: accountId }, campaign));
      }
    }
  }

  async #workOn(owner: Pick<Account, 'bucket' | 'id'>, campaign: ListCampaign): Promise<void> {
    const { id, order, status } = campaign;
    const { processId, accountOf } = this.#options;
    const release = () => {
      const dueAtMs = this.#context.clock.now() + againAfterMs;
      return releaseListCampaign(this.#query, owner, id, processId, dueAtMs);
    };
    try {
      const account = await accountOf(owner.id);
      if (account === null) await release();
      else if (status === 'computing') await this.#compute(account, id, order);
      else await this.#resume(account, id, order);
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #resume(account: Account, id: number, order: ListOrder): Promise<void> {
    try {
      await this.#send(account, order, id);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      await this.#end(account, id, 'sending', 'ready');
    }
  }

  async #compute(account: Account, id: number, order: ListOrder): Promise<void> {
    const totals = { contacts: 0, segments: 0, costMicros: 0n };
    let number = 0;
    let after = 0;
    try {
      for (;;) {
        const members = await readMembers(this.#query, account, order.group, after, partSize);
        if (members.length === 0) break;
        after = members.at(-1)!.msisdn;
        const recipients = members.map((member) => recipientOf(member, order.text));
        const plan = await this.#judge(account, order, recipients);
        if (plan === null) continue;
        totals.contacts += plan.messages.length;
        totals.segments += plan.segments;
        totals.costMicros += plan.costMicros;
        number++;
        // The ticket contains the id of the first part, so that callbacks have it.
        const campaignId = number === 1 ? id : await this.#context.ids.take('campaign', 1);
        const part = { number, recipients, campaignId, isSent: false };
        // Deleted, or claimed by another process: the computation ends.
        if (!(await savePart(this.#query, account, id, this.#options.processId, part))) return;
      }
      if (number === 0) throw listUnreachable();
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      await this.#end(account, id, 'computing', 'failed', { failure: error.refusal });
      return;
    }
    await dropPartsFrom(this.#query, account, id, this.#options.processId, number + 1);
    await this.#end(account, id, 'computing', 'ready', { totals });
  }

  /** Releases the claim of this process; false if another process has it, or in another state. */
  #end(
    account: Account,
    id: number,
    from: 'computing' | 'sending',
    to: ListCampaignStatus,
    change: Pick<StepChange, 'totals' | 'failure'> = {},
  ): Promise<boolean> {
    const owned = { ...change, ownedBy: this.#options.processId };
    return stepListCampaign(this.#query, account, id, [from], to, owned);
  }

  /** The plan of these recipients; null if none is accepted. Throws refusals of the whole campaign. */
  async #judge(account: Account, order: ListOrder, recipients: readonly SubmittedRecipient[]) {
    try {
      const submission = { ...order, recipients, dryRun: true, idempotencyKey: null };
      return (await this.#options.submit(account, submission)).plan;
    } catch (error) {
      if (isOfRecipients(error)) return null;
      throw error;
    }
  }
}

/** A draft with its id as a separate key: the customer's request id was used by the creation. */
function submissionOf(
  order: ListOrder,
  id: number,
  { recipients, campaignId }: ListCampaignPart,
): Submission {
  const listName = order.group.kind === 'list' ? order.group.name : null;
  const origin = { listName, wholeId: campaignId === id ? null : id };
  return { ...order, recipients, draftId: campaignId, idempotencyKey: null, origin };
}

const paramNames = ['{param1}', '{param2}', '{param3}', '{param4}', '{param5}'] as const;

/** With the values of the merge fields in the text. */
function recipientOf(contact: Contact, text: string): SubmittedRecipient {
  const number = `+${contact.msisdn}`;
  if (!text.includes('{')) return { number };
  const merge = new Map<string, string>();
  const put = (placeholder: string, value: string) => {
    if (text.includes(placeholder)) merge.set(placeholder, value);
  };
  put('{first_name}', contact.firstName);
  put('{last_name}', contact.lastName);
  for (const [i, placeholder] of paramNames.entries()) put(placeholder, contact.params[i] ?? '');
  return merge.size === 0 ? { number } : { number, merge };
}
