// Campaigns of an account for its members: a list with filters, newest first, one campaign with its line, its report, its
// replies, the recipients it skipped, and its rows for an export. Used by the console. Never counts the messages of a list:
// `count` does it for the campaigns that are shown. Figures are kept while no message gets another final status.
import type { Account } from '#domain/account/account.ts';
import { type CampaignState, campaignStateOf } from '#domain/campaign/campaign-state.ts';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { minuteMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { listPartIds } from '#store/campaigns/campaign-origins.ts';
import {
  type CampaignDetail,
  type CampaignFilter,
  type ListedCampaign,
  readCampaignWindowOfList,
} from '#store/campaigns/campaign-pages.ts';
import {
  type CampaignRange,
  type CampaignReply,
  type CampaignShare,
  countSkippedRecipients,
  type ExportRow,
  listCampaignReplies,
  listExportRows,
  listSkippedRecipients,
  type SkippedRecipient,
  summarizeCampaign,
} from '#store/campaigns/campaign-reports.ts';
import { findCampaignIdAfter } from '#store/campaigns/history.ts';
import { listConnectorNames } from '#store/money/traffic.ts';
import { readWhole, type Whole, withParts } from './parts.ts';
import {
  type CampaignReport,
  type CampaignTimes,
  readReplies,
  readReport,
  type StatusCounts,
} from './report.ts';

interface CampaignListFilter extends CampaignFilter {
  readonly states: readonly CampaignState[] | null;
  /** Campaigns of one message too. */
  readonly withSingles: boolean;
}

export type StatedCampaign = Whole<ListedCampaign> & { readonly state: CampaignState };

interface CampaignList {
  readonly campaigns: readonly StatedCampaign[];
  /** The id after which the next page begins; null: the search is at its end. */
  readonly next: number | null;
  /** Acceptance of the oldest campaign that was looked at; null: all were. */
  readonly searchedToMs: number | null;
}

interface CountedCampaign {
  readonly campaignId: number;
  readonly counts: StatusCounts;
}

export interface CampaignPage extends CampaignDetail, CampaignRange, CampaignTimes {
  readonly state: CampaignState;
  readonly counts: StatusCounts;
}

interface CampaignReportMethods {
  list(
    account: Account,
    filter: CampaignListFilter,
    page: { readonly afterId: number | null; readonly limit: number },
  ): Promise<CampaignList>;
  /** Those that could be counted within half a second, in the given order; the caller asks again for the others. */
  count(account: Account, campaignIds: readonly number[]): Promise<CountedCampaign[]>;
  /** Null: the account has no such campaign; likewise the others. */
  read(account: Account, campaignId: number): Promise<CampaignPage | null>;
  report(account: Account, campaignId: number): Promise<CampaignReport | null>;
  listReplies(
    account: Account,
    campaignId: number,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<CampaignReply[]>;
  countSkipped(account: Account, campaignId: number): Promise<{ reason: string; recipients: number }[]>;
  listSkipped(
    account: Account,
    campaignId: number,
    page: { readonly offset: number; readonly limit: number; readonly reason: string | null },
  ): Promise<SkippedRecipient[]>;
  /** Messages in the order of their ids, after this id. Empty: the end, or no such campaign. */
  listRows(
    account: Account,
    campaignId: number,
    page: { readonly afterId: number; readonly limit: number },
  ): Promise<ExportRow[]>;
}

export type CampaignReports = Guarded<CampaignReportMethods>;

type Needs = Pick<Context, 'database' | 'clock'>;

interface Kept {
  readonly shares: readonly CampaignShare[];
  readonly atMs: number;
  readonly tookMs: number;
  /** A dispatcher had messages of the campaign: more could leave. */
  readonly wasClaimed: boolean;
  report?: Omit<CampaignReport, 'replies'>;
}

type Cache = ExpiringCache<string, Kept>;

export function createCampaignReports(context: Needs): CampaignReports {
  const { query } = context.database;
  const cache: Cache = new ExpiringCache({ maxEntries: 2_000 });
  return guard<CampaignReportMethods>(
    {
      list: (account, filter, page) => search(context, account, filter, page),
      count: (account, ids) => countAll(context, cache, account, ids),
      read: (account, id) => readPage(context, cache, account, id),
      report: (account, id) => reportOf(context, cache, account, id),
      listReplies: async (account, id, page) =>
        listCampaignReplies(query, account, await listPartIds(query, account, id), page),
      countSkipped: async (account, id) =>
        countSkippedRecipients(query, account, await listPartIds(query, account, id)),
      listSkipped: async (account, id, page) =>
        listSkippedRecipients(query, account, await listPartIds(query, account, id), page),
      async listRows(account, id, page) {
        const campaign = await readWhole(query, account, id);
        return campaign === null ? [] : listExportRows(query, account, campaign, page);
      },
    },
    {
      list: 'history.read',
      count: 'history.read',
      read: 'history.read',
      report: 'history.read',
      listReplies: 'inbox.read',
      countSkipped: 'history.read',
      listSkipped: 'history.read',
      listRows: 'history.read',
    },
  );
}

/** After this time a list answers with the campaigns so far. */
const budgetMs = 250;
const windowSize = 200;
/** Ids of campaigns rise with time, but each process reserves a block of them for ten minutes (store/database/ids.ts). */
const idSlackMs = 15 * minuteMs;

async function search(
  { database: { query }, clock }: Needs,
  account: Account,
  filter: CampaignListFilter,
  { afterId, limit }: { readonly afterId: number | null; readonly limit: number },
): Promise<CampaignList> {
  const deadlineMs = steadyClock.now() + budgetMs;
  const campaigns: StatedCampaign[] = [];
  let beforeId = afterId ?? (await firstIdBefore(query, account, filter.toMs));
  for (;;) {
    const place = { beforeId, size: windowSize, withSingles: filter.withSingles };
    const window = await readCampaignWindowOfList(query, account, filter, place);
    for (const campaign of await withParts(query, account, window.campaigns)) {
      const state = campaignStateOf(campaign, clock.now());
      if (filter.states !== null && !filter.states.includes(state)) continue;
      campaigns.push({ ...campaign, state });
      if (campaigns.length === limit)
        return { campaigns, next: campaign.campaignId, searchedToMs: campaign.createdAtMs };
    }
    const isEnd =
      window.lastId === null ||
      window.size < windowSize ||
      (filter.fromMs !== null && window.lastAtMs! < filter.fromMs - idSlackMs);
    if (isEnd) return { campaigns, next: null, searchedToMs: null };
    beforeId = window.lastId!;
    if (steadyClock.now() >= deadlineMs) return { campaigns, next: beforeId, searchedToMs: window.lastAtMs };
  }
}

async function firstIdBefore(
  query: Context['database']['query'],
  account: Account,
  toMs: number | null,
): Promise<number> {
  const first = toMs === null ? null : await findCampaignIdAfter(query, account, toMs + idSlackMs);
  return first ?? Number.MAX_SAFE_INTEGER;
}

/** Figures of a running campaign are read again after 1 s, and after twenty times the time that their reading took. */
const minKeptMs = 1_000;
const keptFactor = 20;

/** The shares of the campaign's messages: kept for ever once every message has a status that no receipt changes. */
async function keep(
  { database: { query } }: Needs,
  cache: Cache,
  account: Account,
  campaign: Whole<ListedCampaign>,
): Promise<Kept> {
  const key = `${account.bucket}/${campaign.campaignId}`;
  const kept = cache.get(key);
  const startMs = steadyClock.now();
  if (kept !== undefined) {
    const maxAgeMs = isEnded(kept.shares) ? endedMs : Math.max(minKeptMs, kept.tookMs * keptFactor);
    // The last message has left, or the campaign is paused: the page must show the end at once.
    const isStopped = kept.wasClaimed && campaign.claimed === 0;
    if (startMs - kept.atMs < maxAgeMs && !isStopped) return kept;
  }
  const shares = await summarizeCampaign(query, account, campaign);
  const nowMs = steadyClock.now();
  const wasClaimed = campaign.claimed > 0;
  const read: Kept = { shares, atMs: nowMs, tookMs: nowMs - startMs, wasClaimed };
  if (kept?.report !== undefined && isSameCount(kept.shares, shares)) read.report = kept.report;
  cache.set(key, read);
  return read;
}

/** An erased number or retention changes a campaign that has ended. */
const endedMs = 10 * minuteMs;

function isEnded(shares: readonly CampaignShare[]): boolean {
  return shares.every(
    ({ status }) => status !== 'accepted' && status !== 'submitted' && status !== 'unknown',
  );
}

/** Statuses only move forward: the report of equal counts is the same. */
const isSameCount = (a: readonly CampaignShare[], b: readonly CampaignShare[]) =>
  JSON.stringify(countsOf(a)) === JSON.stringify(countsOf(b));

function countsOf(shares: readonly CampaignShare[]): StatusCounts {
  const counts = {
    accepted: 0,
    submitted: 0,
    delivered: 0,
    undelivered: 0,
    expired: 0,
    rejected: 0,
    cancelled: 0,
    unknown: 0,
  };
  for (const { status, messages } of shares) counts[status] += messages;
  return counts;
}

function timesOf(shares: readonly CampaignShare[]): CampaignTimes {
  const extreme = (pick: (share: CampaignShare) => number | null, of: (...values: number[]) => number) => {
    const values = shares.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : of(...values);
  };
  return {
    firstSubmittedAtMs: extreme((share) => share.firstSubmittedAtMs, Math.min),
    lastSubmittedAtMs: extreme((share) => share.lastSubmittedAtMs, Math.max),
    firstDoneAtMs: extreme((share) => share.firstDoneAtMs, Math.min),
    lastDoneAtMs: extreme((share) => share.lastDoneAtMs, Math.max),
  };
}

const countBudgetMs = 500;

async function countAll(
  context: Needs,
  cache: Cache,
  account: Account,
  campaignIds: readonly number[],
): Promise<CountedCampaign[]> {
  const deadlineMs = steadyClock.now() + countBudgetMs;
  const counted: CountedCampaign[] = [];
  for (const campaignId of campaignIds) {
    if (counted.length > 0 && steadyClock.now() >= deadlineMs) break;
    const campaign = await readWhole(context.database.query, account, campaignId);
    if (campaign === null) continue;
    const { shares } = await keep(context, cache, account, campaign);
    counted.push({ campaignId, counts: countsOf(shares) });
  }
  return counted;
}

async function readPage(
  context: Needs,
  cache: Cache,
  account: Account,
  campaignId: number,
): Promise<CampaignPage | null> {
  const campaign = await readWhole(context.database.query, account, campaignId);
  if (campaign === null) return null;
  const { shares } = await keep(context, cache, account, campaign);
  const state = campaignStateOf(campaign, context.clock.now());
  return { ...campaign, ...timesOf(shares), state, counts: countsOf(shares) };
}

async function reportOf(
  context: Needs,
  cache: Cache,
  account: Account,
  campaignId: number,
): Promise<CampaignReport | null> {
  const { database, clock } = context;
  const { query } = database;
  const campaign = await readWhole(query, account, campaignId);
  if (campaign === null) return null;
  let kept = await keep(context, cache, account, campaign);
  if (kept.report === undefined) {
    const startMs = steadyClock.now();
    // One snapshot: the figures of a campaign that is being sent agree with each other.
    const { shares, report } = await database.transaction(async (snapshot) => {
      await snapshot('set transaction isolation level repeatable read, read only');
      const read = await summarizeCampaign(snapshot, account, campaign);
      const facts = { shares: read, times: timesOf(read), counts: countsOf(read), nowMs: clock.now() };
      const carriers = await listConnectorNames(snapshot);
      return { shares: read, report: await readReport(snapshot, account, campaign, { ...facts, carriers }) };
    });
    const atMs = steadyClock.now();
    kept = { shares, report, atMs, tookMs: atMs - startMs, wasClaimed: campaign.claimed > 0 };
    cache.set(`${account.bucket}/${campaign.campaignId}`, kept);
  }
  const report = kept.report!;
  return { ...report, replies: await readReplies(query, account, campaign, report) };
}
