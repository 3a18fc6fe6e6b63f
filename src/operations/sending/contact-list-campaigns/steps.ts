// Steps of contact-list campaigns that requests and the job share: the plan of recipients, the sending of the parts, the
// end of a claim. Used by service.ts and job.ts of one process, which also share the set of campaigns in progress.
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import type {
  ContactListCampaignPart,
  ContactListCampaignStatus,
  ContactListOrder,
} from '#domain/campaign/contact-list-campaign.ts';
import type { Plan, SubmissionReport } from '#domain/plan/plan.ts';
import { isOfRecipients } from '#domain/plan/recipient-refusals.ts';
import type { Contact } from '#domain/recipients/contact.ts';
import { InProgressSet } from '#lib/async/in-progress-set.ts';
import type { Context } from '#pipeline/context.ts';
import { deleteRecipients, markPartSent, readPart } from '#store/campaigns/contact-list-campaign-parts.ts';
import {
  type ContactListCampaignChange,
  stepContactListCampaign,
} from '#store/campaigns/contact-list-campaigns.ts';

export interface ContactListCampaignStepNeeds {
  readonly processId: number;
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
}

export interface ContactListCampaignSteps {
  readonly processId: number;
  /** Campaigns that this process works on. */
  readonly inProgress: InProgressSet<number>;
  /** The plan of these recipients; null if none is accepted. Throws refusals of the whole campaign. */
  planRecipients(
    account: Account,
    order: ContactListOrder,
    recipients: readonly SubmittedRecipient[],
  ): Promise<Plan | null>;
  /** Sends the parts that are not sent. Returns the time at which the first one leaves. */
  sendParts(account: Account, order: ContactListOrder, id: number): Promise<number>;
  /** Ends the claim of this process. False if another process has it, or the campaign is in another status. */
  endClaim(
    account: Account,
    id: number,
    status: { readonly from: 'computing' | 'sending'; readonly to: ContactListCampaignStatus },
    change?: Pick<ContactListCampaignChange, 'totals' | 'failure'>,
  ): Promise<boolean>;
}

export function createContactListCampaignSteps(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { processId, submit }: ContactListCampaignStepNeeds,
): ContactListCampaignSteps {
  const { query } = database;

  const endClaim: ContactListCampaignSteps['endClaim'] = (account, id, { from, to }, change = {}) =>
    stepContactListCampaign(query, account, id, { from: [from], to }, { ...change, claimedBy: processId });

  /** The time at which it leaves; null if it was sent before, or no member is accepted any more. */
  async function sendPart(account: Account, submission: Submission): Promise<number | null> {
    try {
      return (await submit(account, submission)).plan.dueAtMs;
    } catch (error) {
      if (isOfRecipients(error)) return null;
      if (error instanceof RefusedError && error.refusal.reason === 'draft-already-sent') return null;
      throw error;
    }
  }

  return {
    ...{ processId, inProgress: new InProgressSet(), endClaim },

    async planRecipients(account, order, recipients) {
      try {
        const submission = { ...order, recipients, dryRun: true, idempotencyKey: null };
        return (await submit(account, submission)).plan;
      } catch (error) {
        if (isOfRecipients(error)) return null;
        throw error;
      }
    },

    async sendParts(account, order, id) {
      let dueAtMs = Number.POSITIVE_INFINITY;
      for (let number = 1; ; number++) {
        const part = await readPart(query, account, id, number);
        if (part === null) break;
        if (part.isSent) continue;
        const partDueAtMs = await sendPart(account, submissionOf(order, id, part));
        dueAtMs = Math.min(dueAtMs, partDueAtMs ?? dueAtMs);
        // This process was fenced: another one continues.
        if (!(await markPartSent(query, account, id, processId, number))) break;
      }
      if (await endClaim(account, id, { from: 'sending', to: 'sent' }))
        await deleteRecipients(query, account, id);
      const nowMs = clock.now();
      return dueAtMs === Number.POSITIVE_INFINITY ? Math.max(order.sendAtMs ?? nowMs, nowMs) : dueAtMs;
    },
  };
}

/** A draft with its id as a separate key: the customer's request id was used by the creation. */
function submissionOf(
  order: ContactListOrder,
  id: number,
  { recipients, campaignId }: ContactListCampaignPart,
): Submission {
  const listName = order.group.kind === 'list' ? order.group.name : null;
  const origin = { listName, wholeId: campaignId === id ? null : id };
  return { ...order, recipients, draftId: campaignId, idempotencyKey: null, origin };
}

const paramNames = ['{param1}', '{param2}', '{param3}', '{param4}', '{param5}'] as const;

/** The recipient of a contact, with values for the merge fields of the text. */
export function recipientOf(contact: Contact, text: string): SubmittedRecipient {
  const number = `+${contact.msisdn}`;
  if (!text.includes('{')) return { number };
  const merge = new Map<string, string>();
  const add = (placeholder: string, value: string) => {
    if (text.includes(placeholder)) merge.set(placeholder, value);
  };
  add('{first_name}', contact.firstName);
  add('{last_name}', contact.lastName);
  for (const [i, placeholder] of paramNames.entries()) add(placeholder, contact.params[i] ?? '');
  return merge.size === 0 ? { number } : { number, merge };
}
