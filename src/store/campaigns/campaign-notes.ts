// What the platform changed in campaigns by itself. Written with the campaign, shown with its messages (explanations.ts).
// Few campaigns have a row.
import type { NewNotes } from '#domain/acceptance/side-records.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

const insertStatement: Statement = {
  name: 'insert_campaign_notes',
  // Joined with what the accepting statement wrote: a campaign that was not paid for is not there.
  text: `
insert into campaign_notes (bucket, account_id, campaign_id, notes)
select c.bucket, c.account_id, c.id, n.notes::text[]
from (select $1::smallint as bucket, n.* from unnest($2::int[], $3::bigint[], $4::text[])
  as n(account_id, campaign_id, notes)) n
cross join lateral (
  select * from campaigns c where c.bucket = n.bucket and c.account_id = n.account_id and c.id = n.campaign_id
  offset 0
) c`,
};

/** Of campaigns of one bucket that were accepted in this transaction. */
export async function insertNotes(query: Query, bucket: number, notes: readonly NewNotes[]): Promise<void> {
  await query(insertStatement, [
    bucket,
    numbers(notes.map((n) => n.accountId)),
    numbers(notes.map((n) => n.campaignId)),
    texts(notes.map((n) => texts(n.notes))),
  ]);
}
