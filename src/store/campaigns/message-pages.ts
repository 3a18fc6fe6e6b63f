// Pages of an account's messages for the console, newest first, with filters. Reads windows of campaigns and then ranges of
// their messages, so that a rare match costs many short statements and never a long one. Not for the hot path.

import type { AccountKey } from '#domain/account/account.ts';
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { dialectCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  int2,
  int4,
  int8,
  list,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, type RowOf, rows, statement } from '#store/database/statement.ts';

export interface CampaignConditions {
  readonly tag: string | null;
  /** Any case of letters; likewise the text. */
  readonly sender: string | null;
  readonly text: string | null;
  readonly dialect: DialectName | null;
  readonly fromMs: number | null;
  /** Before this instant. */
  readonly toMs: number | null;
}

const windowParams = {
  ...accountParams,
  beforeId: int8,
  size: int4,
  tag: nullable(text),
  sender: nullable(text),
  part: nullable(text),
  dialect: nullable(int2),
  from: nullable(instant),
  to: nullable(instant),
};

const campaignRow = {
  id: int8,
  firstMessageId: int8,
  messageCount: int4,
  sender: nullable(text),
  tag: nullable(text),
  text,
  createdAtMs: instant,
  dialect: code(dialectCodes),
};

const windowRow = {
  /** The last campaign of the window, its time, and the number of campaigns in it. */
  lastId: nullable(int8),
  lastAtMs: nullable(instant),
  size: int8,
  id: nullable(int8),
  firstMessageId: nullable(int8),
  messageCount: nullable(int4),
  sender: nullable(text),
  tag: nullable(text),
  text: nullable(text),
  createdAtMs: nullable(instant),
  dialect: nullable(code(dialectCodes)),
};

type WindowMentions = Readonly<Record<keyof typeof windowParams, string>>;

const windowOf = (p: WindowMentions, condition: string) => `
with page as materialized (
  select c.id, c.first_message_id, c.message_count, c.sender, c.tag, c.text, c.created_at, c.dialect from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id < ${p.beforeId} ${condition}
  order by c.id desc limit ${p.size}
)
select w.last_id as "lastId", w.last_at as "lastAtMs", w.size, c.id, c.first_message_id as "firstMessageId",
  c.message_count as "messageCount", c.sender, c.tag, c.text, c.created_at as "createdAtMs", c.dialect
from (select min(id) as last_id, min(created_at) as last_at, count(*) as size from page) w
left join page c on (${p.tag} is null or c.tag = ${p.tag})
  and (${p.sender} is null or lower(c.sender) = lower(${p.sender}))
  and (${p.part} is null or strpos(lower(c.text), lower(${p.part})) > 0)
  and (${p.dialect} is null or c.dialect = ${p.dialect})
  and (${p.from} is null or c.created_at >= ${p.from}) and (${p.to} is null or c.created_at < ${p.to})
order by c.id desc`;

const readWindow = statement('read_campaign_window', {
  params: windowParams,
  row: windowRow,
  text: (p) => windowOf(p, ''),
});

const readTagWindow = statement('read_campaign_window_of_tag', {
  params: windowParams,
  row: windowRow,
  // Index campaigns_by_tag.
  text: (p) => windowOf(p, `and c.tag = ${p.tag}`),
});

export type FoundCampaign = RowOf<typeof campaignRow>;

export interface CampaignWindow {
  /** Those that fit, newest first. */
  readonly campaigns: readonly FoundCampaign[];
  /** Null: the window is empty. */
  readonly lastId: number | null;
  readonly lastAtMs: number | null;
  readonly size: number;
}

/** The next `size` campaigns before this id, and those of them that fit. */
export async function readCampaignWindow(
  query: Query,
  account: AccountKey,
  conditions: CampaignConditions,
  { beforeId, size }: { readonly beforeId: number; readonly size: number },
): Promise<CampaignWindow> {
  const { text: part, dialect, fromMs: from, toMs: to, tag, sender } = conditions;
  const values = {
    ...valuesOf(account),
    beforeId,
    size,
    tag,
    sender,
    part,
    dialect: dialect === null ? null : dialectCodes.code(dialect),
    from,
    to,
  };
  const found = await (tag === null ? readWindow : readTagWindow).run(query, values);
  const [first] = found;
  return {
    campaigns: found.flatMap((row) => (row.id === null ? [] : [row as FoundCampaign])),
    lastId: first?.lastId ?? null,
    lastAtMs: first?.lastAtMs ?? null,
    size: first?.size ?? 0,
  };
}

const readCampaign = statement('read_found_campaign', {
  params: { ...accountParams, id: int8 },
  row: campaignRow,
  text: (p) => `
select c.id, c.first_message_id as "firstMessageId", c.message_count as "messageCount", c.sender, c.tag, c.text,
  c.created_at as "createdAtMs", c.dialect
from campaigns c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id}`,
});

/** Null if the account has no such campaign. */
export function readFoundCampaign(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<FoundCampaign | null> {
  return readCampaign.find(query, { ...valuesOf(account), id });
}

const readCampaignWithParts = statement('read_found_campaign_with_parts', {
  params: { ...accountParams, id: int8 },
  row: campaignRow,
  text: (p) => `
select c.id, c.first_message_id as "firstMessageId", c.message_count as "messageCount", c.sender, c.tag, c.text,
  c.created_at as "createdAtMs", c.dialect
from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = any(array(
  select ${p.id} union all
  select campaign_id from campaign_origins
  where bucket = ${p.bucket} and account_id = ${p.accountId} and whole_id = ${p.id}))
order by c.id desc`,
});

/** A campaign and its further parts, the newest first. Empty: the account has no such campaign. */
export function readFoundCampaignParts(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<FoundCampaign[]> {
  return readCampaignWithParts.run(query, { ...valuesOf(account), id });
}

export interface MessageConditions {
  /** Null: every status. */
  readonly statuses: readonly MessageStatus[] | null;
  readonly countries: readonly string[] | null;
  readonly msisdn: number | null;
  /** The last digits of the number. */
  readonly ending: { readonly digits: number; readonly modulus: number } | null;
  /** A regular expression on the error; with `hasNoError`, messages without one instead. */
  readonly errorPattern: string | null;
  readonly hasNoError: boolean;
  readonly carrier: string | null;
}

/** Consecutive messages of one campaign. */
export interface MessageSpan {
  readonly campaignId: number;
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
  text: nullable(text),
  carrier: nullable(text),
  isWithCarrier: boolean,
};

/** Without an end and in no chunk, a carrier has it (as in store/campaigns/history.ts). */
const isWithCarrier = (p: {
  readonly bucket: string;
}) => `(m.status = ${messageStatusCodes.accepted} and not exists (
    select from chunks k where k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count))`;

const listPage = statement('list_message_page', {
  params: {
    ...accountParams,
    spans: rows<MessageSpan>({
      campaign_id: of(int8, (s) => s.campaignId),
      first_id: of(int8, (s) => s.firstId),
      message_count: of(int4, (s) => s.count),
    }),
    statuses: nullable(list(int2)),
    countries: nullable(list(text)),
    msisdn: nullable(int8),
    digits: nullable(int8),
    modulus: nullable(int8),
    error: nullable(text),
    hasNoError: boolean,
    carrier: nullable(text),
    limit: int4,
  },
  row: messageRow,
  text: (p) => `
select m.id, m.campaign_id as "campaignId", m.msisdn, m.country, m.status, m.error, m.segments,
  m.cost_micros as "costMicros", m.due_at as "dueAtMs", m.submitted_at as "submittedAtMs", m.done_at as "doneAtMs",
  m.text, case when m.connector_id = 0 then 'simulator' else n.name end as carrier,
  ${isWithCarrier(p)} as "isWithCarrier"
from ${p.spans.as('s')}
cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= s.first_id and m.id < s.first_id + s.message_count
    and (${p.msisdn} is null or m.msisdn = ${p.msisdn})
    and (${p.modulus} is null or m.msisdn % ${p.modulus} = ${p.digits})
    and (${p.countries} is null or m.country = any(${p.countries}))
    and (${p.error} is null or m.error ~ ${p.error}) and (not ${p.hasNoError} or m.error is null)
  offset 0
) m
left join connectors n on n.id = m.connector_id
where m.account_id = ${p.accountId}
  and (${p.statuses} is null
    or case when ${isWithCarrier(p)} then ${messageStatusCodes.submitted} else m.status end = any(${p.statuses}))
  and (${p.carrier} is null or case when m.connector_id = 0 then 'simulator' else n.name end = ${p.carrier})
  and not exists (
    select from hidden_messages h
    where h.bucket = ${p.bucket} and h.account_id = ${p.accountId} and h.message_id = m.id)
order by s.campaign_id desc, m.id desc limit ${p.limit}`,
});

export interface PagedMessage extends Omit<RowOf<typeof messageRow>, 'status' | 'isWithCarrier'> {
  readonly status: MessageStatus;
}

/** The messages of these spans that fit, newest first; at most `limit`. */
export async function listMessagePage(
  query: Query,
  account: AccountKey,
  spans: readonly MessageSpan[],
  conditions: MessageConditions,
  limit: number,
): Promise<PagedMessage[]> {
  const { statuses, countries, msisdn, ending, errorPattern: error, hasNoError, carrier } = conditions;
  const found = await listPage.run(query, {
    ...valuesOf(account),
    spans,
    statuses: statuses?.map((status) => messageStatusCodes[status]) ?? null,
    countries,
    msisdn,
    digits: ending?.digits ?? null,
    modulus: ending?.modulus ?? null,
    error,
    hasNoError,
    carrier,
    limit,
  });
  return found.map(({ isWithCarrier, status, ...row }) => ({
    ...row,
    status: isWithCarrier ? 'submitted' : messageStatus(status),
  }));
}

const listNames = statement('list_contact_names', {
  params: { ...accountParams, numbers: list(int8) },
  row: { msisdn: int8, name: text },
  text: (p) => `
select msisdn, trim(first_name || ' ' || last_name) as name from contacts
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = any(${p.numbers})
  and (first_name <> '' or last_name <> '')`,
});

/** Names of the contacts with these numbers. */
export async function listContactNames(
  query: Query,
  account: AccountKey,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map();
  const found = await listNames.run(query, { ...valuesOf(account), numbers });
  return new Map(found.map(({ msisdn, name }) => [msisdn, name]));
}

const findNext = statement('find_newer_campaign', {
  params: { ...accountParams, id: int8 },
  row: { firstMessageId: int8 },
  text: (p) => `
select c.first_message_id as "firstMessageId" from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id > ${p.id} order by c.id limit 1`,
});

/** The first message of the next campaign; null: it is the newest. */
export async function findFirstMessageAfter(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<number | null> {
  return (await findNext.find(query, { ...valuesOf(account), id: campaignId }))?.firstMessageId ?? null;
}

const findFormer = statement('find_older_campaign', {
  params: { ...accountParams, id: int8 },
  row: { lastMessageId: int8 },
  text: (p) => `
select c.first_message_id + c.message_count - 1 as "lastMessageId" from campaigns c
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id < ${p.id} and c.message_count > 0
order by c.id desc limit 1`,
});

/** The last message of the campaign before; null: it is the oldest. */
export async function findLastMessageBefore(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<number | null> {
  return (await findFormer.find(query, { ...valuesOf(account), id: campaignId }))?.lastMessageId ?? null;
}

const readTraits = statement('read_number_traits', {
  params: { ...accountParams, msisdn: int8 },
  row: { isOptedOut: boolean, firstReplyId: nullable(int8), contact: nullable(text) },
  text: (p) => `
select
  exists (select 1 from opt_outs o
    where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn = ${p.msisdn}) as "isOptedOut",
  (select min(r.id) from replies r
    where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.msisdn = ${p.msisdn} and r.hidden_at is null)
    as "firstReplyId",
  (select nullif(trim(c.first_name || ' ' || c.last_name), '') from contacts c
    where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.msisdn = ${p.msisdn}) as contact`,
});

export type NumberTraits = RowOf<typeof readTraits.row>;

/** What an account knows about a number. */
export async function readNumberTraits(
  query: Query,
  account: AccountKey,
  msisdn: number,
): Promise<NumberTraits> {
  return (await readTraits.find(query, { ...valuesOf(account), msisdn }))!;
}
