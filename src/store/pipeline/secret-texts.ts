// Texts that hold a secret, and the masked text that replaces them when all messages have been dispatched. Used by the
// acceptance and by pipeline/retention/mask-secrets.ts.
import type { NewSecretText } from '#domain/acceptance/side-records.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import { instant, int2, int4, int8, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, of, rows, statement } from '#store/database/statement.ts';

const insert = statement('insert_secret_texts', {
  params: {
    bucket: int2,
    secrets: rows<NewSecretText>({
      account_id: of(int4, (s) => s.accountId),
      campaign_id: of(int8, (s) => s.campaignId),
      masked_text: of(text, (s) => s.maskedText),
    }),
  },
  // Reads the campaigns that this transaction inserted: one without credit is not there.
  text: (p) => `
insert into secret_texts (bucket, account_id, campaign_id, masked_text)
select ${p.bucket}, c.account_id, c.id, s.masked_text
from ${p.secrets.as('s')}
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = s.account_id and c.id = s.campaign_id
  offset 0
) c`,
});

/** Of campaigns of one bucket that were accepted in this transaction. */
export async function insertSecretTexts(
  query: Query,
  bucket: number,
  secrets: readonly NewSecretText[],
): Promise<void> {
  await insert.run(query, { bucket, secrets });
}

const underWay = [messageStatusCodes.accepted, messageStatusCodes.submitted].join(', ');

const mask = statement('mask_secret_texts', {
  params: { bucket: int2, before: instant },
  // A text is read as long as a message of its campaign is in a chunk (chunks.ts), and again if it is
  // sent again over another carrier: never once each message has its end, or by the time of `before`.
  text: (p) => `
with dispatched as materialized (
  select s.bucket, s.account_id, s.campaign_id, s.masked_text
  from secret_texts s
  cross join lateral (
    select * from campaigns c
    where c.bucket = ${p.bucket} and c.account_id = s.account_id and c.id = s.campaign_id
    offset 0
  ) c
  where s.bucket = ${p.bucket} and not exists (
    select from chunks k where k.bucket = ${p.bucket} and k.id > c.first_message_id - ${maxChunkSize}
      and k.id < c.first_message_id + c.message_count and k.id + k.message_count > c.first_message_id)
    and (c.created_at <= ${p.before} or not exists (
      select from messages m where m.bucket = ${p.bucket} and m.id >= c.first_message_id
        and m.id < c.first_message_id + c.message_count and m.status in (${underWay})))
), masked as (
  update campaigns c set text = d.masked_text, is_masked = true from dispatched d
  where c.bucket = d.bucket and c.account_id = d.account_id and c.id = d.campaign_id and ${inBucket('c', p.bucket)}
  returning c.bucket, c.account_id, c.id
)
delete from secret_texts s using masked m
where s.bucket = m.bucket and s.account_id = m.account_id and s.campaign_id = m.id and ${inBucket('s', p.bucket)}`,
});

/**
 * Replaces the texts of campaigns without a message in a chunk, of those that are younger than `beforeMs` only if each message
 * has its end.
 */
export async function maskSecretTexts(query: Query, bucket: number, beforeMs: number): Promise<void> {
  await mask.run(query, { bucket, before: beforeMs });
}
