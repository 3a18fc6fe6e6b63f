// Campaigns of every account for the operator: lists and shows them, and releases or refuses those held for review.
// Used by `chappe campaign`. Refuses, as OperatorRefusal: an unknown campaign.
// Pauses and resumes them. Throws OperatorConflict: a campaign that is not held, not paused, or that was sent.
import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { causeOf, recipientCause } from '#domain/delivery/failure-causes.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { cancelCampaign, refusedByOperator } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import { pauseCampaign, resumeCampaign } from '#pipeline/pause-campaign.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import {
  type CampaignFacts,
  type CampaignSettlement,
  type CountedMessages,
  countMessagesByStatus,
  listSettlementsOfCampaign,
  readCampaignFacts,
} from '#store/campaigns/campaign-overview.ts';
import {
  endReview,
  findAccountOfCampaign,
  type ListedCampaign,
  listNewestCampaigns,
  releaseHeldChunks,
} from '#store/campaigns/campaign-reviews.ts';
import { notify } from '#store/database/notices.ts';
import { keepPartitions } from '#store/money/ledger.ts';
import { listConnectorNames } from '#store/money/traffic.ts';

/** A number of messages, and the reason why they failed. */
export interface CountedCause {
  readonly cause: string;
  readonly messages: number;
}

interface CarrierShare {
  /** Null: unknown. */
  readonly carrier: string | null;
  readonly messages: number;
  readonly segments: number;
  readonly priceMicros: bigint;
  /** Of the messages whose carrier price is known. */
  readonly costMicros: bigint;
  readonly withoutCost: number;
}

export interface CampaignOverview extends Omit<CampaignFacts, 'failures' | 'firstMessageId'> {
  readonly serviceName: string;
  /** Messages by status; `accepted` waits, `submitted` is with a carrier. */
  readonly counts: Readonly<Partial<Record<MessageStatus, number>>>;
  /** Of messages with a final status other than delivered, the most frequent first. */
  readonly causes: readonly CountedCause[];
  /** Recipients for whom no message was made. */
  readonly skipped: readonly CountedCause[];
  /** Charged messages by carrier. */
  readonly carriers: readonly CarrierShare[];
  readonly chargedMicros: bigint;
  readonly releasedMicros: bigint;
  /** Still held: for messages that no carrier has taken. */
  readonly heldMicros: bigint;
}

export interface OperatorCampaigns {
  /** A campaign with its messages by status, the causes of failures, and its price and cost. */
  show(access: OperatorAccess, id: string): Promise<CampaignOverview>;
  /** Newest first. */
  list(access: OperatorAccess, onlyHeld: boolean, limit: number): Promise<ListedCampaign[]>;
  /** A held campaign leaves at its requested time, or now. Returns its id. */
  release(access: OperatorAccess, id: string): Promise<number>;
  /** Cancels a campaign without a sent message; its credit is released. Returns its id. */
  refuse(access: OperatorAccess, id: string, reason?: string | null): Promise<number>;
  /** The messages that no carrier has wait until the campaign resumes. Returns its id. */
  pause(access: OperatorAccess, id: string): Promise<number>;
  /** Messages leave at their due times, marketing within the sending hours. Returns its id. */
  resume(access: OperatorAccess, id: string): Promise<number>;
}

const mostReason = 300;

export function createOperatorCampaigns(context: Pick<Context, 'database' | 'clock'>): OperatorCampaigns {
  const { database, clock } = context;

  async function requireCampaign(written: string): Promise<{ account: Account; campaignId: number }> {
    const campaignId = /^\d{1,15}$/.test(written) ? Number(written) : 0;
    const key = await findAccountOfCampaign(database.query, campaignId);
    if (key === null) throw unknownCampaign(written);
    return { account: (await readAccount(database.query, key.id))!, campaignId };
  }

  return {
    async list(access, onlyHeld, limit) {
      authorize(access, 'operator-campaigns.read');
      return listNewestCampaigns(database.query, onlyHeld, limit);
    },

    async show(access, id) {
      authorize(access, 'operator-campaigns.read');
      const { account, campaignId } = await requireCampaign(id);
      return database.transaction(async (query) => {
        // One snapshot of the ledger and the messages, independent of concurrent writes.
        await query('set transaction isolation level repeatable read, read only');
        await keepPartitions(query);
        const facts = await readCampaignFacts(query, account, campaignId);
        if (facts === null) throw unknownCampaign(id);
        return overviewOf(account, facts, {
          counted: await countMessagesByStatus(query, account, facts),
          settled: await listSettlementsOfCampaign(query, account, facts),
          carriers: await listConnectorNames(query),
        });
      });
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

    async refuse(access, id, written = null) {
      authorize(access, 'operator-campaigns.write');
      const { account, campaignId } = await requireCampaign(id);
      const target = `campaign ${campaignId}`;
      const reason = written?.trim().slice(0, mostReason) || null;
      const after = reason === null ? null : { reason };
      const record = { action: 'campaign.refused', target, after, accountId: account.id };
      // The customer reads it as the cause of each message.
      const error = reason === null ? refusedByOperator : `${refusedByOperator}: ${reason}`;
      const result = await cancelCampaign(context, account, campaignId, error, (query) =>
        auditChange(query, access, record, clock.now()),
      );
      if (result === 'too-late') throw new OperatorConflict(`campaign ${campaignId} is leaving or has left`);
      return campaignId;
    },

    async pause(access, id) {
      authorize(access, 'operator-campaigns.write');
      const { account, campaignId } = await requireCampaign(id);
      const record = { action: 'campaign.paused', target: `campaign ${campaignId}`, accountId: account.id };
      const result = await pauseCampaign(context, account, campaignId, {
        actor: access.actor.actor,
        record: (query) => auditChange(query, access, record, clock.now()),
      });
      if (result === 'held')
        throw new OperatorConflict(`campaign ${campaignId} is held; it leaves only if you release it`);
      if (result === 'nothing-waits')
        throw new OperatorConflict(`campaign ${campaignId} has no message that waits`);
      return campaignId;
    },

    async resume(access, id) {
      authorize(access, 'operator-campaigns.write');
      const { account, campaignId } = await requireCampaign(id);
      const record = { action: 'campaign.resumed', target: `campaign ${campaignId}`, accountId: account.id };
      const result = await resumeCampaign(context, account, campaignId, (query) =>
        auditChange(query, access, record, clock.now()),
      );
      if (result === 'not-paused') throw new OperatorConflict(`campaign ${campaignId} is not paused`);
      return campaignId;
    },
  };
}

function unknownCampaign(written: string): OperatorRefusal {
  return new OperatorRefusal(`there is no campaign ${written}; see chappe campaign list`);
}

interface CampaignRows {
  readonly counted: readonly CountedMessages[];
  readonly settled: readonly CampaignSettlement[];
  readonly carriers: ReadonlyMap<number, string>;
}

function overviewOf(
  { serviceName }: Account,
  { failures, firstMessageId: _first, ...facts }: CampaignFacts,
  { counted, settled, carriers }: CampaignRows,
): CampaignOverview {
  const counts: Partial<Record<MessageStatus, number>> = {};
  for (const { status, messages } of counted) counts[status] = (counts[status] ?? 0) + messages;
  const charges = settled.filter(({ isCharge }) => isCharge);
  const sumOf = (rows: readonly CampaignSettlement[]) => rows.reduce((sum, row) => sum + row.priceMicros, 0n);
  const chargedMicros = sumOf(charges);
  const releasedMicros = sumOf(settled.filter(({ isCharge }) => !isCharge));
  return {
    ...facts,
    serviceName,
    counts,
    causes: summed(counted.map(({ status, error, messages }) => [causeOf(status, error), messages])),
    skipped: summed((failures ?? []).map(({ reason }) => [recipientCause(reason), 1])),
    carriers: charges.map(({ isCharge: _kind, connectorId, carrierCostMicros: costMicros, ...row }) => ({
      ...row,
      costMicros,
      carrier: connectorId === 0 ? 'simulator' : (carriers.get(connectorId ?? -1) ?? null),
    })),
    chargedMicros,
    releasedMicros,
    heldMicros: facts.costMicros - chargedMicros - releasedMicros,
  };
}

/** Without rows that have no cause; the most frequent first. */
function summed(rows: readonly (readonly [cause: string | null, messages: number])[]): CountedCause[] {
  const sums = new Map<string, number>();
  for (const [cause, messages] of rows)
    if (cause !== null) sums.set(cause, (sums.get(cause) ?? 0) + messages);
  return [...sums].map(([cause, messages]) => ({ cause, messages })).sort((a, b) => b.messages - a.messages);
}
