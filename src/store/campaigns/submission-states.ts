// The state of the messages of one submission, and the submissions that wait for their time. Used by the service
// `submittedMessages`.
import type { AccountKey } from '#domain/account/account.ts';
import type { MessageStatus } from '#domain/base/message.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { dialectCodes, messageStatuses } from '#store/database/codes.ts';
import { code, instant, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

interface MessageState {
  readonly status: MessageStatus;
  readonly error: string | null;
  readonly doneAtMs: number | null;
}

export interface SubmissionState {
  readonly campaignId: number;
  /** As sent; null: the default of the carrier. */
  readonly sender: string | null;
  /** As the customer wrote it, if receipts repeat it. */
  readonly writtenSender: string | null;
  /** A part of a text that waits has one, accepted. */
  readonly messages: readonly MessageState[];
}

const read = statement('read_submission_state', {
  params: { ...accountParams, campaignId: int8 },
  row: {
    sender: nullable(text),
    writtenSender: nullable(text),
    status: code(messageStatuses),
    error: nullable(text),
    doneAtMs: nullable(instant),
  },
  text: (p) => `
select c.sender, c.return_path #>> '{source,2}' as "writtenSender", m.status, m.error, m.done_at as "doneAtMs"
from campaigns c cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
  offset 0
) m
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}
order by m.id`,
});

/** Null if the account has no such campaign. */
export async function readSubmissionState(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<SubmissionState | null> {
  const found = await read.run(query, { ...valuesOf(account), campaignId });
  const [first] = found;
  if (first === undefined) return null;
  const messages = found.map(({ status, error, doneAtMs }) => ({ status, error, doneAtMs }));
  return { campaignId, sender: first.sender, writtenSender: first.writtenSender, messages };
}

const listPending = statement('list_pending_submissions', {
  params: { ...accountParams, msisdn: int8, now: instant },
  row: { campaignId: int8, sender: nullable(text), writtenSender: nullable(text) },
  // Index campaigns_waiting; messages by the ranges of their campaigns.
  text: (p) => `
select c.id as "campaignId", c.sender, c.return_path #>> '{source,2}' as "writtenSender"
from campaigns c cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
  offset 0
) m
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.last_due_at > ${p.now}
  and c.dialect = ${dialectCodes.code('smpp')} and m.msisdn = ${p.msisdn}
  and m.status = ${messageStatusCodes.accepted} and m.due_at > ${p.now}
order by c.id`,
});

/** Submissions over a bind with a message to this number that is not due. */
export function listPendingSubmissions(
  query: Query,
  account: AccountKey,
  msisdn: number,
  nowMs: number,
): Promise<Omit<SubmissionState, 'messages'>[]> {
  return listPending.run(query, { ...valuesOf(account), msisdn, now: nowMs });
}
