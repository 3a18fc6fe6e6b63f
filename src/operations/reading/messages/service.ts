// Messages of an account for its members: a list with filters, newest first, and one message with its line. Used by the
// console. The list is a progressive search: a call ends after 250 ms with the matches so far and how far back it has looked.
import type { Account } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { errorPatternOf } from '#domain/delivery/failure-causes.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { minuteMs } from '#lib/time/duration.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { findCampaignIdAfter } from '#store/campaigns/history.ts';
import {
  type CampaignConditions,
  type FoundCampaign,
  findFirstMessageAfter,
  findLastMessageBefore,
  listContactNames,
  listMessagePage,
  type MessageConditions,
  type NumberTraits,
  type PagedMessage,
  readCampaignWindow,
  readFoundCampaign,
  readFoundCampaignParts,
  readNumberTraits,
} from '#store/campaigns/message-pages.ts';
import { type ExplainedMessage, readTimelineOfAccount } from './timeline.ts';

export interface MessageFilter extends CampaignConditions {
  readonly statuses: readonly MessageStatus[] | null;
  readonly countries: readonly string[] | null;
  /** A whole number, or its last digits. */
  readonly number: { readonly msisdn: number } | { readonly ending: string } | null;
  readonly campaignId: number | null;
  /** Code of a cause (domain/delivery/failure-causes.ts); an unknown one finds nothing. */
  readonly cause: string | null;
  readonly carrier: string | null;
  readonly dialect: DialectName | null;
}

/** The place in the list after which the next page begins. */
interface MessagePlace {
  readonly campaignId: number;
  readonly messageId: number;
}

export interface FoundMessage extends PagedMessage {
  readonly campaign: FoundCampaign;
  readonly contact: string | null;
}

interface FoundMessages {
  readonly messages: readonly FoundMessage[];
  /** Null: the search is at its end. */
  readonly next: MessagePlace | null;
  /** Acceptance of the oldest campaign that was looked at; null: all were. */
  readonly searchedToMs: number | null;
}

export interface MessageDetail {
  readonly timeline: ExplainedMessage;
  readonly traits: NumberTraits;
  readonly older: number | null;
  readonly newer: number | null;
}

interface MessageMethods {
  list(
    account: Account,
    filter: MessageFilter,
    page: { readonly after: MessagePlace | null; readonly limit: number },
  ): Promise<FoundMessages>;
  /** Null: the account has no such message. */
  read(account: Account, id: number): Promise<MessageDetail | null>;
  /** Of a campaign with one message, its message. Null: the account has no such campaign. */
  readCampaign(account: Account, id: number): Promise<FoundCampaign | null>;
  /** What the account knows about a number. */
  readNumber(account: Account, msisdn: number): Promise<NumberTraits>;
}

export type Messages = Guarded<MessageMethods>;

type Needs = Pick<Context, 'database' | 'clock'>;

export function createMessages(context: Needs): Messages {
  const { query } = context.database;
  return guard<MessageMethods>(
    {
      list: (account, filter, page) => search(context, account, filter, page),
      read: (account, id) => readDetail(context, account, id),
      readCampaign: (account, id) => readFoundCampaign(query, account, id),
      readNumber: (account, msisdn) => readNumberTraits(query, account, msisdn),
    },
    {
      list: 'history.read',
      read: 'history.read',
      readCampaign: 'history.read',
      readNumber: 'history.read',
    },
  );
}

/** After this time a call answers with the matches so far. */
const budgetMs = 250;
const firstWindow = 500;
const laterWindow = 5_000;
/** Messages read by the first statement of a call, and at most by a later one. */
const firstMessages = 400;
const mostMessages = 5_000;
/** Ids of campaigns rise with time, but each process reserves a block of them for ten minutes (store/database/ids.ts). */
const idSlackMs = 15 * minuteMs;

interface Search {
  readonly account: Account;
  readonly conditions: MessageConditions;
  readonly found: (PagedMessage & { readonly campaign: FoundCampaign })[];
  readonly limit: number;
  readonly deadlineMs: number;
}

const isOver = (search: Search): boolean => steadyClock.now() >= search.deadlineMs;

async function search(
  context: Needs,
  account: Account,
  filter: MessageFilter,
  { after, limit }: { readonly after: MessagePlace | null; readonly limit: number },
): Promise<FoundMessages> {
  const { query } = context.database;
  const conditions = conditionsOf(filter);
  if (conditions === null) return { messages: [], next: null, searchedToMs: null };
  const deadlineMs = steadyClock.now() + budgetMs;
  const state: Search = { account, conditions, found: [], limit, deadlineMs };
  let place: MessagePlace | null = after;
  if (filter.campaignId !== null) {
    const parts = (await readFoundCampaignParts(query, account, filter.campaignId)).filter(
      ({ id }) => after === null || id <= after.campaignId,
    );
    const next = await readCampaigns(context, state, parts, after);
    return answerOf(context, state, next, parts[0]?.createdAtMs ?? null);
  }
  let searchedToMs: number | null = null;
  // The campaign of the place is read again: the page may have ended within it.
  let beforeId = place === null ? await startOf(context, account, filter) : place.campaignId + 1;
  let size = firstWindow;
  for (;;) {
    const window = await readCampaignWindow(query, account, filter, { beforeId, size });
    if (window.lastId === null) return answerOf(context, state, null, null);
    const next = await readCampaigns(context, state, window.campaigns, place);
    searchedToMs = window.lastAtMs;
    if (next !== null)
      return answerOf(context, state, next, timeOf(window.campaigns, next.campaignId) ?? searchedToMs);
    const isEnd =
      window.size < size || (filter.fromMs !== null && window.lastAtMs! < filter.fromMs - idSlackMs);
    if (isEnd) return answerOf(context, state, null, null);
    beforeId = window.lastId;
    place = null;
    size = laterWindow;
    if (isOver(state))
      return answerOf(context, state, { campaignId: beforeId - 1, messageId: firstOf }, searchedToMs);
  }
}

/** A place before all messages of its campaign and after those of newer campaigns. */
const firstOf = Number.MAX_SAFE_INTEGER;

async function startOf({ database }: Needs, account: Account, { toMs }: MessageFilter): Promise<number> {
  const first = toMs === null ? null : await findCampaignIdAfter(database.query, account, toMs + idSlackMs);
  return first ?? Number.MAX_SAFE_INTEGER;
}

function timeOf(campaigns: readonly FoundCampaign[], id: number): number | undefined {
  return campaigns.find((campaign) => campaign.id === id)?.createdAtMs;
}

/** Returns the place where it stopped, because enough was found or the time is over; null: all were read. */
async function readCampaigns(
  { database: { query } }: Needs,
  state: Search,
  campaigns: readonly FoundCampaign[],
  after: MessagePlace | null,
): Promise<MessagePlace | null> {
  const byId = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  for (const spans of cutIntoSpans(campaigns, after)) {
    const missing = state.limit - state.found.length;
    const messages = await listMessagePage(query, state.account, spans, state.conditions, missing);
    for (const message of messages) state.found.push({ ...message, campaign: byId.get(message.campaignId)! });
    const last = messages.at(-1);
    if (last !== undefined && messages.length === missing)
      return { campaignId: last.campaignId, messageId: last.id };
    const end = spans.at(-1)!;
    if (isOver(state)) return { campaignId: end.campaignId, messageId: end.firstId };
  }
  return null;
}

interface Span {
  readonly campaignId: number;
  readonly firstId: number;
  readonly count: number;
}

/** Groups of spans of 400, then up to 5,000 messages together; a large campaign is cut, from its end on. */
function* cutIntoSpans(campaigns: readonly FoundCampaign[], after: MessagePlace | null): Generator<Span[]> {
  let group: Span[] = [];
  let size = firstMessages;
  let room = size;
  for (const { id, firstMessageId, messageCount } of campaigns) {
    let end = firstMessageId + messageCount;
    if (id === after?.campaignId) end = Math.min(end, after.messageId);
    while (end > firstMessageId) {
      const count = Math.min(room, end - firstMessageId);
      group.push({ campaignId: id, firstId: end - count, count });
      end -= count;
      room -= count;
      if (room > 0) continue;
      yield group;
      group = [];
      size = Math.min(size * 4, mostMessages);
      room = size;
    }
  }
  if (group.length > 0) yield group;
}

/** Null: nothing can fit. */
function conditionsOf(filter: MessageFilter): MessageConditions | null {
  const cause = filter.cause === null ? null : errorPatternOf(filter.cause);
  if (cause === undefined) return null;
  const { number, countries, carrier } = filter;
  const ending = number !== null && 'ending' in number ? number.ending : null;
  let statuses = filter.statuses;
  if (cause?.status !== undefined) {
    if (statuses !== null && !statuses.includes(cause.status)) return null;
    statuses = [cause.status];
  }
  return {
    statuses,
    countries,
    msisdn: number !== null && 'msisdn' in number ? number.msisdn : null,
    ending: ending === null ? null : { digits: Number(ending), modulus: 10 ** ending.length },
    errorPattern: cause?.error ?? null,
    hasNoError: cause !== null && cause.error === null,
    carrier,
  };
}

async function answerOf(
  { database: { query } }: Needs,
  { account, found }: Search,
  next: MessagePlace | null,
  searchedToMs: number | null,
): Promise<FoundMessages> {
  const numbers = [...new Set(found.map(({ msisdn }) => msisdn))];
  const names = await listContactNames(query, account, numbers);
  return {
    messages: found.map((message) => ({ ...message, contact: names.get(message.msisdn) ?? null })),
    next,
    searchedToMs: next === null ? null : searchedToMs,
  };
}

async function readDetail(context: Needs, account: Account, id: number): Promise<MessageDetail | null> {
  const { query } = context.database;
  const timeline = await readTimelineOfAccount(context, account, id);
  if (timeline === null) return null;
  const { campaignId, firstMessageId, campaignMessages, msisdn } = timeline;
  const isFirst = id === firstMessageId;
  const isLast = id === firstMessageId + campaignMessages - 1;
  return {
    timeline,
    traits: await readNumberTraits(query, account, msisdn),
    older: isFirst ? await findLastMessageBefore(query, account, campaignId) : id - 1,
    newer: isLast ? await findFirstMessageAfter(query, account, campaignId) : id + 1,
  };
}
