// The sent messages of an account, newest first: its campaigns in pages, and the messages of such a page. Used by the
// services of the history, of pending messages and of exports. Messages have no index by account: they are found by the
// ranges of ids of their campaigns, so no statement reads a whole table.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { HistoryFilter, SentMessage } from '#domain/delivery/history.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  instant,
  int2,
  int4,
  int8,
  json,
  micros,
  nullable,
  text,
  uuid,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, type RowOf, rows, statement } from '#store/database/statement.ts';

const campaignRow = {
  id: int8,
  firstMessageId: int8,
  messageCount: int4,
  sender: nullable(text),
  tag: nullable(text),
  userId: nullable(int4),
  batchId: nullable(uuid),
  createdAtMs: instant,
  text,
};

/** The common facts of the messages of a campaign. */
export type SentCampaign = Readonly<RowOf<typeof campaignRow>>;

const pageParams = { ...accountParams, beforeId: int8, limit: int4 };

/** The labels with an index, and the type of their column. Only these narrow the pages. */
const labels = {
  tag: ['tag', text],
  userId: ['user_id', int4],
  batchId: ['batch_id', uuid],
} as const;
type Label = keyof typeof labels;

/**
 * One statement for each combination of labels: a condition that a parameter switches off would hide the indexes
 * campaigns_by_tag, campaigns_by_user and campaigns_by_batch from the planner.
 */
function listBeforeBy(narrowed: readonly Label[]) {
  const name = ['list_campaigns_before', ...narrowed.map((label) => labels[label][0])].join('_');
  const labelParams = Object.fromEntries(narrowed.map((label) => [label, labels[label][1]]));
  return statement(name, {
    params: { ...pageParams, ...(labelParams as { readonly [Name in Label]: (typeof labels)[Name][1] }) },
    row: campaignRow,
    text: (p) => `
select c.id, c.first_message_id as "firstMessageId", c.message_count as "messageCount", c.sender, c.tag,
  c.user_id as "userId", c.batch_id as "batchId", c.created_at as "createdAtMs", c.text
from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id < ${p.beforeId}
${narrowed.map((label) => `  and c.${labels[label][0]} = ${p[label]}\n`).join('')}order by c.id desc limit ${p.limit}`,
  });
}

const labelNames = Object.keys(labels) as Label[];
const keyOf = (narrowed: readonly Label[]) => narrowed.join();

const listBefore = new Map(
  Array.from({ length: 2 ** labelNames.length }, (_, mask) => {
    const narrowed = labelNames.filter((_label, bit) => (mask & (1 << bit)) !== 0);
    return [keyOf(narrowed), listBeforeBy(narrowed)];
  }),
);

/** The next campaigns before this one, newest first. `beforeId` null: from the newest campaign on. */
export function listCampaignsBefore(
  query: Query,
  account: AccountKey,
  filter: HistoryFilter,
  { beforeId, limit }: { readonly beforeId: number | null; readonly limit: number },
): Promise<SentCampaign[]> {
  const narrowed = labelNames.filter((label) => filter[label] !== undefined);
  const values = { ...valuesOf(account), beforeId: beforeId ?? Number.MAX_SAFE_INTEGER, limit };
  const { tag, userId, batchId } = filter as Required<HistoryFilter>;
  return listBefore.get(keyOf(narrowed))!.run(query, { ...values, tag, userId, batchId });
}

const findNext = statement('next_campaign', {
  params: { ...accountParams, id: int8 },
  row: { id: int8, createdAtMs: instant },
  text: (p) => `
select c.id, c.created_at as "createdAtMs" from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id >= ${p.id} order by c.id limit 1`,
});

/** The first campaign of the account at or after this id. */
function findNextCampaign(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<{ readonly id: number; readonly createdAtMs: number } | null> {
  return findNext.find(query, { ...valuesOf(account), id });
}

const findSpan = statement('find_campaign_span', {
  params: accountParams,
  row: { firstId: nullable(int8), lastId: nullable(int8) },
  text: (p) => `
select (
  select id from campaigns where bucket = ${p.bucket} and account_id = ${p.accountId} order by id limit 1
) as "firstId", (
  select id from campaigns where bucket = ${p.bucket} and account_id = ${p.accountId} order by id desc limit 1
) as "lastId"`,
});

/** The first and the last campaign of the account. Null if it has none. */
async function findCampaignSpan(
  query: Query,
  account: AccountKey,
): Promise<{ readonly firstId: number; readonly lastId: number } | null> {
  const { firstId, lastId } = (await findSpan.find(query, valuesOf(account)))!;
  return firstId === null || lastId === null ? null : { firstId, lastId };
}

/** Consecutive messages of one campaign. */
export interface MessageRange {
  readonly campaign: SentCampaign;
  readonly firstId: number;
  readonly count: number;
}

const messageRow = {
  id: int8,
  campaignId: int8,
  msisdn: int8,
  country: text,
  status: int2,
  error: nullable(text),
  segments: int2,
  costMicros: micros,
  dueAtMs: instant,
  submittedAtMs: nullable(instant),
  doneAtMs: nullable(instant),
  ownText: nullable(text),
  isWithCarrier: boolean,
};
const messageColumns = `m.id, m.campaign_id as "campaignId", m.msisdn, m.country, m.status, m.error, m.segments,
  m.cost_micros as "costMicros", m.due_at as "dueAtMs", m.submitted_at as "submittedAtMs", m.done_at as "doneAtMs",
  m.text as "ownText"`;

/** The message `m` is in the history: neither hidden nor cancelled by the customer. */
const isShown = (p: Readonly<Record<'bucket' | 'accountId', string>>) => `
  (m.status <> ${messageStatusCodes.cancelled} or m.error is not null)
  and not exists (
    select 1 from hidden_messages h
    where h.bucket = ${p.bucket} and h.account_id = ${p.accountId} and h.message_id = m.id
  )`;

const listSent = statement('list_sent', {
  params: {
    ...accountParams,
    ranges: rows<MessageRange>({
      first_id: of(int8, ({ firstId }) => firstId),
      message_count: of(int4, ({ count }) => count),
    }),
    msisdn: nullable(int8),
  },
  row: messageRow,
  // An accepted message without a chunk was submitted to a carrier: a chunk is cheaper to find than its references, which
  // have no index by message.
  text: (p) => `
select ${messageColumns}, m.status = ${messageStatusCodes.accepted} and not exists (
    select 1 from chunks k where k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count
  ) as "isWithCarrier"
from ${p.ranges.as('r')}
cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= r.first_id and m.id < r.first_id + r.message_count
    and (${p.msisdn} is null or m.msisdn = ${p.msisdn})
  offset 0
) m
where ${isShown(p)}
order by m.id desc`,
});

/** The messages of these ranges, newest first. `msisdn` null: to every phone. */
export async function listSentMessages(
  query: Query,
  account: AccountKey,
  ranges: readonly MessageRange[],
  msisdn: number | null,
): Promise<SentMessage[]> {
  const messages = await listSent.run(query, { ...valuesOf(account), ranges, msisdn });
  const campaigns = new Map(ranges.map(({ campaign }) => [campaign.id, campaign]));
  return messages.map((message) => toSent(message, campaigns.get(message.campaignId)!));
}

const listSentIds = statement('list_sent_ids', {
  params: {
    ...accountParams,
    ranges: rows<SentSpan>({
      first_id: of(int8, ({ firstId }) => firstId),
      message_count: of(int4, ({ count }) => count),
    }),
    msisdn: nullable(int8),
    now: instant,
  },
  row: { id: int8 },
  text: (p) => `
select m.id
from ${p.ranges.as('r')}
cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= r.first_id and m.id < r.first_id + r.message_count
    and (${p.msisdn} is null or m.msisdn = ${p.msisdn})
  offset 0
) m
where ${isShown(p)} and (m.status <> ${messageStatusCodes.accepted} or m.due_at <= ${p.now})`,
});

/** Ids, in any order, of the messages of these ranges that do not wait for their date. A tenth of the cost of whole messages. */
export async function findSentIds(
  query: Query,
  account: AccountKey,
  ranges: readonly SentSpan[],
  { msisdn, nowMs }: { readonly msisdn: number | null; readonly nowMs: number },
): Promise<number[]> {
  const found = await listSentIds.run(query, { ...valuesOf(account), ranges, msisdn, now: nowMs });
  return found.map(({ id }) => id);
}

const readSent = statement('read_sent', {
  params: { ...accountParams, id: int8 },
  row: {
    ...messageRow,
    sender: nullable(text),
    tag: nullable(text),
    userId: nullable(int4),
    batchId: nullable(uuid),
    createdAtMs: instant,
    text,
    referencedAtMs: nullable(instant),
  },
  text: (p) => `
select ${messageColumns}, m.status = ${messageStatusCodes.accepted} and r.at is not null as "isWithCarrier",
  c.sender, c.tag, c.user_id as "userId", c.batch_id as "batchId", c.created_at as "createdAtMs", c.text,
  r.at as "referencedAtMs"
from messages m
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = m.campaign_id offset 0
) c
cross join lateral (
  select min(r.at) as at from carrier_references r
  where m.submitted_at is null and r.bucket = ${p.bucket} and r.message_id = m.id
) r
where m.bucket = ${p.bucket} and m.id = ${p.id} and m.account_id = ${p.accountId} and ${isShown(p)}`,
});

const listSpans = statement('list_sent_spans', {
  params: { ...accountParams, beforeId: int8, limit: int4 },
  row: { count: int8, lastId: nullable(int8), singles: nullable(text), others: json<readonly SentSpan[]>() },
  // A campaign in the table has all its messages, so the id of a message that was neither cancelled nor has a date ahead is
  // known without reading it: 236,000 campaigns of one message took 3.3 s by their messages. Numbers as text: the driver reads
  // an array octet by octet.
  text: (p) => `
with page as materialized (
  select id, first_message_id, message_count, message_count = 1 and cancelled_at is null and last_due_at is null as is_known
  from campaigns
  where bucket = ${p.bucket} and account_id = ${p.accountId} and id < ${p.beforeId} order by id desc limit ${p.limit}
)
select count(*) as count, min(id) as "lastId", string_agg(first_message_id::text, ' ') filter (where is_known) as singles,
  coalesce(jsonb_agg(jsonb_build_object('firstId', first_message_id, 'count', message_count) order by id desc)
    filter (where not is_known and message_count > 0), '[]') as others
from page`,
});

/** Consecutive ids. */
export interface SentSpan {
  readonly firstId: number;
  readonly count: number;
}

interface SentSpans {
  /** Campaigns that were read; fewer than the limit: there are no older ones. */
  readonly campaigns: number;
  /** The oldest of them; null: none. */
  readonly lastId: number | null;
  /** Messages that the history shows unless their customer hid them. */
  readonly singles: readonly number[];
  /** Of the other campaigns, the newest first: their messages must be read. */
  readonly others: readonly SentSpan[];
}

/** The ids of messages of all campaigns before this one, without their rows. */
export async function listSentSpans(
  query: Query,
  account: AccountKey,
  { beforeId, limit }: { readonly beforeId: number | null; readonly limit: number },
): Promise<SentSpans> {
  const values = { ...valuesOf(account), beforeId: beforeId ?? Number.MAX_SAFE_INTEGER, limit };
  const { count, lastId, singles, others } = (await listSpans.find(query, values))!;
  return {
    campaigns: count,
    lastId,
    singles: singles === null ? [] : singles.split(' ').map(Number),
    others,
  };
}

const listHidden = statement('list_hidden_ids', {
  params: accountParams,
  row: { id: int8 },
  text: (p) => `
select message_id as id from hidden_messages where bucket = ${p.bucket} and account_id = ${p.accountId}`,
});

/** Messages that the customer removed from the history. */
export async function listHiddenIds(query: Query, account: AccountKey): Promise<Set<number>> {
  return new Set((await listHidden.run(query, valuesOf(account))).map(({ id }) => id));
}

/** Null if the account has no such message, or the history does not show it. */
export async function readSentMessage(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<SentMessage | null> {
  const row = await readSent.find(query, { ...valuesOf(account), id });
  if (row === null) return null;
  const sent = toSent(row, row);
  return { ...sent, submittedAtMs: sent.submittedAtMs ?? row.referencedAtMs };
}

function toSent(
  { status, isWithCarrier, ownText, campaignId: _, ...message }: RowOf<typeof messageRow>,
  campaign: Omit<SentCampaign, 'id' | 'firstMessageId' | 'messageCount'>,
): SentMessage {
  const { sender, tag, userId, batchId, createdAtMs } = campaign;
  const { id, msisdn, country, error, segments, costMicros, dueAtMs, submittedAtMs, doneAtMs } = message;
  return {
    ...{ id, msisdn, country, status: isWithCarrier ? 'submitted' : messageStatus(status), error },
    wasTaken: isWithCarrier || submittedAtMs !== null,
    ...{ segments, costMicros, createdAtMs, dueAtMs, submittedAtMs, doneAtMs },
    ...{ text: ownText ?? campaign.text, sender, tag, userId, batchId },
  };
}

const hide = statement('hide_message', {
  params: { ...accountParams, id: int8, now: instant },
  row: { id: int8 },
  text: (p) => `
insert into hidden_messages (bucket, account_id, message_id, at)
select ${p.bucket}, ${p.accountId}, m.id, ${p.now} from messages m
where m.bucket = ${p.bucket} and m.id = ${p.id} and m.account_id = ${p.accountId}
on conflict do nothing returning message_id as id`,
});

/** False if the account has no such message, or it is hidden. */
export async function hideMessage(
  query: Query,
  account: AccountKey,
  id: number,
  nowMs: number,
): Promise<boolean> {
  return (await hide.find(query, { ...valuesOf(account), id, now: nowMs })) !== null;
}

/** An id above those of all campaigns accepted before this instant, found by binary search; null if all were. */
export async function findCampaignIdAfter(
  query: Query,
  account: AccountKey,
  atMs: number,
): Promise<number | null> {
  const span = await findCampaignSpan(query, account);
  if (span === null) return null;
  let { firstId: low, lastId: high } = span;
  // Invariant: campaigns below `low` are before the instant; those at `high` and above are not, or do not exist.
  high++;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = await findNextCampaign(query, account, middle);
    if (next === null || next.id >= high || next.createdAtMs > atMs) high = middle;
    else low = next.id + 1;
  }
  return low;
}
