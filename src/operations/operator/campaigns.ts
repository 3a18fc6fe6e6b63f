// Campaigns of every account for the operator: lists them, and releases or refuses those held for review.
// Used by `chappe campaign`. Refuses, as OperatorRefusal: an unknown campaign.
// Throws OperatorConflict: a campaign that is not held, or that was sent.
import type { Account } from '#domain/account/account.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { cancelCampaign, refusedByOperator } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import {
  endReview,
  findAccountOfCampaign,
  type ListedCampaign,
  listCampaigns,
  releaseHeldChunks,
} from '#store/campaigns/campaign-reviews.ts';
import { notify } from '#store/database/notices.ts';

export interface OperatorCampaigns {
  /** Newest first. */
  list(access: OperatorAccess, onlyHeld: boolean, limit: number): Promise<ListedCampaign[]>;
  /** A held campaign leaves at its requested time, or now. Returns its id. */
  release(access: OperatorAccess, id: string): Promise<number>;
  /** Cancels a campaign without a sent message; its credit is released. Returns its id. */
  refuse(access: OperatorAccess, id: string): Promise<number>;
}

export function createOperatorCampaigns(context: Pick<Context, 'database' | 'clock'>): OperatorCampaigns {
  const { database, clock } = context;

  async function requireCampaign(written: string): Promise<{ account: Account; campaignId: number }> {
    const campaignId = /^\d{1,15}$/.test(written) ? Number(written) : 0;
    const owner = await findAccountOfCampaign(database.query, campaignId);
    if (owner === null)
      throw new OperatorRefusal(`there is no campaign ${written}; see chappe campaign list`);
    return { account: (await readAccount(database.query, owner.id))!, campaignId };
  }

  return {
    async list(access, onlyHeld, limit) {
      authorize(access, 'operator-campaigns.read');
      return listCampaigns(database.query, onlyHeld, limit);
    },

    async release(access, id) {
      authorize(access, 'operator-campaigns.write');
      const { account, campaignId } = await requireCampaign(id);
      await database.transaction(async (query) => {
        const nowMs = clock.now();
        if (!(await endReview(query, account, campaignId, 'released', nowMs)))
          throw new OperatorConflict(`campaign ${campaignId} is not held; see chappe campaign list --held`);
        await releaseHeldChunks(query, account, campaignId, nowMs);
        const target = `campaign ${campaignId}`;
        await auditChange(
          query,
          access,
          { action: 'campaign.released', target, accountId: account.id },
          nowMs,
        );
        await notify(query, 'chunks');
      });
      return campaignId;
    },

    async refuse(access, id) {
      authorize(access, 'operator-campaigns.write');
      const { account, campaignId } = await requireCampaign(id);
      const target = `campaign ${campaignId}`;
      const record = { action: 'campaign.refused', target, accountId: account.id };
      const result = await cancelCampaign(context, account, campaignId, refusedByOperator, (query) =>
        auditChange(query, access, record, clock.now()),
      );
      if (result === 'too-late') throw new OperatorConflict(`campaign ${campaignId} is leaving or has left`);
      return campaignId;
    },
  };
}
