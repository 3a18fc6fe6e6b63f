// The inbox of an account: conversations by phone, with the latest reply of each, and one thread of replies and messages. Used
// by the conversations service. A conversation is named by the first reply of its phone.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, int8, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const conversationRow = {
  id: int8,
  conversationId: int8,
  msisdn: int8,
  contact: nullable(text),
  recipient: text,
  text,
  atMs: instant,
  isUnread: boolean,
  isHandled: boolean,
  handledBy: nullable(text),
  isOptedOut: boolean,
  optedOutAtMs: nullable(instant),
};

type Mentions = { readonly bucket: string; readonly accountId: string };

/** Index replies_by_phone serves the subqueries. */
const columns = (p: Mentions) => `r.id,
  (select min(f.id) from replies f where f.bucket = ${p.bucket} and f.account_id = ${p.accountId}
    and f.msisdn = r.msisdn and f.hidden_at is null) as "conversationId",
  r.msisdn,
  (select nullif(trim(c.first_name || ' ' || c.last_name), '') from contacts c
    where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.msisdn = r.msisdn) as contact,
  r.recipient, r.text, r.at as "atMs", r.read_at is null as "isUnread", r.handled_at is not null as "isHandled",
  r.handled_by as "handledBy", o.at is not null as "isOptedOut", o.at as "optedOutAtMs"`;

const isLatest = (p: Mentions) => `not exists (
    select 1 from replies n where n.bucket = ${p.bucket} and n.account_id = ${p.accountId} and n.msisdn = r.msisdn
      and n.id > r.id and n.hidden_at is null)`;

const optOut = (p: Mentions) => `left join opt_outs o
  on o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn = r.msisdn`;

const list = statement('list_conversations', {
  params: {
    ...accountParams,
    beforeId: int8,
    tab: word<InboxTab>(),
    recipient: nullable(text),
    campaignId: nullable(int8),
    limit: int4,
  },
  row: conversationRow,
  text: (p) => `
select ${columns(p)}
from replies r ${optOut(p)}
where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.id < ${p.beforeId} and r.hidden_at is null
  and r.msisdn is not null and ${isLatest(p)}
  and (${p.recipient} is null or ltrim(r.recipient, '+0') = ltrim(${p.recipient}, '+0'))
  and (${p.campaignId} is null or r.campaign_id = ${p.campaignId})
  and case ${p.tab} when 'unhandled' then r.handled_at is null when 'opt-outs' then o.at is not null else true end
order by r.id desc limit ${p.limit}`,
});

type InboxTab = 'unhandled' | 'all' | 'opt-outs';
export type ListedConversation = RowOf<typeof conversationRow>;

export interface ConversationFilter {
  readonly tab: InboxTab;
  readonly recipient: string | null;
  readonly campaignId: number | null;
}

/** The next conversations by their latest replies before this one, newest first. */
export function listConversations(
  query: Query,
  account: AccountKey,
  filter: ConversationFilter,
  page: { readonly beforeId: number; readonly limit: number },
): Promise<ListedConversation[]> {
  return list.run(query, { ...valuesOf(account), ...filter, ...page });
}

const read = statement('read_conversation', {
  params: { ...accountParams, id: int8 },
  row: conversationRow,
  text: (p) => `
select ${columns(p)}
from replies first
join replies r on r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.msisdn = first.msisdn
  and r.hidden_at is null
${optOut(p)}
where first.bucket = ${p.bucket} and first.account_id = ${p.accountId} and first.id = ${p.id}
order by r.id desc limit 1`,
});

/** `id`: of any reply of the phone. Null if the account has no such reply. */
export function readConversation(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<ListedConversation | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const entryRow = {
  kind: word<'reply' | 'message'>(),
  id: int8,
  text,
  /** Microseconds since the epoch: the key of a page must be exact. */
  atMicros: int8,
  status: nullable(int2),
  isSubmitted: boolean,
  campaignId: nullable(int8),
  isOptOut: boolean,
};

const listThread = statement('list_thread', {
  params: { ...accountParams, msisdn: int8, beforeMicros: int8, beforeId: int8, limit: int4 },
  row: entryRow,
  // Messages are found by conversations_by_phone: those that a reply can answer.
  text: (p) => `
select e.kind, e.id, e.text, e.micros as "atMicros", e.status, e.is_submitted as "isSubmitted",
  e.campaign_id as "campaignId", e.is_opt_out as "isOptOut"
from (
  select 'reply' as kind, r.id, r.text, (extract(epoch from r.at) * 1000000)::bigint as micros,
    null::smallint as status, false as is_submitted, r.campaign_id, r.is_opt_out
  from replies r
  where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.msisdn = ${p.msisdn} and r.hidden_at is null
  union all
  select 'message', m.id, coalesce(m.text, c.text), (extract(epoch from m.due_at) * 1000000)::bigint, m.status,
    exists (select 1 from carrier_references f where f.bucket = ${p.bucket} and f.message_id = m.id), m.campaign_id, false
  from conversations v
  join messages m on m.bucket = ${p.bucket} and m.id = v.message_id
  join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = m.campaign_id
  where v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.msisdn = ${p.msisdn}
) e
where (e.micros, e.id) < (${p.beforeMicros}, ${p.beforeId})
order by e.micros desc, e.id desc limit ${p.limit}`,
});

export type ThreadEntry = RowOf<typeof entryRow>;

/** Replies of the phone and messages to it, newest first, before this place. */
export function listThreadEntries(
  query: Query,
  account: AccountKey,
  msisdn: number,
  page: { readonly beforeMicros: number; readonly beforeId: number; readonly limit: number },
): Promise<ThreadEntry[]> {
  return listThread.run(query, { ...valuesOf(account), msisdn, ...page });
}

const mark = statement('mark_conversation', {
  params: {
    ...accountParams,
    msisdn: int8,
    isRead: nullable(boolean),
    isHandled: nullable(boolean),
    by: text,
    now: instant,
  },
  text: (p) => `
update replies set
  read_at = case when ${p.isRead} is null then read_at when ${p.isRead} then coalesce(read_at, ${p.now}) end,
  handled_at = case when ${p.isHandled} is null then handled_at when ${p.isHandled} then coalesce(handled_at, ${p.now}) end,
  handled_by = case when ${p.isHandled} is null then handled_by when ${p.isHandled} then coalesce(handled_by, ${p.by}) end
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = ${p.msisdn}`,
});

export interface Marks {
  /** Null: not changed. */
  readonly isRead: boolean | null;
  readonly isHandled: boolean | null;
  readonly by: string;
}

/** Marks all replies of the phone. */
export async function markConversation(
  query: Query,
  account: AccountKey,
  msisdn: number,
  marks: Marks,
  nowMs: number,
): Promise<void> {
  await mark.run(query, { ...valuesOf(account), msisdn, ...marks, now: nowMs });
}

const count = statement('count_unhandled_conversations', {
  params: { ...accountParams, limit: int4 },
  row: { count: int8 },
  text: (p) => `
select count(*) as count from (
  select 1 from replies r
  where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.hidden_at is null and r.msisdn is not null
    and r.handled_at is null and ${isLatest(p)}
  order by r.id desc limit ${p.limit}
) u`,
});

/** At most `limit` are counted. */
export async function countUnhandled(query: Query, account: AccountKey, limit: number): Promise<number> {
  return (await count.find(query, { ...valuesOf(account), limit }))!.count;
}
