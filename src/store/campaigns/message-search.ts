// Finds messages for people, newest first by the time of their acceptance. Not for the hot path. Used by `message list`.

import { maskedNumber } from '#domain/base/audit.ts';
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';
import type { Query } from '#store/database/database.ts';

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
  /** The first and last two digits only, unless whole numbers were asked for. */
  readonly recipient: string;
  readonly sender: string | null;
  readonly acceptedAtMs: number;
}

interface Row extends Omit<ListedMessage, 'status' | 'recipient'> {
  readonly msisdn: number;
  readonly status: number;
  readonly isSubmitted: boolean;
}

const hasReference =
  'exists (select from carrier_references r where r.bucket = m.bucket and r.message_id = m.id)';

/** Until it is final, a message that a carrier took is told by its reference. */
const fitsStatus = `($6::smallint is null or case $6
  when ${messageStatusCodes.accepted} then m.status = ${messageStatusCodes.accepted} and not ${hasReference}
  when ${messageStatusCodes.submitted} then m.status = ${messageStatusCodes.submitted}
    or m.status = ${messageStatusCodes.accepted} and ${hasReference}
  else m.status = $6 end)`;

const columns = `m.id, m.campaign_id as "campaignId", m.msisdn, m.status, c.sender, a.service_name as "serviceName",
  c.created_at as "acceptedAtMs", ${hasReference} as "isSubmitted"`;

const statement = `
select ${columns} from campaigns c
join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
  and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
join accounts a on a.id = c.account_id
where c.created_at >= to_timestamp($1::float8 / 1000) and c.created_at < to_timestamp($2::float8 / 1000)
  and ($3::bigint is null or m.msisdn = $3) and ($4::int is null or c.account_id = $4)
  and ($5::text is null or c.tag = $5) and ${fitsStatus}
order by c.created_at desc, m.id desc limit $7`;

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
  const lastMs = filter.toMs ?? nowMs + dayMs;
  const starts = windows.map((length) => Math.min(nowMs, lastMs) - length).filter((start) => start > firstMs);
  let found: ListedMessage[] = [];
  for (const start of [...starts, firstMs]) {
    const rows = await query<Row>(statement, [
      start,
      lastMs,
      filter.msisdn ?? null,
      filter.accountId ?? null,
      filter.tag ?? null,
      filter.status === undefined ? null : messageStatusCodes[filter.status],
      filter.limit,
    ]);
    found = rows.map((row) => listed(row, filter.isWhole));
    if (found.length >= filter.limit) break;
  }
  return found;
}

/** The messages of one campaign, in order; at most `limit`. */
export async function listMessagesOfCampaign(
  query: Query,
  campaignId: number,
  limit: number,
): Promise<ListedMessage[]> {
  const rows = await query<Row>(
    `select ${columns} from accounts a
     join campaigns c on c.bucket = a.bucket and c.account_id = a.id and c.id = $1
     join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
       and m.id < c.first_message_id + c.message_count and m.campaign_id = c.id
     order by m.id limit $2`,
    [campaignId, limit],
  );
  return rows.map((row) => listed(row));
}

function listed({ msisdn, status, isSubmitted, ...row }: Row, isWhole = false): ListedMessage {
  const stored = messageStatus(status);
  return {
    ...row,
    status: stored === 'accepted' && isSubmitted ? 'submitted' : stored,
    recipient: isWhole && msisdn !== 0 ? `+${msisdn}` : maskedNumber(msisdn),
  };
}
