// The job of contact-list campaigns: computes the recipients of new campaigns, and continues campaigns whose process was
// fenced while it sent them. Used by the role `jobs`. A campaign belongs to the process that computes or sends it, for any
// duration, until it is released or the process is fenced.
import type { Account, AccountKey } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { ContactListCampaign, ContactListOrder } from '#domain/campaign/contact-list-campaign.ts';
import { listUnreachable } from '#domain/campaign/draft-refusals.ts';
import type { Context } from '#pipeline/context.ts';
import { deletePartsFrom, savePart } from '#store/campaigns/contact-list-campaign-parts.ts';
import {
  claimContactListCampaign,
  releaseContactListCampaign,
} from '#store/campaigns/contact-list-campaigns.ts';
import { readMembers } from '#store/recipients/contacts.ts';
import { type ContactListCampaignSteps, recipientOf } from './steps.ts';

export interface ContactListCampaignJobNeeds {
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
}

export interface ContactListCampaignJob {
  /** Works on the campaigns of the bucket that are due, one after the other. */
  runOnce(bucket: number): Promise<void>;
}

/** The limit of recipients in one request: each part becomes one campaign. */
const partSize = 10_000;
/** Delay after a failure. */
const retryAfterMs = 15_000;

export function createContactListCampaignJob(
  { database, clock, ids }: Pick<Context, 'database' | 'clock' | 'ids'>,
  steps: ContactListCampaignSteps,
  { accountOf }: ContactListCampaignJobNeeds,
): ContactListCampaignJob {
  const { query } = database;
  const { processId, inProgress } = steps;

  return {
    async runOnce(bucket) {
      for (;;) {
        const held = inProgress.ids;
        const claimed = await claimContactListCampaign(query, bucket, processId, held, clock.now());
        if (claimed === null) return;
        const { accountId, campaign } = claimed;
        await inProgress.run(campaign.id, () => processCampaign({ bucket, id: accountId }, campaign));
      }
    },
  };

  async function processCampaign(key: AccountKey, campaign: ContactListCampaign): Promise<void> {
    const { id, order, status } = campaign;
    const release = () => releaseContactListCampaign(query, key, id, processId, clock.now() + retryAfterMs);
    try {
      const account = await accountOf(key.id);
      if (account === null) await release();
      else if (status === 'computing') await prepareParts(account, id, order);
      else await resumeSending(account, id, order);
    } catch (error) {
      await release();
      throw error;
    }
  }

  async function resumeSending(account: Account, id: number, order: ContactListOrder): Promise<void> {
    try {
      await steps.sendParts(account, order, id);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      await steps.endClaim(account, id, { from: 'sending', to: 'ready' });
    }
  }

  async function prepareParts(account: Account, id: number, order: ContactListOrder): Promise<void> {
    try {
      const prepared = await storeParts(account, id, order);
      if (prepared === null) return;
      const { parts, totals } = prepared;
      if (parts === 0) throw listUnreachable();
      await deletePartsFrom(query, account, id, processId, parts + 1);
      await steps.endClaim(account, id, { from: 'computing', to: 'ready' }, { totals });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const failure = error.refusal;
      await steps.endClaim(account, id, { from: 'computing', to: 'failed' }, { failure });
    }
  }

  /** Null if the campaign was cancelled, or another process has claimed it. */
  async function storeParts(account: Account, id: number, order: ContactListOrder) {
    const totals = { contacts: 0, segments: 0, costMicros: 0n };
    let number = 0;
    let after = 0;
    for (;;) {
      const members = await readMembers(query, account, order.group, after, partSize);
      if (members.length === 0) return { parts: number, totals };
      after = members.at(-1)!.msisdn;
      const recipients = members.map((member) => recipientOf(member, order.text));
      const plan = await steps.planRecipients(account, order, recipients);
      if (plan === null) continue;
      totals.contacts += plan.messages.length;
      totals.segments += plan.segments;
      totals.costMicros += plan.costMicros;
      number++;
      // The ticket contains the id of the first part, so that callbacks have it.
      const campaignId = number === 1 ? id : await ids.take('campaign', 1);
      const part = { number, recipients, campaignId, isSent: false };
      if (!(await savePart(query, account, id, processId, part))) return null;
    }
  }
}
