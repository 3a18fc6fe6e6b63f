// Origins of campaigns that their callbacks name: the contact list, and the contact-list campaign. Used by acceptance and the
// callback pusher. Inserted with the campaign; joined with its finished messages (pipeline/messages.ts).
import type { NewOrigin } from '#domain/acceptance/side-records.ts';
import type { AccountKey } from '#domain/account/account.ts';
import type { CampaignOrigin } from '#domain/base/submission.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { int2, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

const insert = statement('insert_campaign_origins', {
  params: {
    bucket: int2,
    origins: rows<NewOrigin>({
      account_id: of(int4, (o) => o.accountId),
      campaign_id: of(int8, (o) => o.campaignId),
      list_name: of(text, (o) => o.listName),
      whole_id: of(int8, (o) => o.wholeId),
    }),
  },
  // Joins the accepted campaigns: an account without credit stores nothing.
  text: (p) => `
insert into campaign_origins (bucket, account_id, campaign_id, list_name, whole_id)
select ${p.bucket}, c.account_id, c.id, o.list_name, o.whole_id from ${p.origins.as('o')}
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = o.account_id and c.id = o.campaign_id
  offset 0
) c`,
});

/** Of campaigns of one bucket that this transaction accepted. */
export async function insertOrigins(
  query: Query,
  bucket: number,
  origins: readonly NewOrigin[],
): Promise<void> {
  await insert.run(query, { bucket, origins });
}

const read = statement('read_campaign_origin', {
  params: { ...accountParams, campaignId: int8 },
  row: { listName: nullable(text), wholeId: nullable(int8) },
  text: (p) => `
select list_name as "listName", whole_id as "wholeId" from campaign_origins
where bucket = ${p.bucket} and account_id = ${p.accountId} and campaign_id = ${p.campaignId}`,
});

/** Null for nearly all campaigns. */
export function readOrigin(
  query: Query,
  account: AccountKey,
  campaignId: number,
): Promise<CampaignOrigin | null> {
  return read.find(query, { ...valuesOf(account), campaignId });
}

const listParts = statement('list_parts_of_campaign', {
  params: { ...accountParams, wholeId: int8 },
  row: { campaignId: int8 },
  // Index campaign_origins_of_whole.
  text: (p) => `
select campaign_id as "campaignId" from campaign_origins
where bucket = ${p.bucket} and account_id = ${p.accountId} and whole_id = ${p.wholeId} order by campaign_id`,
});

/** The ids of a campaign in several parts, that of the whole first; `campaignId` may be a part. Of any other campaign, its own. */
export async function listPartIds(query: Query, account: AccountKey, campaignId: number): Promise<number[]> {
  const wholeId = (await readOrigin(query, account, campaignId))?.wholeId ?? campaignId;
  const parts = await listParts.run(query, { ...valuesOf(account), wholeId });
  return [wholeId, ...parts.map(({ campaignId }) => campaignId)];
}
