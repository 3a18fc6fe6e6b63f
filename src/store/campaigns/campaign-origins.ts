// Where campaigns came from, as far as their pushes tell: the list, and the campaign on a list that they are a part of.
// Written with the campaign; joined to the ends of its messages (messages.ts) and read for its other pushes.

import type { NewOrigin } from '#domain/acceptance/side-records.ts';
import type { CampaignOrigin } from '#domain/base/submission.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

const insertStatement: Statement = {
  name: 'insert_campaign_origins',
  // Joined with what the accepting statement wrote: a campaign that was not paid for is not there.
  text: `
insert into campaign_origins (bucket, account_id, campaign_id, list_name, whole_id)
select c.bucket, c.account_id, c.id, o.list_name, o.whole_id
from (select $1::smallint as bucket, o.* from unnest($2::int[], $3::bigint[], $4::text[], $5::bigint[])
  as o(account_id, campaign_id, list_name, whole_id)) o
cross join lateral (
  select * from campaigns c where c.bucket = o.bucket and c.account_id = o.account_id and c.id = o.campaign_id
  offset 0
) c`,
};

/** Of campaigns of one bucket that were accepted in this transaction. */
export async function insertOrigins(
  query: Query,
  bucket: number,
  origins: readonly NewOrigin[],
): Promise<void> {
  await query(insertStatement, [
    bucket,
    numbers(origins.map((o) => o.accountId)),
    numbers(origins.map((o) => o.campaignId)),
    texts(origins.map((o) => o.listName)),
    numbers(origins.map((o) => o.wholeId)),
  ]);
}

/** Null of nearly all. */
export async function readOrigin(
  query: Query,
  bucket: number,
  accountId: number,
  campaignId: number,
): Promise<CampaignOrigin | null> {
  const [row] = await query<CampaignOrigin>(
    `select list_name as "listName", whole_id as "wholeId" from campaign_origins
     where bucket = $1 and account_id = $2 and campaign_id = $3`,
    [bucket, accountId, campaignId],
  );
  return row ?? null;
}
