// Conversations: which account wrote to which phone, from which number. Inserted with the messages of campaigns that can be
// answered; read when a phone answers or opts out.
import type { NewConversations } from '#domain/acceptance/side-records.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { dialectCodes, purposeCodes } from '#store/database/codes.ts';
import { boolean, code, instant, instantOf, int2, int4, int8, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

const open = statement('open_conversations', {
  params: {
    bucket: int2,
    campaigns: rows<NewConversations>({
      first_id: of(int8, (c) => c.firstMessageId),
      message_count: of(int4, (c) => c.messageCount),
      number: of(text, (c) => c.number),
    }),
  },
  // Reads the messages that this transaction inserted: a campaign without credit has none.
  text: (p) => `
insert into conversations (bucket, message_id, msisdn, number, account_id, campaign_id, due_at)
select ${p.bucket}, m.id, m.msisdn, c.number, m.account_id, m.campaign_id, m.due_at
from ${p.campaigns.as('c')}
cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= c.first_id and m.id < c.first_id + c.message_count
  offset 0
) m`,
});

/** For the recipients of campaigns of one bucket that were accepted in this transaction. */
export async function openConversations(
  query: Query,
  bucket: number,
  campaigns: readonly NewConversations[],
): Promise<void> {
  await open.run(query, { bucket, campaigns });
}

export interface Conversation {
  readonly bucket: number;
  readonly accountId: number;
  readonly campaignId: number;
  readonly messageId: number;
  readonly dialect: DialectName;
}

export interface ConversationQuestion {
  readonly msisdn: number;
  /** As foldAddress writes it; null: any. */
  readonly number: string | null;
  readonly sinceMs: number;
}

const find = statement('find_conversations', {
  params: {
    questions: rows<ConversationQuestion>({
      position: of(int4, (_, index) => index),
      msisdn: of(int8, (q) => q.msisdn),
      number: of(text, (q) => q.number),
      since: of(instant, (q) => q.sinceMs),
    }),
    until: instant,
  },
  row: {
    position: int4,
    bucket: int2,
    accountId: int4,
    campaignId: int8,
    messageId: int8,
    dialect: code(dialectCodes),
  },
  // Over all buckets: the phone does not tell the account. Index conversations_by_phone; a phone has few rows in a month. A
  // cancelled message was not read, but a repeated STOP must find the message that the first one has cancelled.
  text: (p) => `
select q.position, f.bucket, f.account_id as "accountId", f.campaign_id as "campaignId", f.message_id as "messageId",
  f.dialect
from ${p.questions.as('q')}
cross join lateral (
  select v.bucket, v.account_id, v.campaign_id, v.message_id, m.dialect
  from conversations v cross join lateral (
    select * from messages m where m.bucket = v.bucket and m.id = v.message_id offset 0
  ) m
  where v.msisdn = q.msisdn and v.due_at > ${instantOf('q.since')} and v.due_at <= ${p.until}
    and (q.number is null or v.number = q.number)
    and (m.status <> ${messageStatusCodes.cancelled} or m.error = '${optedOutError}')
  order by v.due_at desc, v.message_id desc limit 1
) f`,
});

/** For each question the last message to this phone from this number since then, or null. */
export async function findConversations(
  query: Query,
  questions: readonly ConversationQuestion[],
  untilMs: number,
): Promise<(Conversation | null)[]> {
  const found: (Conversation | null)[] = questions.map(() => null);
  if (questions.length === 0) return found;
  for (const { position, ...conversation } of await find.run(query, { questions, until: untilMs }))
    found[position] = conversation;
  return found;
}

export interface OptedOutPhone {
  readonly accountId: number;
  readonly msisdn: number;
  /** False: marketing only. */
  readonly coversEveryPurpose: boolean;
}

const listAccepted = statement('list_waiting_for_phones', {
  params: {
    bucket: int2,
    phones: rows<OptedOutPhone>({
      account_id: of(int4, (phone) => phone.accountId),
      msisdn: of(int8, (phone) => phone.msisdn),
      is_every_purpose: of(boolean, (phone) => phone.coversEveryPurpose),
    }),
  },
  row: { id: int8 },
  text: (p) => `
select v.message_id as id
from ${p.phones.as('q')}
cross join lateral (
  select * from conversations v
  where v.msisdn = q.msisdn and v.bucket = ${p.bucket} and v.account_id = q.account_id offset 0
) v cross join lateral (
  select * from messages m where m.bucket = ${p.bucket} and m.id = v.message_id offset 0
) m cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = v.account_id and c.id = v.campaign_id offset 0
) c
where m.status = ${messageStatusCodes.accepted}
  and (q.is_every_purpose or c.purpose = ${purposeCodes.code('marketing')})
order by v.message_id`,
});

/** Ids of accepted messages of these accounts of one bucket to these phones. Some may have been submitted. */
export async function listWithoutEnd(
  query: Query,
  bucket: number,
  phones: readonly OptedOutPhone[],
): Promise<number[]> {
  const found = await listAccepted.run(query, { bucket, phones });
  return [...new Set(found.map(({ id }) => id))];
}
