// Finds messages for people, newest first by the time of their acceptance. Used by the operator's service of messages. Not
// for the hot path.
import type { AccountKey } from '#domain/account/account.ts';
import { maskedNumber } from '#domain/base/audit.ts';
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { messageStatuses } from '#store/database/codes.ts';
import { boolean, code, instant, int2, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

export interface MessageFilter {
  readonly msisdn?: number;
  readonly accountId?: number;
  readonly fromMs?: number;
  /** Before this instant. */
  readonly toMs?: number;
  readonly status?: MessageStatus;
  readonly tag?: string;
  readonly limit: number;
  /** Whole numbers. */
  readonly isWhole?: boolean;
}

export interface ListedMessage {
  readonly id: number;
  readonly campaignId: number;
  readonly serviceName: string;
  readonly status: MessageStatus;
  /** The first and last two digits only, unless whole numbers were requested. */
  readonly recipient: string;
  readonly sender: string | null;
  readonly acceptedAtMs: number;
}

const messageRow = {
  id: int8,
  campaignId: int8,
  msisdn: int8,
  status: int2,
  sender: nullable(text),
  serviceName: text,
  acceptedAtMs: instant,
  isSubmitted: boolean,
};

const hasReference = (bucket: string) =>
  `exists (select 1 from carrier_references r where r.bucket = ${bucket} and r.message_id = m.id)`;

const columns = (bucket: string) => `m.id, m.campaign_id as "campaignId", m.msisdn, m.status, c.sender,
  a.service_name as "serviceName", c.created_at as "acceptedAtMs", ${hasReference(bucket)} as "isSubmitted"`;

const { accepted, submitted } = messageStatusCodes;

const find = statement('find_messages', {
  params: {
    from: instant,
    to: instant,
    msisdn: nullable(int8),
    accountId: nullable(int4),
    tag: nullable(text),
    status: nullable(code(messageStatuses)),
    limit: int4,
  },
  row: messageRow,
  // Index campaigns_by_time. An accepted message with a carrier reference is submitted: its row changes at its final
  // status.
  text: (p) => `
select ${columns('m.bucket')} from campaigns c
join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
  and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
join accounts a on a.id = c.account_id
where c.created_at >= ${p.from} and c.created_at < ${p.to}
  and (${p.msisdn} is null or m.msisdn = ${p.msisdn}) and (${p.accountId} is null or c.account_id = ${p.accountId})
  and (${p.tag} is null or c.tag = ${p.tag})
  and (${p.status} is null or case ${p.status}
    when ${accepted} then m.status = ${accepted} and not ${hasReference('m.bucket')}
    when ${submitted} then m.status = ${submitted} or m.status = ${accepted} and ${hasReference('m.bucket')}
    else m.status = ${p.status} end)
order by c.created_at desc, m.id desc limit ${p.limit}`,
});

/** The window grows until enough is found, so that the latest messages of a large database are found at once. */
const windows = [hourMs, dayMs, 30 * dayMs];

/** Newest first; at most `limit`. */
export async function findMessages(
  query: Query,
  filter: MessageFilter,
  nowMs: number,
): Promise<ListedMessage[]> {
  const firstMs = filter.fromMs ?? 0;
  // Beyond now: the clock of another process may be ahead.
  const to = filter.toMs ?? nowMs + dayMs;
  const starts = windows.map((length) => Math.min(nowMs, to) - length).filter((start) => start > firstMs);
  const { msisdn = null, accountId = null, tag = null, status = null, limit } = filter;
  let found: ListedMessage[] = [];
  for (const from of [...starts, firstMs]) {
    const messages = await find.run(query, { from, to, msisdn, accountId, tag, status, limit });
    found = messages.map((row) => listed(row, filter.isWhole));
    if (found.length >= limit) break;
  }
  return found;
}

const listOfCampaign = statement('list_messages_of_campaign', {
  params: { ...accountParams, campaignId: int8, limit: int4 },
  row: messageRow,
  text: (p) => `
select ${columns(p.bucket)} from campaigns c
join accounts a on a.id = c.account_id
join messages m on m.bucket = ${p.bucket} and m.id >= c.first_message_id
  and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}
order by m.id limit ${p.limit}`,
});

/** The messages of one campaign, in order; at most `limit`. */
export async function listMessagesOfCampaign(
  query: Query,
  account: AccountKey,
  campaignId: number,
  limit: number,
): Promise<ListedMessage[]> {
  const messages = await listOfCampaign.run(query, { ...valuesOf(account), campaignId, limit });
  return messages.map((row) => listed(row));
}

function listed(
  { msisdn, status, isSubmitted, ...row }: RowOf<typeof messageRow>,
  isWhole = false,
): ListedMessage {
  const stored = messageStatus(status);
  return {
    ...row,
    status: stored === 'accepted' && isSubmitted ? 'submitted' : stored,
    recipient: isWhole && msisdn !== 0 ? `+${msisdn}` : maskedNumber(msisdn),
  };
}
