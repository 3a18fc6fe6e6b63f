// Texts that hold a secret, and what takes their place once nobody has to send them any more.

import type { NewSecretText } from '#domain/acceptance/side-records.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

const insertStatement: Statement = {
  name: 'insert_secret_texts',
  // Joined with what the accepting statement wrote: a campaign that was not paid for is not there.
  text: `
insert into secret_texts (bucket, account_id, campaign_id, masked_text)
select c.bucket, c.account_id, c.id, s.masked_text
from (select $1::smallint as bucket, s.* from unnest($2::int[], $3::bigint[], $4::text[])
  as s(account_id, campaign_id, masked_text)) s
cross join lateral (
  select * from campaigns c where c.bucket = s.bucket and c.account_id = s.account_id and c.id = s.campaign_id
  offset 0
) c`,
};

/** Of campaigns of one bucket that were accepted in this transaction. */
export async function insertSecretTexts(
  query: Query,
  bucket: number,
  secrets: readonly NewSecretText[],
): Promise<void> {
  await query(insertStatement, [
    bucket,
    numbers(secrets.map((s) => s.accountId)),
    numbers(secrets.map((s) => s.campaignId)),
    texts(secrets.map((s) => s.maskedText)),
  ]);
}

const maskStatement: Statement = {
  name: 'mask_secret_texts',
  // A text is read as long as one of its campaign's messages is in a chunk (chunks.ts), and never again.
  text: `
with gone as materialized (
  select s.bucket, s.account_id, s.campaign_id, s.masked_text
  from secret_texts s
  cross join lateral (
    select * from campaigns c where c.bucket = s.bucket and c.account_id = s.account_id and c.id = s.campaign_id
    offset 0
  ) c
  where s.bucket = $1 and not exists (
    select from chunks k where k.bucket = c.bucket and k.id > c.first_message_id - ${maxChunkSize}
      and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id)
), masked as (
  update campaigns c set text = g.masked_text from gone g
  where c.bucket = g.bucket and c.account_id = g.account_id and c.id = g.campaign_id
  returning c.bucket, c.account_id, c.id
)
delete from secret_texts s using masked m
where s.bucket = m.bucket and s.account_id = m.account_id and s.campaign_id = m.id`,
};

/** Forgets the secrets of campaigns that have left. */
export async function maskSecretTexts(query: Query, bucket: number): Promise<void> {
  await query(maskStatement, [bucket]);
}
