// A campaign in several parts as one: a list of more than 20,000 recipients is stored as several campaigns, whose customer has one. A
// part of service.ts. Sums are exact; the state is that of the parts together.
import type { Account } from '#domain/account/account.ts';
import { readOrigin } from '#store/campaigns/campaign-origins.ts';
import {
  type CampaignDetail,
  type CampaignPart,
  type ListedCampaign,
  listCampaignParts,
  readCampaignDetail,
} from '#store/campaigns/campaign-pages.ts';
import type { CampaignRange } from '#store/campaigns/campaign-reports.ts';
import type { Query } from '#store/database/database.ts';

/** With the messages of all its parts. */
export type Whole<Campaign extends ListedCampaign> = Campaign & CampaignRange;

/** The whole of a part too. Null: the account has no such campaign. */
export async function readWhole(
  query: Query,
  account: Account,
  campaignId: number,
): Promise<Whole<CampaignDetail> | null> {
  const wholeId = (await readOrigin(query, account, campaignId))?.wholeId ?? campaignId;
  const campaign = await readCampaignDetail(query, account, wholeId);
  if (campaign === null)
    return wholeId === campaignId ? null : joined(await readCampaignDetail(query, account, campaignId), []);
  return joined(campaign, await listCampaignParts(query, account, [wholeId]));
}

/** In the same order. */
export async function withParts(
  query: Query,
  account: Account,
  campaigns: readonly ListedCampaign[],
): Promise<Whole<ListedCampaign>[]> {
  if (campaigns.length === 0) return [];
  const ids = campaigns.map(({ campaignId }) => campaignId);
  const parts = Map.groupBy(await listCampaignParts(query, account, ids), ({ wholeId }) => wholeId);
  return campaigns.map((campaign) => joined(campaign, parts.get(campaign.campaignId) ?? []));
}

function joined<Campaign extends ListedCampaign>(
  campaign: Campaign,
  parts: readonly CampaignPart[],
): Whole<Campaign>;
function joined<Campaign extends ListedCampaign>(
  campaign: Campaign | null,
  parts: readonly CampaignPart[],
): Whole<Campaign> | null;
function joined<Campaign extends ListedCampaign>(
  campaign: Campaign | null,
  parts: readonly CampaignPart[],
): Whole<Campaign> | null {
  if (campaign === null) return null;
  const all: readonly ListedCampaign[] = [campaign, ...parts];
  const range = {
    campaignIds: all.map(({ campaignId }) => campaignId),
    firstMessageId: Math.min(...all.map(({ firstMessageId }) => firstMessageId)),
    endMessageId: Math.max(...all.map(({ firstMessageId, messageCount }) => firstMessageId + messageCount)),
  };
  if (parts.length === 0) return { ...campaign, ...range };
  const sum = (of: (part: ListedCampaign) => number) => all.reduce((total, part) => total + of(part), 0);
  return {
    ...campaign,
    ...range,
    ...stateOf(all),
    messageCount: sum((part) => part.messageCount),
    segments: sum((part) => part.segments),
    costMicros: all.reduce((total, part) => total + part.costMicros, 0n),
    skipped: sum((part) => part.skipped),
    inChunks: sum((part) => part.inChunks),
    claimed: sum((part) => part.claimed),
    dueAtMs: Math.min(...all.map(({ dueAtMs }) => dueAtMs)),
    lastDueAtMs: latest(all.map((part) => part.lastDueAtMs ?? part.dueAtMs)),
    nextDueAtMs: earliest(all.flatMap(({ nextDueAtMs }) => nextDueAtMs ?? [])),
  };
}

/** Ended or paused if every part is that still has messages; held if one is. */
function stateOf(parts: readonly ListedCampaign[]) {
  const cancelled = parts.flatMap(({ cancelledAtMs }) => cancelledAtMs ?? []);
  const left = parts.filter(({ inChunks }) => inChunks > 0);
  const areOver = left.every(({ cancelledAtMs }) => cancelledAtMs !== null);
  const reviews = parts.map(({ review }) => review);
  return {
    cancelledAtMs: areOver ? latest(cancelled) : null,
    isPaused: left.some(({ isPaused }) => isPaused) && left.every(({ isPaused }) => isPaused),
    review: reviews.find((review) => review === 'held') ?? reviews[0] ?? null,
  };
}

const latest = (instants: readonly number[]) => (instants.length === 0 ? null : Math.max(...instants));
const earliest = (instants: readonly number[]) => (instants.length === 0 ? null : Math.min(...instants));
