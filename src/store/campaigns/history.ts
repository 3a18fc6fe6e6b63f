// What an account has sent, newest first: its campaigns in pages, and the messages of such a page. Messages have no index
// by account: they are found by the ranges of ids that their campaigns name, so nothing is read from end to end.

import { messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { HistoryFilter, SentMessage } from '#domain/delivery/history.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** What its messages have in common. */
export interface SentCampaign {
  readonly id: number;
  readonly firstMessageId: number;
  readonly messageCount: number;
  readonly sender: string | null;
  readonly tag: string | null;
  readonly userId: number | null;
  readonly batchId: string | null;
  readonly createdAtMs: number;
  readonly text: string;
}

const campaignColumns = `c.id, c.first_message_id as "firstMessageId", c.message_count as "messageCount", c.sender,
  c.tag, c.user_id as "userId", c.batch_id as "batchId", c.created_at as "createdAtMs", c.text`;

/** Only what has an index narrows the pages; each has a condition of its own, so that the index is seen to serve it. */
const labels = [
  ['tag', 'c.tag = '],
  ['userId', 'c.user_id = '],
  ['batchId', 'c.batch_id = '],
] as const;

/** The next campaigns before this one, newest first; from the newest on when it is null. */
export function listCampaignsBefore(
  query: Query,
  owner: Owner,
  filter: HistoryFilter,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<SentCampaign[]> {
  const values: unknown[] = [owner.bucket, owner.id, page.limit];
  const conditions: string[] = [];
  for (const [name, condition] of labels) {
    if (filter[name] === undefined) continue;
    values.push(filter[name]);
    conditions.push(`and ${condition}$${values.length}`);
  }
  if (page.beforeId !== null) {
    values.push(page.beforeId);
    conditions.push(`and c.id < $${values.length}`);
  }
  return query<SentCampaign>(
    `select ${campaignColumns} from campaigns c
     where c.bucket = $1 and c.account_id = $2 ${conditions.join(' ')} order by c.id desc limit $3`,
    values,
  );
}

const nextStatement: Statement = {
  name: 'next_campaign',
  text: `
select c.id, c.created_at as "createdAtMs" from campaigns c
where c.bucket = $1 and c.account_id = $2 and c.id >= $3 order by c.id limit 1`,
};

/** The first campaign of the account at or after this id. */
export async function findNextCampaign(
  query: Query,
  owner: Owner,
  id: number,
): Promise<{ readonly id: number; readonly createdAtMs: number } | null> {
  const [row] = await query<{ id: number; createdAtMs: number }>(nextStatement, [owner.bucket, owner.id, id]);
  return row ?? null;
}

/** The first and the last campaign of the account; null when it has none. */
export async function findCampaignSpan(
  query: Query,
  owner: Owner,
): Promise<{ readonly firstId: number; readonly lastId: number } | null> {
  const [row] = await query<{ firstId: number | null; lastId: number | null }>(
    `select (select id from campaigns where bucket = $1 and account_id = $2 order by id limit 1) as "firstId",
       (select id from campaigns where bucket = $1 and account_id = $2 order by id desc limit 1) as "lastId"`,
    [owner.bucket, owner.id],
  );
  return row!.firstId === null ? null : { firstId: row!.firstId, lastId: row!.lastId! };
}

/** Consecutive messages of one campaign. */
export interface MessageRange {
  readonly campaign: SentCampaign;
  readonly firstId: number;
  readonly count: number;
}

type Row = Record<string, never>;

const messageColumns = `m.id, m.campaign_id, m.msisdn, m.country, m.status, m.error, m.segments, m.cost_micros,
  m.due_at, m.submitted_at, m.done_at, m.text`;

const listStatement: Statement = {
  name: 'list_sent',
  // Without an end and in no chunk, a carrier has it: cheaper to ask than its references, which have no index by message.
  // Hidden ones, and those that their customer has called off, are not shown.
  text: `
select ${messageColumns}, m.status = ${messageStatusCodes.accepted} and not exists (
    select from chunks k where k.bucket = m.bucket and k.id <= m.id and k.id > m.id - ${maxChunkSize}
      and m.id < k.id + k.message_count
  ) as is_with_carrier
from (select $1::smallint as bucket, r.* from unnest($3::bigint[], $4::int[]) as r(first_id, message_count)) r
cross join lateral (
  select * from messages m
  where m.bucket = r.bucket and m.id >= r.first_id and m.id < r.first_id + r.message_count
    and ($5::bigint is null or m.msisdn = $5)
  offset 0
) m
where (m.status <> ${messageStatusCodes.cancelled} or m.error is not null)
  and not exists (select from hidden_messages h where h.bucket = $1 and h.account_id = $2 and h.message_id = m.id)
order by m.id desc`,
};

/** The messages of these ranges, newest first; those to one phone when it is named. */
export async function listSentMessages(
  query: Query,
  owner: Owner,
  ranges: readonly MessageRange[],
  msisdn: number | null,
): Promise<SentMessage[]> {
  const rows = await query<Row>(listStatement, [
    owner.bucket,
    owner.id,
    numbers(ranges.map((range) => range.firstId)),
    numbers(ranges.map((range) => range.count)),
    msisdn,
  ]);
  const campaigns = new Map(ranges.map(({ campaign }) => [campaign.id, campaign]));
  return rows.map((row) => readSent(row, campaigns.get(row['campaign_id']!)!));
}

const readStatement: Statement = {
  name: 'read_sent',
  text: `
select ${messageColumns}, c.id as c_id, c.first_message_id, c.message_count, c.sender, c.tag, c.user_id, c.batch_id,
  c.created_at, c.text as c_text, m.status = ${messageStatusCodes.accepted} and r.at is not null as is_with_carrier,
  r.at as handed_over_at
from (select $1::smallint as bucket, $2::int as account_id, $3::bigint as id) asked
cross join lateral (
  select * from messages m where m.bucket = asked.bucket and m.id = asked.id and m.account_id = asked.account_id offset 0
) m
cross join lateral (
  select * from campaigns c where c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id offset 0
) c
cross join lateral (
  select min(r.at) as at from carrier_references r
  where m.submitted_at is null and r.bucket = m.bucket and r.message_id = m.id
) r
where (m.status <> ${messageStatusCodes.cancelled} or m.error is not null)
  and not exists (select from hidden_messages h where h.bucket = $1 and h.account_id = $2 and h.message_id = m.id)`,
};

/** Null when the account has no such message, or has put it away. */
export async function readSentMessage(query: Query, owner: Owner, id: number): Promise<SentMessage | null> {
  const [row] = await query<Row>(readStatement, [owner.bucket, owner.id, id]);
  if (row === undefined) return null;
  const sent = readSent(row, {
    id: row['c_id']!,
    firstMessageId: row['first_message_id']!,
    messageCount: row['message_count']!,
    sender: row['sender']!,
    tag: row['tag']!,
    userId: row['user_id']!,
    batchId: row['batch_id']!,
    createdAtMs: row['created_at']!,
    text: row['c_text']!,
  });
  return { ...sent, submittedAtMs: sent.submittedAtMs ?? row['handed_over_at']! };
}

function readSent(row: Row, campaign: SentCampaign): SentMessage {
  const isWithCarrier: boolean = row['is_with_carrier']!;
  const submittedAtMs: number | null = row['submitted_at']!;
  const { sender, tag, userId, batchId, createdAtMs } = campaign;
  return {
    id: row['id']!,
    msisdn: row['msisdn']!,
    country: row['country']!,
    status: isWithCarrier ? 'submitted' : messageStatus(row['status']!),
    error: row['error']!,
    wasTaken: isWithCarrier || submittedAtMs !== null,
    segments: row['segments']!,
    costMicros: BigInt(row['cost_micros']!),
    createdAtMs,
    dueAtMs: row['due_at']!,
    submittedAtMs,
    doneAtMs: row['done_at']!,
    text: row['text'] ?? campaign.text,
    sender,
    tag,
    userId,
    batchId,
  };
}

/** False when the account has no such message, or has put it away before. */
export async function hideMessage(query: Query, owner: Owner, id: number, nowMs: number): Promise<boolean> {
  const rows = await query(
    `insert into hidden_messages (bucket, account_id, message_id, at)
     select bucket, account_id, id, to_timestamp($4::float8 / 1000) from messages
     where bucket = $1 and id = $3 and account_id = $2
     on conflict do nothing returning 1`,
    [owner.bucket, owner.id, id, nowMs],
  );
  return rows.length > 0;
}
