// How many cancellations an account asked for this month, and what is asked before one.
import type { Query } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** Counts one more; false when there were `limit` in this month already. */
export async function countCancelRequest(
  query: Query,
  owner: Owner,
  month: number,
  limit: number,
): Promise<boolean> {
  const rows = await query(
    `insert into cancel_requests as r (bucket, account_id, month, requests) values ($1, $2, $3, 1)
     on conflict (bucket, account_id, month) do update set requests = r.requests + 1 where r.requests < $4
     returning 1`,
    [owner.bucket, owner.id, month, limit],
  );
  return rows.length > 0;
}

/** How many messages a campaign has and when the first is due; null when the account has no such campaign. */
export async function readCampaignSize(
  query: Query,
  owner: Owner,
  campaignId: number,
): Promise<{ readonly messages: number; readonly dueAtMs: number } | null> {
  const [row] = await query<{ messages: number; dueAtMs: number }>(
    `select message_count as messages, due_at as "dueAtMs" from campaigns
     where bucket = $1 and account_id = $2 and id = $3`,
    [owner.bucket, owner.id, campaignId],
  );
  return row ?? null;
}
