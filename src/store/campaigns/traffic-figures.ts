// Counts of an account's messages by time of acceptance and status, for the home page, as far as traffic-counts.ts does not have
// them yet. Reads every message of the period, so a caller limits its time. Used by the overview service.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, int8, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const countRow = {
  atMs: instant,
  status: int2,
  error: nullable(text),
  messages: int8,
};
export type TrafficCount = RowOf<typeof countRow>;

const count = statement('count_traffic', {
  params: { ...accountParams, fromId: int8, from: instant, step: text },
  row: countRow,
  text: (p) => `
select date_bin(${p.step}::interval, c.created_at, '2000-01-01 00:00:00+00') as "atMs", (case
  when m.status = ${messageStatusCodes.accepted} and not exists (
    select 1 from chunks k where k.bucket = ${p.bucket} and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count) then ${messageStatusCodes.submitted} else m.status end)::smallint as status, m.error,
  count(*) as messages
from campaigns c
join messages m on m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id >= ${p.fromId} and c.created_at >= ${p.from}
group by 1, 2, 3`,
});

/** By steps of the time of acceptance. `fromId`: of the first campaign that can be in the period. */
export function countTraffic(
  query: Query,
  account: AccountKey,
  period: { readonly fromId: number; readonly from: number; readonly step: string },
): Promise<TrafficCount[]> {
  return count.run(query, { ...valuesOf(account), ...period });
}

const campaignRow = {
  id: int8,
  text,
  sender: nullable(text),
  tag: nullable(text),
  messages: int4,
  waiting: int8,
  createdAtMs: instant,
  dueAtMs: instant,
  review: nullable(text),
  cues: nullable(list(text)),
};
export type WaitingCampaign = RowOf<typeof campaignRow>;

type Mentions = Readonly<Record<'bucket' | 'accountId', string>>;

/** Messages of the campaign `c` that no carrier has taken. */
const waitingOf = (p: Mentions, c: string) => `
  (select coalesce(sum(k.message_count), 0) from chunks k where k.bucket = ${p.bucket}
    and k.id >= ${c}.first_message_id and k.id < ${c}.first_message_id + ${c}.message_count)`;

/** The id of the campaign of which `c` is a part, or its own: a list of more than 20,000 recipients has several parts. */
const wholeOf = (p: Mentions) => `coalesce((
  select w.id from campaign_origins g join campaigns w
    on w.bucket = ${p.bucket} and w.account_id = ${p.accountId} and w.id = g.whole_id
  where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.campaign_id = c.id), c.id)`;

/** Sums over the parts of the campaign `c`, as `s`. */
const sumsOfParts = (p: Mentions) => `
cross join lateral (
  select sum(q.message_count)::integer as messages, sum(${waitingOf(p, 'q')})::bigint as waiting, min(q.due_at) as due_at
  from (
    select c.id union all
    select g.campaign_id from campaign_origins g
    where g.bucket = ${p.bucket} and g.account_id = ${p.accountId} and g.whole_id = c.id and g.campaign_id <> c.id
  ) part
  join campaigns q on q.bucket = ${p.bucket} and q.account_id = ${p.accountId} and q.id = part.id
) s`;

const listWaiting = statement('list_waiting_campaigns', {
  params: { ...accountParams, now: instant, limit: int4 },
  row: campaignRow,
  // Index campaigns_waiting: campaigns whose last message was due later than their acceptance.
  text: (p) => `
with wanted as (
  select ${wholeOf(p)} as id, min(c.due_at) as due_at from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.last_due_at >= ${p.now} and c.cancelled_at is null
  group by 1 order by 2 limit ${p.limit}
)
select c.id, c.text, c.sender, c.tag, s.messages, s.waiting, c.created_at as "createdAtMs", n.due_at as "dueAtMs",
  v.state as review, v.cues
from wanted n
join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = n.id${sumsOfParts(p)}
left join campaign_reviews v
  on v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.campaign_id = c.id and v.state = 'held'
order by n.due_at, c.id`,
});

/** Campaigns with a due time ahead, the next first. One in several parts is one, also below. */
export function listWaitingCampaigns(
  query: Query,
  account: AccountKey,
  nowMs: number,
  limit: number,
): Promise<WaitingCampaign[]> {
  return listWaiting.run(query, { ...valuesOf(account), now: nowMs, limit });
}

const listHeld = statement('list_held_campaigns', {
  params: { ...accountParams, limit: int4 },
  row: { id: int8, atMs: instant, cues: list(text), messages: int4 },
  text: (p) => `
select h.id, h.at as "atMs", r.cues, h.messages from (
  select ${wholeOf(p)} as id, min(v.at) as at, min(c.id) as first_id, sum(c.message_count)::integer as messages
  from campaign_reviews v
  join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = v.campaign_id
  where v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.state = 'held' group by 1
) h
join campaign_reviews r on r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.campaign_id = h.first_id
order by h.at limit ${p.limit}`,
});

/** Campaigns that wait for the decision of the operator, oldest first. */
export function listHeldCampaigns(
  query: Query,
  account: AccountKey,
  limit: number,
): Promise<
  { readonly id: number; readonly atMs: number; readonly cues: string[]; readonly messages: number }[]
> {
  return listHeld.run(query, { ...valuesOf(account), limit });
}

const listRunning = statement('list_running_campaigns', {
  params: { ...accountParams, fromId: int8, limit: int4 },
  row: campaignRow,
  text: (p) => `
with wanted as (
  select ${wholeOf(p)} as id from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id >= ${p.fromId} and c.message_count > 1
    and c.due_at <= now() and c.cancelled_at is null and ${waitingOf(p, 'c')} > 0
  group by 1 order by 1 desc limit ${p.limit}
)
select c.id, c.text, c.sender, c.tag, s.messages, s.waiting, c.created_at as "createdAtMs", s.due_at as "dueAtMs",
  null as review, null::text[] as cues
from wanted n
join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = n.id${sumsOfParts(p)}
order by c.id desc`,
});

/** Campaigns of several messages, accepted since `fromId`, of which some wait and some may have left; newest first. */
export function listRunningCampaigns(
  query: Query,
  account: AccountKey,
  fromId: number,
  limit: number,
): Promise<WaitingCampaign[]> {
  return listRunning.run(query, { ...valuesOf(account), fromId, limit });
}

const readSteps = statement('read_first_steps', {
  params: accountParams,
  row: { hasSent: boolean, hasKey: boolean, waitingSenders: int8, waitingTemplates: int8, openOrders: int8 },
  text: (p) => `
select
  exists (select 1 from campaigns c where c.bucket = ${p.bucket} and c.account_id = ${p.accountId}) as "hasSent",
  exists (select 1 from users u where u.bucket = ${p.bucket} and u.account_id = ${p.accountId}) as "hasKey",
  (select count(*) from senders s
    where s.bucket = ${p.bucket} and s.account_id = ${p.accountId} and s.status = 'waiting') as "waitingSenders",
  (select count(*) from message_templates t
    where t.bucket = ${p.bucket} and t.account_id = ${p.accountId} and t.status = 'waiting') as "waitingTemplates",
  (select count(*) from orders o
    where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.status = 'open') as "openOrders"`,
});

export type FirstSteps = RowOf<typeof readSteps.row>;

/** `hasKey`: a login of a user; other keys are in tables without a bucket. */
export async function readFirstSteps(query: Query, account: AccountKey): Promise<FirstSteps> {
  return (await readSteps.find(query, valuesOf(account)))!;
}
