// Campaigns to a contact list or tag: stored at once, computed by job.ts, sent when the customer confirms, or cancelled.
// Used by the REST calls of such campaigns.
//
// Promises: a confirmation sends once, whatever the concurrency and after a crash at any point: each part has a reserved
// campaign id that is used once. The computed recipients are sent; the ordinary submission plans and prices them again.
// Refusals: request-already-seen, draft-unknown, draft-estimating, draft-already-sent, and those of a submission.
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { ContactListCampaign, ContactListOrder } from '#domain/campaign/contact-list-campaign.ts';
import {
  draftAlreadySent,
  draftCancelled,
  draftEstimating,
  draftUnknown,
  listEmpty,
  preparationFailed,
  requestAlreadySeen,
} from '#domain/campaign/draft-refusals.ts';
import { wholeCampaignUnaffordable } from '#domain/money/credit-refusals.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteRecipients,
  hasSeveralPartsUnsent,
  listSentParts,
} from '#store/campaigns/contact-list-campaign-parts.ts';
import {
  insertContactListCampaign,
  readContactListCampaign,
  readLatestDraft,
  stepContactListCampaign,
} from '#store/campaigns/contact-list-campaigns.ts';
import { readBalance } from '#store/money/ledger.ts';
import { readMembers } from '#store/recipients/contacts.ts';
import { type ContactListCampaignSteps, recipientOf } from './steps.ts';

export interface ContactListCampaignNeeds {
  /** Wakes the job. */
  readonly wake: () => void;
}

interface ContactListCampaignMethods {
  /**
   * Returns the reserved campaign id. Plans the text for the first contact and throws the refusals that apply to every
   * recipient. Also refuses recipients-empty.
   */
  create(account: Account, order: ContactListOrder): Promise<number>;
  read(account: Account, id: number): Promise<ContactListCampaign>;
  /** The latest that waits for its confirmation, or null. */
  readDraft(account: Account): Promise<ContactListCampaign | null>;
  /** Sends a computed campaign. Returns the time at which it leaves. */
  confirm(account: Account, id: number): Promise<number>;
  /** Deletes an unconfirmed campaign, or cancels a sent one. False if a message was sent. */
  cancel(account: Account, id: number): Promise<boolean>;
}

export type ContactListCampaigns = Guarded<ContactListCampaignMethods>;

export function createContactListCampaigns(
  context: Pick<Context, 'database' | 'clock' | 'ids'>,
  steps: ContactListCampaignSteps,
  { wake }: ContactListCampaignNeeds,
): ContactListCampaigns {
  const { database, clock, ids } = context;
  const { query } = database;

  async function read(account: Account, id: number): Promise<ContactListCampaign> {
    const campaign = await readContactListCampaign(query, account, id);
    if (campaign === null) throw draftUnknown();
    return campaign;
  }

  async function confirm(account: Account, id: number): Promise<number> {
    const { order, status, failure, costMicros } = await read(account, id);
    if (status === 'failed') throw preparationFailed(failure!);
    if (status === 'cancelled') throw draftCancelled();
    const { processId } = steps;
    const begin = { from: ['ready'], to: 'sending' } as const;
    if (!(await stepContactListCampaign(query, account, id, begin, { processId }))) {
      const now = await read(account, id);
      throw now.status === 'computing' ? draftEstimating() : draftAlreadySent();
    }
    try {
      await requireCreditForAllParts(account, order, id, costMicros);
      return await steps.sendParts(account, order, id);
    } catch (error) {
      // Refused: it waits for another confirmation. After a failure the row stays as it is, and the job continues.
      if (error instanceof RefusedError) await steps.endClaim(account, id, { from: 'sending', to: 'ready' });
      throw error;
    }
  }

  /** With several parts, none is sent if the credit does not cover all: the check of each part alone is not enough. */
  async function requireCreditForAllParts(
    account: Account,
    order: ContactListOrder,
    id: number,
    costMicros: bigint,
  ): Promise<void> {
    if (order.dryRun || !(await hasSeveralPartsUnsent(query, account, id))) return;
    if ((await readBalance(query, account)).availableMicros < costMicros) throw wholeCampaignUnaffordable();
  }

  /** Deletes an unconfirmed campaign and returns no id. Of a sent campaign, returns the campaigns of its parts. */
  async function deleteUnconfirmed(account: Account, id: number): Promise<readonly number[]> {
    const end = { from: ['computing', 'ready', 'failed'], to: 'cancelled' } as const;
    if (await stepContactListCampaign(query, account, id, end)) {
      await deleteRecipients(query, account, id);
      return [];
    }
    const { status } = await read(account, id);
    if (status === 'cancelled') return [];
    // In progress: some of its parts do not exist yet.
    if (status === 'sending') throw draftAlreadySent();
    return listSentParts(query, account, id);
  }

  return guard<ContactListCampaignMethods>(
    {
      async create(account, order) {
        const [first] = await readMembers(query, account, order.group, 0, 1);
        if (first === undefined) throw listEmpty();
        await steps.planRecipients(account, order, [recipientOf(first, order.text)]);
        const id = await ids.take('campaign', 1);
        const isNew = await insertContactListCampaign(query, account, id, order, clock.now());
        if (!isNew) throw requestAlreadySeen();
        wake();
        return id;
      },

      read,
      readDraft: (account) => readLatestDraft(query, account),
      confirm: (account, id) => steps.inProgress.run(id, () => confirm(account, id)),

      async cancel(account, id) {
        const sent = await deleteUnconfirmed(account, id);
        // The last part first: with one part, the usual case, a refusal comes before anything has changed.
        for (const campaignId of sent.toReversed())
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
