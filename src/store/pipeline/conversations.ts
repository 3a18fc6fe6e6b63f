// Who wrote to which phone from which number: written with the messages, read when a phone answers.

import type { NewConversations } from '#domain/acceptance/side-records.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { dialectCodes, purposeCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

const openStatement: Statement = {
  name: 'open_conversations',
  // Reads what the accepting statement wrote in this transaction: campaigns that were not paid for have no messages.
  text: `
insert into conversations (bucket, message_id, msisdn, number, account_id, campaign_id, due_at)
select m.bucket, m.id, m.msisdn, c.number, m.account_id, m.campaign_id, m.due_at
from (select $1::smallint as bucket, c.* from unnest($2::bigint[], $3::int[], $4::text[])
  as c(first_id, message_count, number)) c
cross join lateral (
  select * from messages m
  where m.bucket = c.bucket and m.id >= c.first_id and m.id < c.first_id + c.message_count
  offset 0
) m`,
};

/** For the recipients of campaigns of one bucket that were accepted in this transaction. */
export async function openConversations(
  query: Query,
  bucket: number,
  campaigns: readonly NewConversations[],
): Promise<void> {
  await query(openStatement, [
    bucket,
    numbers(campaigns.map((c) => c.firstMessageId)),
    numbers(campaigns.map((c) => c.messageCount)),
    texts(campaigns.map((c) => c.number)),
  ]);
}

export interface Conversation {
  readonly bucket: number;
  readonly accountId: number;
  readonly campaignId: number;
  readonly messageId: number;
  readonly dialect: DialectName;
}

const findStatement: Statement = {
  name: 'find_conversation',
  // Index conversations_by_phone; a phone has few rows in a month. What was cancelled was not read, but a STOP that the
  // carrier repeats must find what it found before, stopped by itself or not.
  text: `
select v.bucket, v.account_id as "accountId", v.campaign_id as "campaignId", v.message_id as "messageId", m.dialect
from conversations v cross join lateral (
  select * from messages m where m.bucket = v.bucket and m.id = v.message_id offset 0
) m
where v.msisdn = $1 and v.due_at > to_timestamp($3::float8 / 1000) and v.due_at <= to_timestamp($4::float8 / 1000)
  and ($2::text is null or v.number = $2)
  and (m.status <> ${messageStatusCodes.cancelled} or m.error = '${optedOutError}')
order by v.due_at desc, v.message_id desc limit 1`,
};

/** The last message to this phone from this (folded) number in that time; from any number when it is null. */
export async function findConversation(
  query: Query,
  msisdn: number,
  number: string | null,
  sinceMs: number,
  untilMs: number,
): Promise<Conversation | null> {
  const [row] = await query<Omit<Conversation, 'dialect'> & { dialect: number }>(findStatement, [
    msisdn,
    number,
    sinceMs,
    untilMs,
  ]);
  return row ? { ...row, dialect: dialectCodes.name(row.dialect) } : null;
}

const listWaitingStatement: Statement = {
  name: 'list_waiting_for_phone',
  text: `
select v.message_id as id
from conversations v cross join lateral (
  select * from messages m where m.bucket = v.bucket and m.id = v.message_id offset 0
) m cross join lateral (
  select * from campaigns c where c.bucket = v.bucket and c.account_id = v.account_id and c.id = v.campaign_id offset 0
) c
where v.msisdn = $3 and v.bucket = $1 and v.account_id = $2 and m.status = ${messageStatusCodes.accepted}
  and ($4 or c.purpose = ${purposeCodes.code('marketing')})
order by v.message_id`,
};

/** Messages of the account to this phone without an end: marketing only, or all of them. Some may have left. */
export async function listWithoutEnd(
  query: Query,
  bucket: number,
  accountId: number,
  msisdn: number,
  isEveryPurpose: boolean,
): Promise<number[]> {
  const rows = await query<{ id: number }>(listWaitingStatement, [bucket, accountId, msisdn, isEveryPurpose]);
  return rows.map((row) => row.id);
}
