// Campaigns that a member or the operator has paused. Used by pipeline/pause-campaign.ts and pipeline/cancel-campaign.ts, in the
// transaction that changes their chunks. A row exists exactly while the campaign is paused; the audit trail has the history.
import type { AccountKey } from '#domain/account/account.ts';
import type { Purpose } from '#domain/base/campaign.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { purposeCodes } from '#store/database/codes.ts';
import { code, instant, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const insert = statement('insert_campaign_pause', {
  params: { ...accountParams, campaignId: int8, actor: text, now: instant },
  row: { campaignId: int8 },
  text: (p) => `
insert into campaign_pauses (bucket, account_id, campaign_id, actor, at)
values (${p.bucket}, ${p.accountId}, ${p.campaignId}, ${p.actor}, ${p.now})
on conflict do nothing returning campaign_id as "campaignId"`,
});

/** False: it is paused already. */
export async function insertPause(
  query: Query,
  account: AccountKey,
  campaignId: number,
  actor: string,
  nowMs: number,
): Promise<boolean> {
  return (await insert.find(query, { ...valuesOf(account), campaignId, actor, now: nowMs })) !== null;
}

const remove = statement('delete_campaign_pause', {
  params: { ...accountParams, campaignId: int8 },
  row: { campaignId: int8 },
  text: (p) => `
delete from campaign_pauses
where bucket = ${p.bucket} and account_id = ${p.accountId} and campaign_id = ${p.campaignId}
returning campaign_id as "campaignId"`,
});

/** False: it is not paused. */
export async function deletePause(query: Query, account: AccountKey, campaignId: number): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), campaignId })) !== null;
}

const readSending = statement('read_sending_rules_of_campaign', {
  params: { ...accountParams, campaignId: int8 },
  row: { purpose: code(purposeCodes), review: nullable(text) },
  text: (p) => `
select c.purpose, v.state as review
from campaigns c
left join campaign_reviews v
  on v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.campaign_id = ${p.campaignId}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId}`,
});

/** The purpose, which decides about sending hours, and the state of the review. The campaign exists. */
export async function readSendingRules(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<{ readonly purpose: Purpose; readonly review: string | null }> {
  return (await readSending.find(query, { ...valuesOf(account), campaignId }))!;
}
