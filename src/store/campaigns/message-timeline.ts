// What the tables know of one message, gathered for people. Not for the hot path.

import { maskedNumber } from '#domain/base/audit.ts';
import { noteText } from '#domain/base/campaign-notes.ts';
import { type MessageStatus, messageStatus } from '#domain/base/message.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import { dialectCodes, purposeCodes, tierCodes } from '#store/database/codes.ts';
import type { Query } from '#store/database/database.ts';

export interface MessageStep {
  readonly atMs: number;
  readonly step:
    | 'accepted'
    | 'noted'
    | 'changed'
    | 'flagged'
    | 'reviewed'
    | 'held until'
    | 'submitted'
    | 'finished'
    | 'charged'
    | 'released'
    | 'called back'
    | 'callback failed';
  readonly detail: string;
}

export interface MessageTimeline {
  readonly id: number;
  readonly accountId: number;
  readonly serviceName: string;
  readonly campaignId: number;
  readonly dialect: string;
  readonly status: MessageStatus;
  /** The last two digits only, the rest as dots. */
  readonly recipient: string;
  readonly country: string;
  readonly sender: string | null;
  readonly purpose: string;
  readonly tier: string;
  readonly text: string;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly steps: readonly MessageStep[];
  /** True when its callbacks are still owed. */
  readonly callbackOwed: boolean;
  readonly dueAtMs: number;
  /** An operator decides first whether its campaign is sent. */
  readonly isHeldForReview: boolean;
}

type Row = Record<string, never>;

export async function readMessageFacts(query: Query, id: number): Promise<MessageTimeline | null> {
  const [row] = await query<Row>(
    `select m.*, coalesce(m.text, c.text) as full_text, c.sender, c.purpose, c.tier, c.created_at as accepted_at, c.notes,
       a.service_name, n.name as connector, v.cues, v.state as review, v.at as flagged_at, v.reviewed_at,
       t.notes as changes
     from messages m
     join accounts a on a.id = m.account_id
     join campaigns c on c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id
     left join connectors n on n.id = m.connector_id
     left join campaign_notes t on t.bucket = m.bucket and t.account_id = m.account_id and t.campaign_id = m.campaign_id
     left join campaign_reviews v on v.bucket = m.bucket and v.account_id = m.account_id and v.campaign_id = m.campaign_id
     where m.bucket in (select bucket from accounts) and m.id = $1`,
    [id],
  );
  if (!row) return null;
  const bucket: number = row['bucket']!;
  const accountId: number = row['account_id']!;
  const refs = await query<Row>(
    `select r.part, r.reference, r.at, coalesce(n.name, 'simulator') as connector from carrier_references r
     left join connectors n on n.id = r.connector_id
     where r.bucket = $1 and r.message_id = $2 order by r.at, r.part`,
    [bucket, id],
  );
  const entries = await query<Row>(
    `select kind, at from ledger_entries
     where bucket = $1 and account_id = $2 and message_ids @> array[$3::bigint] order by id`,
    [bucket, accountId, id],
  );
  const attempts = await query<Row>(
    `select at, attempt, http_status, error, gave_up, done_ids @> array[$3::bigint] as done from callback_attempts
     where bucket = $1 and account_id = $2 and (done_ids || failed_ids) @> array[$3::bigint] order by id`,
    [bucket, accountId, id],
  );
  const owed = await query(
    'select 1 from callbacks where bucket = $1 and account_id = $2 and message_ids @> array[$3::bigint]',
    [bucket, accountId, id],
  );
  const stored = messageStatus(row['status']!);
  return {
    id,
    accountId,
    serviceName: row['service_name']!,
    campaignId: row['campaign_id']!,
    dialect: dialectCodes.name(row['dialect']!),
    status: stored === 'accepted' && refs.length > 0 ? 'submitted' : stored,
    recipient: maskedNumber(row['msisdn']!),
    country: row['country']!,
    sender: row['sender']!,
    purpose: purposeCodes.name(row['purpose']!),
    tier: tierCodes.name(row['tier']!),
    text: row['full_text']!,
    segments: row['segments']!,
    costMicros: BigInt(row['cost_micros']!),
    steps: steps(row, refs, entries, attempts),
    callbackOwed: owed.length > 0,
    dueAtMs: row['due_at']!,
    isHeldForReview: row['review'] === 'held',
  };
}

/** Marketing that may not leave just before its time was moved there by the sending hours, or was asked for it. */
function isOpening(row: Row): boolean {
  const dueAtMs: number = row['due_at']!;
  return (
    purposeCodes.name(row['purpose']!) === 'marketing' &&
    nextOpening(row['country']!, dueAtMs - 1) === dueAtMs
  );
}

function steps(row: Row, refs: Row[], entries: Row[], attempts: Row[]): MessageStep[] {
  const list: MessageStep[] = [{ atMs: row['accepted_at']!, step: 'accepted', detail: 'credit held' }];
  for (const note of (row['notes'] ?? []) as string[])
    list.push({ atMs: row['accepted_at']!, step: 'noted', detail: noteText(note) });
  if (row['due_at']! > row['accepted_at']! + 1000)
    list.push({
      atMs: row['due_at']!,
      step: 'held until',
      detail: isOpening(row) ? `the sending hours of ${row['country']!} open` : 'its sending time',
    });
  if (row['changes'] !== null)
    list.push({
      atMs: row['accepted_at']!,
      step: 'changed',
      detail: (row['changes']! as string[]).join('; '),
    });
  if (row['cues'] !== null)
    list.push({
      atMs: row['flagged_at']!,
      step: 'flagged',
      detail: `reads like advertising (${(row['cues']! as string[]).join(', ')}), sent as transactional`,
    });
  if (row['reviewed_at'] !== null)
    list.push({ atMs: row['reviewed_at']!, step: 'reviewed', detail: row['review']! });
  for (const ref of refs)
    list.push({
      atMs: ref['at']!,
      step: 'submitted',
      detail: `part ${ref['part']! + 1} to ${ref['connector']}, carrier reference ${ref['reference']}`,
    });
  if (refs.length === 0 && row['submitted_at'] !== null)
    list.push({
      atMs: row['submitted_at']!,
      step: 'submitted',
      detail: `to ${row['connector'] ?? 'simulator'}; no carrier reference is known (any more)`,
    });
  for (const entry of entries)
    list.push({
      atMs: entry['at']!,
      step: entry['kind']! === 'charge' ? 'charged' : 'released',
      detail: entry['kind']! === 'charge' ? 'the carrier took it' : 'it never left; the credit is given back',
    });
  if (row['done_at'] !== null)
    list.push({
      atMs: row['done_at']!,
      step: 'finished',
      detail: messageStatus(row['status']!) + (row['error'] ? ` (${row['error']})` : ''),
    });
  for (const attempt of attempts)
    list.push({
      atMs: attempt['at']!,
      step: attempt['done'] ? 'called back' : 'callback failed',
      detail: attempt['done']
        ? `attempt ${attempt['attempt']}`
        : `attempt ${attempt['attempt']}: ${attempt['error']}${attempt['gave_up'] ? '; given up' : ''}`,
    });
  return list.sort((a, b) => a.atMs - b.atMs);
}

/** The messages of a campaign, in order; at most `limit`. */
export async function listCampaignMessages(
  query: Query,
  accountId: number,
  campaignId: number,
  limit: number,
): Promise<{ id: number; status: MessageStatus }[]> {
  const rows = await query<{ id: number; status: number }>(
    `select m.id, m.status from campaigns c
     join messages m on m.bucket = c.bucket and m.id >= c.first_message_id
       and m.id < c.first_message_id + c.message_count
     where c.account_id = $1 and c.id = $2 order by m.id limit $3`,
    [accountId, campaignId, limit],
  );
  return rows.map((row) => ({ id: row.id, status: messageStatus(row.status) }));
}
