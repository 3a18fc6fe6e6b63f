// Campaigns of an account for the console: windows of the list, newest first, and the facts of one. Used by the service of
// campaign reports. Never counts messages: the state of a campaign comes from its chunks.
import type { AccountKey } from '#domain/account/account.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { dialectCodes, purposeCodes, tierCodes } from '#store/database/codes.ts';
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
import { type RowOf, statement } from '#store/database/statement.ts';

export interface CampaignFilter {
  readonly dialect: DialectName | null;
  readonly tag: string | null;
  /** Any case of letters; likewise the text. */
  readonly sender: string | null;
  /** Part of the text. */
  readonly part: string | null;
  readonly fromMs: number | null;
  /** Before this instant. */
  readonly toMs: number | null;
}

/** Columns of the campaign `c`, of its review `v`, its pause `z` and its chunks `k`. */
const listedRow = {
  campaignId: int8,
  dialect: code(dialectCodes),
  text,
  sender: nullable(text),
  purpose: code(purposeCodes),
  tag: nullable(text),
  firstMessageId: int8,
  messageCount: int4,
  segments: int4,
  costMicros: micros,
  skipped: int4,
  createdAtMs: instant,
  dueAtMs: instant,
  lastDueAtMs: nullable(instant),
  cancelledAtMs: nullable(instant),
  review: nullable(text),
  cues: nullable(list(text)),
  isPaused: boolean,
  inChunks: int8,
  claimed: int8,
  nextDueAtMs: nullable(instant),
};

const listedColumns = `c.id as "campaignId", c.dialect, c.text, c.sender, c.purpose, c.tag,
  c.first_message_id as "firstMessageId", c.message_count as "messageCount", c.segments, c.cost_micros as "costMicros",
  coalesce(jsonb_array_length(c.failures), 0) as skipped, c.created_at as "createdAtMs", c.due_at as "dueAtMs",
  c.last_due_at as "lastDueAtMs", c.cancelled_at as "cancelledAtMs", v.state as review, v.cues,
  z.campaign_id is not null as "isPaused", k."inChunks", k."claimed", k."nextDueAtMs"`;

/** A chunk can begin before the campaign and end behind it: it then has messages of other campaigns too. */
const listedJoins = (p: Readonly<Record<'bucket' | 'accountId', string>>) => `
left join campaign_reviews v on v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.campaign_id = c.id
left join campaign_pauses z on z.bucket = ${p.bucket} and z.account_id = ${p.accountId} and z.campaign_id = c.id
cross join lateral (
  select coalesce(sum(own.messages), 0)::bigint as "inChunks",
    coalesce(sum(own.messages) filter (where own.process_id is not null), 0)::bigint as "claimed",
    nullif(min(own.due_at) filter (where own.process_id is null), 'infinity') as "nextDueAtMs"
  from (
    select h.process_id, h.due_at, least(h.id + h.message_count, c.first_message_id + c.message_count)
      - greatest(h.id, c.first_message_id) as messages
    from chunks h
    where h.bucket = ${p.bucket} and h.id > c.first_message_id - ${maxChunkSize}
      and h.id < c.first_message_id + c.message_count and h.id + h.message_count > c.first_message_id
  ) own
) k`;

const windowParams = {
  ...accountParams,
  beforeId: int8,
  size: int4,
  dialect: nullable(code(dialectCodes)),
  tag: nullable(text),
  sender: nullable(text),
  part: nullable(text),
  from: nullable(instant),
  to: nullable(instant),
};

export type ListedCampaign = RowOf<typeof listedRow>;

/** Parts of a larger campaign are counted with their whole. */
const isWhole = (p: Readonly<Record<'bucket' | 'accountId', string>>) => `
    and not exists (
      select from campaign_origins g
      where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.campaign_id = c.id and g.whole_id is not null)`;

function listWindow(name: string, only: string) {
  return statement(name, {
    params: windowParams,
    row: listedRow,
    // The window is read first: a rare sender costs many short statements and never a long one.
    text: (p) => `
select ${listedColumns}
from (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id < ${p.beforeId}${only}${isWhole(p)}
  order by c.id desc limit ${p.size}
) c${listedJoins(p)}
where (${p.dialect} is null or c.dialect = ${p.dialect}) and (${p.tag} is null or c.tag = ${p.tag})
  and (${p.sender} is null or lower(c.sender) = lower(${p.sender}))
  and (${p.part} is null or strpos(lower(c.text), lower(${p.part})) > 0)
  and (${p.from} is null or c.created_at >= ${p.from}) and (${p.to} is null or c.created_at < ${p.to})
order by c.id desc`,
  });
}

function endOfWindow(name: string, only: string) {
  return statement(name, {
    params: { ...accountParams, beforeId: int8, size: int4 },
    row: { lastId: nullable(int8), lastAtMs: nullable(instant), size: int8 },
    text: (p) => `
select min(w.id) as "lastId", min(w.created_at) as "lastAtMs", count(*) as size
from (
  select c.id, c.created_at from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id < ${p.beforeId}${only}${isWhole(p)}
  order by c.id desc limit ${p.size}
) w`,
  });
}

// Index campaigns_of_many: two statements each, because a condition that a parameter switches off would hide the index.
const ofMany = ' and c.message_count > 1';
const windows = {
  all: listWindow('list_campaign_window', ''),
  many: listWindow('list_campaign_window_of_many', ofMany),
};
const lastOf = {
  all: endOfWindow('end_of_campaign_window', ''),
  many: endOfWindow('end_of_campaign_window_of_many', ofMany),
};

export interface CampaignWindowPlace {
  readonly beforeId: number;
  readonly size: number;
  /** Campaigns of one message too. */
  readonly withSingles: boolean;
}

export interface CampaignWindow {
  /** Those that fit, newest first. */
  readonly campaigns: readonly ListedCampaign[];
  /** The last campaign of the window and its time; null: the window is empty. */
  readonly lastId: number | null;
  readonly lastAtMs: number | null;
  /** Smaller than the size asked for: the window ends with the oldest campaign. */
  readonly size: number;
}

/** The campaigns that fit, of the next `size` campaigns before `beforeId`. */
export async function readCampaignWindowOfList(
  query: Query,
  account: AccountKey,
  { dialect, tag, sender, part, fromMs: from, toMs: to }: CampaignFilter,
  { beforeId, size, withSingles }: CampaignWindowPlace,
): Promise<CampaignWindow> {
  const kind = withSingles ? 'all' : 'many';
  const place = { ...valuesOf(account), beforeId, size };
  const end = (await lastOf[kind].find(query, place))!;
  if (end.lastId === null) return { campaigns: [], ...end };
  const campaigns = await windows[kind].run(query, { ...place, dialect, tag, sender, part, from, to });
  return { campaigns, ...end };
}

const listParts = statement('list_campaign_parts', {
  params: { ...accountParams, wholeIds: list(int8) },
  row: { ...listedRow, wholeId: int8 },
  // Index campaign_origins_of_whole.
  text: (p) => `
select ${listedColumns}, o.whole_id as "wholeId"
from (
  select campaign_id, whole_id from campaign_origins
  where bucket = ${p.bucket} and account_id = ${p.accountId} and whole_id = any(${p.wholeIds})
) o
join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = o.campaign_id${listedJoins(p)}
order by c.id`,
});

export type CampaignPart = RowOf<typeof listParts.row>;

/** The further parts of these campaigns, the oldest first: a list of more than 20,000 recipients has them. */
export function listCampaignParts(
  query: Query,
  account: AccountKey,
  wholeIds: readonly number[],
): Promise<CampaignPart[]> {
  return listParts.run(query, { ...valuesOf(account), wholeIds });
}

const detailRow = {
  ...listedRow,
  tier: code(tierCodes),
  withReplies: boolean,
  messageClass: nullable(int2),
  notes: nullable(list(text)),
  login: nullable(text),
  listName: nullable(text),
  reviewAtMs: nullable(instant),
  reviewedAtMs: nullable(instant),
  pausedBy: nullable(text),
  pausedAtMs: nullable(instant),
};

const readDetail = statement('read_campaign_detail', {
  params: { ...accountParams, campaignId: int8 },
  row: detailRow,
  text: (p) => `
select ${listedColumns}, c.tier, c.with_replies as "withReplies", c.message_class as "messageClass", c.notes,
  (select u.login from users u where u.bucket = ${p.bucket} and u.account_id = ${p.accountId} and u.id = c.user_id) as login,
  (select g.list_name from campaign_origins g
    where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.campaign_id = c.id) as "listName",
  v.at as "reviewAtMs", v.reviewed_at as "reviewedAtMs", z.actor as "pausedBy", z.at as "pausedAtMs"
from campaigns c${listedJoins(p)}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}`,
});

export type CampaignDetail = RowOf<typeof detailRow>;

/** Null: the account has no such campaign. */
export function readCampaignDetail(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<CampaignDetail | null> {
  return readDetail.find(query, { ...valuesOf(account), campaignId });
}
