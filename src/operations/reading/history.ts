// The messages of an account in every dialect for its customer, newest first, in pages, so that neither the database nor
// the memory holds more than one page. A customer can hide messages; they are not deleted, because the ledger and the
// operator need them.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter, SentMessage } from '#domain/delivery/history.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import {
  findCampaignIdAfter,
  findSentIds,
  hideMessage,
  listCampaignsBefore,
  listHiddenIds,
  listSentMessages,
  listSentSpans,
  type MessageRange,
  readSentMessage,
  type SentCampaign,
  type SentSpan,
} from '#store/campaigns/history.ts';
import type { Query } from '#store/database/database.ts';

/** Limit of ids in a list: the newest. */
export const mostListed = 250_000;
/** Limit of campaigns and messages that are read for one list, including those that do not match. */
const mostRowsRead = 1_000_000;
const campaignsAtOnce = 2_000;
const messagesAtOnce = 5_000;
/** Campaigns of one statement that returns ids only. */
const spansAtOnce = 50_000;
/** Ids of campaigns rise with time, but each process reserves a block of them for ten minutes (store/database/ids.ts). */
const idSlackMs = 15 * 60_000;

type Needs = Pick<Context, 'database' | 'clock'>;

interface HistoryMethods {
  /** Ids in rising order of messages that pass the filter and the test: the newest 250,000. */
  list(
    account: Account,
    filter: HistoryFilter,
    isWanted: (message: SentMessage) => boolean,
  ): Promise<readonly number[]>;
  /** The same of the messages that do not wait for their date, without reading them. */
  listIds(account: Account, filter: HistoryFilter): Promise<readonly number[]>;
  /** Null for an unknown id, a message that the filter rejects, or a hidden one. */
  read(account: Account, id: number, filter: HistoryFilter): Promise<SentMessage | null>;
  /** False if it could not be read before. */
  hide(account: Account, id: number, filter: HistoryFilter): Promise<boolean>;
}

export type History = Guarded<HistoryMethods>;

export function createHistory(context: Needs): History {
  return guard<HistoryMethods>(
    {
      list: (account, filter, isWanted) => listSent(context, account, filter, isWanted),
      listIds: (account, filter) => listSentIds(context, account, filter),
      read: (account, id, filter) => readSent(context, account, id, filter),
      hide: (account, id, filter) => hideSent(context, account, id, filter),
    },
    { list: 'history.read', listIds: 'history.read', read: 'history.read', hide: 'history.hide' },
  );
}

interface Page<Message> {
  readonly messages: readonly Message[];
  /** Number of rows that were read, including those that do not match. */
  readonly rowsRead: number;
}

/** Newest first. */
export function walkSent(
  { database: { query } }: Pick<Context, 'database'>,
  account: Account,
  filter: HistoryFilter,
): AsyncGenerator<Page<SentMessage>> {
  const { msisdn = null } = filter;
  return walk(query, account, filter, (ranges) => listSentMessages(query, account, ranges, msisdn));
}

/** Newest first, page by page; `read` reads the messages of a page. */
async function* walk<Message>(
  query: Query,
  account: Account,
  filter: HistoryFilter,
  read: (ranges: readonly MessageRange[]) => Promise<readonly Message[]>,
): AsyncGenerator<Page<Message>> {
  const isWanted = campaignTest(filter);
  const { fromMs = Number.NEGATIVE_INFINITY, untilMs } = filter;
  let beforeId =
    untilMs === undefined ? null : await findCampaignIdAfter(query, account, untilMs + idSlackMs);
  for (;;) {
    const campaigns = await listCampaignsBefore(query, account, filter, { beforeId, limit: campaignsAtOnce });
    yield { messages: [], rowsRead: campaigns.length };
    for (const ranges of cutIntoPages(campaigns.filter(isWanted).map(rangeOf)))
      yield {
        messages: await read(ranges),
        rowsRead: ranges.reduce((sum, { count }) => sum + count, 0),
      };
    const last = campaigns.at(-1);
    if (last === undefined || campaigns.length < campaignsAtOnce) return;
    if (last.createdAtMs < fromMs - idSlackMs) return;
    beforeId = last.id;
  }
}

async function listSent(
  context: Pick<Context, 'database'>,
  account: Account,
  filter: HistoryFilter,
  isWanted: (message: SentMessage) => boolean,
): Promise<number[]> {
  const ids: number[] = [];
  let rows = 0;
  for await (const { messages, rowsRead } of walkSent(context, account, filter)) {
    for (const message of messages) if (isWanted(message)) ids.push(message.id);
    rows += rowsRead;
    if (ids.length >= mostListed || rows >= mostRowsRead) break;
  }
  return newestOf(ids);
}

async function listSentIds(context: Needs, account: Account, filter: HistoryFilter): Promise<number[]> {
  const {
    database: { query },
    clock,
  } = context;
  if (Object.keys(filter).length === 0) return listAllIds(context, account);
  const wanted = { msisdn: filter.msisdn ?? null, nowMs: clock.now() };
  const ids: number[] = [];
  let rows = 0;
  const pages = walk(query, account, filter, (ranges) => findSentIds(query, account, ranges, wanted));
  for await (const { messages, rowsRead } of pages) {
    for (const id of messages) ids.push(id);
    rows += rowsRead;
    if (ids.length >= mostListed || rows >= mostRowsRead) break;
  }
  return newestOf(ids);
}

/** Most clients ask for all. */
async function listAllIds({ database: { query }, clock }: Needs, account: Account): Promise<number[]> {
  const wanted = { msisdn: null, nowMs: clock.now() };
  const hidden = await listHiddenIds(query, account);
  const ids: number[] = [];
  let beforeId: number | null = null;
  for (let rows = 0; ids.length < mostListed && rows < mostRowsRead; ) {
    const limit = spansAtOnce;
    const { campaigns, lastId, singles, others } = await listSentSpans(query, account, { beforeId, limit });
    for (const id of singles) if (!hidden.has(id)) ids.push(id);
    rows += campaigns;
    const newestFirst = others.length === 0 ? [] : singles.toSorted((a, b) => b - a);
    let newerSingles = 0;
    for (const spans of cutIntoPages(others)) {
      for (const id of await findSentIds(query, account, spans, wanted)) ids.push(id);
      rows += spans.reduce((sum, { count }) => sum + count, 0);
      const { firstId } = spans.at(-1)!;
      while (newerSingles < newestFirst.length && newestFirst[newerSingles]! > firstId) newerSingles++;
      if (ids.length - singles.length + newerSingles >= mostListed || rows >= mostRowsRead) break;
    }
    if (campaigns < limit) break;
    beforeId = lastId;
  }
  return newestOf(ids);
}

function newestOf(ids: number[]): number[] {
  return ids.sort((a, b) => a - b).slice(-mostListed);
}

async function readSent(
  { database }: Pick<Context, 'database'>,
  account: Account,
  id: number,
  filter: HistoryFilter,
): Promise<SentMessage | null> {
  const message = await readSentMessage(database.query, account, id);
  if (message === null || !campaignTest(filter)(message)) return null;
  return filter.msisdn === undefined || filter.msisdn === message.msisdn ? message : null;
}

async function hideSent(
  context: Needs,
  account: Account,
  id: number,
  filter: HistoryFilter,
): Promise<boolean> {
  if ((await readSent(context, account, id, filter)) === null) return false;
  return hideMessage(context.database.query, account, id, context.clock.now());
}

function campaignTest(filter: HistoryFilter) {
  const {
    tag,
    userId,
    batchId,
    fromMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
  } = filter;
  const sender = filter.sender === undefined ? undefined : foldAddress(filter.sender);
  return (campaign: Pick<SentMessage, 'sender' | 'tag' | 'userId' | 'batchId' | 'createdAtMs'>): boolean =>
    campaign.createdAtMs >= fromMs &&
    campaign.createdAtMs <= untilMs &&
    (tag === undefined || campaign.tag === tag) &&
    (userId === undefined || campaign.userId === userId) &&
    (batchId === undefined || campaign.batchId === batchId) &&
    (sender === undefined || foldAddress(campaign.sender ?? '') === sender);
}

function rangeOf(campaign: SentCampaign): MessageRange {
  return { campaign, firstId: campaign.firstMessageId, count: campaign.messageCount };
}

/** Groups ranges up to this number of messages; a large campaign is split, from its end on. */
function* cutIntoPages<Range extends SentSpan>(wholes: readonly Range[]): Generator<Range[]> {
  let page: Range[] = [];
  let room = messagesAtOnce;
  for (const whole of wholes) {
    for (let end = whole.firstId + whole.count; end > whole.firstId; ) {
      const count = Math.min(room, end - whole.firstId);
      page.push({ ...whole, firstId: end - count, count });
      end -= count;
      room -= count;
      if (room > 0) continue;
      yield page;
      page = [];
      room = messagesAtOnce;
    }
  }
  if (page.length > 0) yield page;
}
