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
  name: 'find_conversations',
  // Index conversations_by_phone; a phone has few rows in a month. What was cancelled was not read, but a STOP that the
  // carrier repeats must find what it found before, stopped by itself or not.
  text: `
select q.position, f.*
from unnest($1::int[], $2::bigint[], $3::text[], $4::float8[]) as q(position, msisdn, number, since)
cross join lateral (
  select v.bucket, v.account_id as "accountId", v.campaign_id as "campaignId", v.message_id as "messageId", m.dialect
  from conversations v cross join lateral (
    select * from messages m where m.bucket = v.bucket and m.id = v.message_id offset 0
  ) m
  where v.msisdn = q.msisdn and v.due_at > to_timestamp(q.since / 1000) and v.due_at <= to_timestamp($5::float8 / 1000)
    and (q.number is null or v.number = q.number)
    and (m.status <> ${messageStatusCodes.cancelled} or m.error = '${optedOutError}')
  order by v.due_at desc, v.message_id desc limit 1
) f`,
};

export interface ConversationQuestion {
  readonly msisdn: number;
  /** As foldAddress writes it; null: any. */
  readonly number: string | null;
  readonly sinceMs: number;
}

/** For each question, in its order, the last message to this phone from this number since then; null when there is none. */
export async function findConversations(
  query: Query,
  questions: readonly ConversationQuestion[],
  untilMs: number,
): Promise<(Conversation | null)[]> {
  const found: (Conversation | null)[] = questions.map(() => null);
  if (questions.length === 0) return found;
  const rows = await query<Omit<Conversation, 'dialect'> & { dialect: number; position: number }>(
    findStatement,
    [
      numbers(questions.map((_, position) => position)),
      numbers(questions.map((q) => q.msisdn)),
      texts(questions.map((q) => q.number)),
      numbers(questions.map((q) => q.sinceMs)),
      untilMs,
    ],
  );
  for (const { position, dialect, ...row } of rows)
    found[position] = { ...row, dialect: dialectCodes.name(dialect) };
  return found;
}

const listWaitingStatement: Statement = {
  name: 'list_waiting_for_phones',
  text: `
select v.message_id as id
from unnest($2::int[], $3::bigint[], $4::boolean[]) as q(account_id, msisdn, is_every_purpose)
cross join lateral (
  select * from conversations v
  where v.msisdn = q.msisdn and v.bucket = $1 and v.account_id = q.account_id offset 0
) v cross join lateral (
  select * from messages m where m.bucket = v.bucket and m.id = v.message_id offset 0
) m cross join lateral (
  select * from campaigns c where c.bucket = v.bucket and c.account_id = v.account_id and c.id = v.campaign_id offset 0
) c
where m.status = ${messageStatusCodes.accepted}
  and (q.is_every_purpose or c.purpose = ${purposeCodes.code('marketing')})
order by v.message_id`,
};

export interface OptedOutPhone {
  readonly accountId: number;
  readonly msisdn: number;
  /** False: marketing only. */
  readonly coversEveryPurpose: boolean;
}

/** Messages of these accounts of one bucket to these phones without an end. Some may have left. */
export async function listWithoutEnd(
  query: Query,
  bucket: number,
  phones: readonly OptedOutPhone[],
): Promise<number[]> {
  const rows = await query<{ id: number }>(listWaitingStatement, [
    bucket,
    numbers(phones.map((phone) => phone.accountId)),
    numbers(phones.map((phone) => phone.msisdn)),
    `{${phones.map((phone) => phone.coversEveryPurpose).join(',')}}`,
  ]);
  return [...new Set(rows.map((row) => row.id))];
}
