// The report of one campaign: outcomes, progress, time to deliver, causes of failure, countries, carriers, segments, replies
// and money. A part of service.ts. Every figure is computed from the campaign's messages, replies and ledger entries.
import type { Account } from '#domain/account/account.ts';
import type { Encoding } from '#domain/base/campaign.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { type Cause, causeCodeOf } from '#domain/delivery/failure-causes.ts';
import { minuteMs, secondMs } from '#lib/time/duration.ts';
import type { CampaignDetail } from '#store/campaigns/campaign-pages.ts';
import {
  type CampaignMoney,
  type CampaignShare,
  countCampaignReplies,
  type DeliveryPercentiles,
  listCampaignMoney,
  type ProgressStep,
  type ReplyHour,
  readCampaignProgress,
  readDeliveryDelays,
  readDeliveryPercentiles,
} from '#store/campaigns/campaign-reports.ts';
import type { Query } from '#store/database/database.ts';
import type { Whole } from './parts.ts';

/** Messages by status; `accepted` waits, `submitted` is with a carrier. */
export type StatusCounts = Readonly<Record<MessageStatus, number>>;

export interface CampaignTimes {
  readonly firstSubmittedAtMs: number | null;
  readonly lastSubmittedAtMs: number | null;
  readonly firstDoneAtMs: number | null;
  readonly lastDoneAtMs: number | null;
}

/** Upper bounds of the classes of the time to deliver, in seconds; the last class has none. */
export const delayBounds = [1, 2, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 48 * 3600] as const;

interface CountedCause {
  readonly cause: Cause;
  readonly messages: number;
}

/** Messages of one country or one carrier. */
interface Share {
  readonly messages: number;
  readonly segments: number;
  /** Given to a carrier. */
  readonly submitted: number;
  /** With a final status. */
  readonly finished: number;
  readonly delivered: number;
  readonly costMicros: bigint;
}

interface CountryShare extends Share {
  readonly country: string;
}

interface CarrierShare extends Share {
  /** Null: not given to any, or unknown. */
  readonly carrier: string | null;
}

interface EncodingShare {
  readonly encoding: Encoding;
  readonly segments: number;
  readonly messages: number;
  readonly costMicros: bigint;
}

interface CountryMoney {
  readonly country: string;
  readonly chargedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly heldMicros: bigint;
}

export interface CampaignReport {
  readonly atMs: number;
  readonly counts: StatusCounts;
  readonly progress: {
    readonly fromMs: number;
    readonly stepMs: number;
    readonly steps: readonly ProgressStep[];
  };
  /** Delivered messages by class of `delayBounds`, one more than the bounds. */
  readonly delays: readonly number[];
  readonly percentiles: DeliveryPercentiles;
  /** The most frequent first. */
  readonly causes: readonly CountedCause[];
  readonly countries: readonly CountryShare[];
  readonly carriers: readonly CarrierShare[];
  readonly encodings: readonly EncodingShare[];
  /** By the hour since the first hand-over. */
  readonly replies: readonly ReplyHour[];
  /** Of all countries together they agree with the ledger; `held` is the rest of the cost. */
  readonly money: readonly CountryMoney[];
}

interface Facts {
  readonly shares: readonly CampaignShare[];
  readonly times: CampaignTimes;
  readonly counts: StatusCounts;
  readonly carriers: ReadonlyMap<number, string>;
  readonly nowMs: number;
}

/** Read each time: a reply changes no status. */
export function readReplies(
  query: Query,
  account: Account,
  { campaignIds }: Whole<CampaignDetail>,
  { progress }: Pick<CampaignReport, 'progress'>,
): Promise<ReplyHour[]> {
  return countCampaignReplies(query, account, campaignIds, progress.fromMs);
}

/** All but the replies. */
export async function readReport(
  query: Query,
  account: Account,
  campaign: Whole<CampaignDetail>,
  { shares, times, counts, carriers, nowMs }: Facts,
): Promise<Omit<CampaignReport, 'replies'>> {
  const fromMs = times.firstSubmittedAtMs ?? campaign.createdAtMs;
  const isRunning = counts.accepted > 0;
  const lastMs = Math.max(times.lastSubmittedAtMs ?? 0, times.lastDoneAtMs ?? 0, campaign.createdAtMs);
  const stepMs = stepOf((isRunning ? Math.max(nowMs, lastMs) : lastMs) - fromMs);
  const period = { fromMs: campaign.createdAtMs, untilMs: isRunning ? Math.max(nowMs, lastMs) : lastMs };
  const money = await listCampaignMoney(query, account, campaign, period);
  const delays = await readDeliveryDelays(query, account, campaign, delayBounds);
  return {
    atMs: nowMs,
    counts,
    progress: {
      fromMs,
      stepMs,
      steps: await readCampaignProgress(query, account, campaign, { fromMs, stepMs }),
    },
    delays: Array.from({ length: delayBounds.length + 1 }, (_, index) =>
      sumOf(delays.filter(({ delayClass }) => delayClass === index).map(({ messages }) => messages)),
    ),
    percentiles: await readDeliveryPercentiles(query, account, campaign),
    causes: causesOf(shares),
    countries: sharesBy(shares, ({ country }) => country).map(([country, share]) => ({ country, ...share })),
    carriers: sharesBy(
      shares.filter(({ isSubmitted }) => isSubmitted),
      ({ connectorId }) => carrierOf(connectorId, carriers),
    ).map(([carrier, share]) => ({ carrier, ...share })),
    encodings: encodingsOf(shares),
    money: moneyOf(shares, money),
  };
}

/** At most 120 steps. */
const maxSteps = 120;
const stepsMs = [
  secondMs,
  5 * secondMs,
  10 * secondMs,
  30 * secondMs,
  ...[1, 5, 10, 30, 60, 180, 360, 720, 1440].map((minutes) => minutes * minuteMs),
];

function stepOf(spanMs: number): number {
  return stepsMs.find((step) => spanMs / step < maxSteps) ?? stepsMs.at(-1)!;
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const isFinished = ({ status }: CampaignShare) => status !== 'accepted' && status !== 'submitted';

function carrierOf(id: number | null, names: ReadonlyMap<number, string>): string | null {
  return id === 0 ? 'simulator' : (names.get(id ?? -1) ?? null);
}

function causesOf(shares: readonly CampaignShare[]): CountedCause[] {
  const causes = new Map<string, { cause: Cause; messages: number }>();
  for (const { status, error, messages } of shares) {
    const cause = causeCodeOf(status, error);
    if (cause === null) continue;
    const key = `${cause.code} ${cause.text ?? ''}`;
    const found = causes.get(key) ?? { cause, messages: 0 };
    found.messages += messages;
    causes.set(key, found);
  }
  return [...causes.values()].sort((a, b) => b.messages - a.messages);
}

function sharesBy<Key>(
  shares: readonly CampaignShare[],
  keyOf: (share: CampaignShare) => Key,
): [Key, Share][] {
  return [...Map.groupBy(shares, keyOf)]
    .map(([key, group]): [Key, Share] => [key, shareOf(group)])
    .sort(([, a], [, b]) => b.messages - a.messages);
}

function shareOf(group: readonly CampaignShare[]): Share {
  const messages = (rows: readonly CampaignShare[]) => sumOf(rows.map((row) => row.messages));
  return {
    messages: messages(group),
    segments: sumOf(group.map((row) => row.messages * row.segments)),
    submitted: messages(group.filter(({ isSubmitted }) => isSubmitted)),
    finished: messages(group.filter(isFinished)),
    delivered: messages(group.filter(({ status }) => status === 'delivered')),
    costMicros: group.reduce((sum, row) => sum + row.costMicros, 0n),
  };
}

function encodingsOf(shares: readonly CampaignShare[]): EncodingShare[] {
  return [...Map.groupBy(shares, ({ encoding, segments }) => `${encoding} ${segments}`).values()]
    .map((group) => ({
      encoding: group[0]!.encoding,
      segments: group[0]!.segments,
      messages: sumOf(group.map((row) => row.messages)),
      costMicros: group.reduce((sum, row) => sum + row.costMicros, 0n),
    }))
    .sort((a, b) => a.encoding.localeCompare(b.encoding) || a.segments - b.segments);
}

function moneyOf(shares: readonly CampaignShare[], settled: readonly CampaignMoney[]): CountryMoney[] {
  const amountOf = (country: string, isCharge: boolean) =>
    settled
      .filter((row) => row.country === country && row.isCharge === isCharge)
      .reduce((sum, row) => sum + row.amountMicros, 0n);
  return sharesBy(shares, ({ country }) => country).map(([country, { costMicros }]) => {
    const chargedMicros = amountOf(country, true);
    const releasedMicros = amountOf(country, false);
    return {
      country,
      chargedMicros,
      releasedMicros,
      heldMicros: costMicros - chargedMicros - releasedMicros,
    };
  });
}
