// Cancellations that an account requested in a month, and the facts that a cancellation checks first. Used by the campaigns
// service.
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, int8 } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const count = statement('count_cancel_request', {
  params: { ...accountParams, month: int4, limit: int4 },
  row: { requests: int4 },
  text: (p) => `
insert into cancel_requests as r (bucket, account_id, month, requests)
values (${p.bucket}, ${p.accountId}, ${p.month}, 1)
on conflict (bucket, account_id, month) do update set requests = r.requests + 1 where r.requests < ${p.limit}
returning requests`,
});

/** Counts a request. False if there were `limit` in this month. */
export async function countCancelRequest(
  query: Query,
  account: AccountKey,
  month: number,
  limit: number,
): Promise<boolean> {
  return (await count.find(query, { ...valuesOf(account), month, limit })) !== null;
}

const readSize = statement('read_campaign_size', {
  params: { ...accountParams, campaignId: int8 },
  row: { messages: int4, dueAtMs: instant },
  text: (p) => `
select message_count as messages, due_at as "dueAtMs" from campaigns
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.campaignId}`,
});

/** The number of messages and the first due time; null if the account has no such campaign. */
export function readCampaignSize(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<{ readonly messages: number; readonly dueAtMs: number } | null> {
  return readSize.find(query, { ...valuesOf(account), campaignId });
}
