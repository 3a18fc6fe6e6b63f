// Parts of contact-list campaigns: the recipients as they were computed, and the campaign of each part. Used by the
// contact-list campaigns service and its job. A part is stored only while its campaign belongs to the process.
import type { AccountKey } from '#domain/account/account.ts';
import type { SubmittedRecipient } from '#domain/base/submission.ts';
import type { ContactListCampaignPart } from '#domain/campaign/contact-list-campaign.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, int2, int8, json } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

type StoredRecipient = readonly [number: string, merge?: readonly (readonly [string, string])[]];

const key = { ...accountParams, id: int8 };
const ownKey = { ...key, processId: int8 };

/** The computing campaign of this process, locked: no other process claims it before the statement ends. */
const ownComputing = (p: Readonly<Record<keyof typeof ownKey, string>>) => `own as (
  select 1 from contact_list_campaigns
  where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and status = 'computing'
    and process_id = ${p.processId}
  for update
)`;

const save = statement('save_contact_list_campaign_part', {
  params: { ...ownKey, number: int2, recipients: json<readonly StoredRecipient[]>(), campaignId: int8 },
  row: { number: int2 },
  text: (p) => `
with ${ownComputing(p)}
insert into contact_list_campaign_parts (bucket, account_id, id, number, recipients, campaign_id)
select ${p.bucket}, ${p.accountId}, ${p.id}, ${p.number}, ${p.recipients}, ${p.campaignId} from own
on conflict (bucket, account_id, id, number)
  do update set recipients = excluded.recipients, campaign_id = excluded.campaign_id
returning number`,
});

/**
 * Replaces the part of an interrupted computation. False, without a change, if the campaign was cancelled or belongs to
 * another process.
 */
export async function savePart(
  query: Query,
  account: AccountKey,
  id: number,
  processId: number,
  { number, recipients, campaignId }: ContactListCampaignPart,
): Promise<boolean> {
  const stored = recipients.map(
    (recipient): StoredRecipient =>
      recipient.merge === undefined ? [recipient.number] : [recipient.number, [...recipient.merge]],
  );
  const values = { ...valuesOf(account), id, processId, number, recipients: stored, campaignId };
  return (await save.find(query, values)) !== null;
}

const deleteFrom = statement('delete_contact_list_campaign_parts', {
  params: { ...ownKey, firstNumber: int2 },
  text: (p) => `
with ${ownComputing(p)}
delete from contact_list_campaign_parts p using own
where p.bucket = ${p.bucket} and p.account_id = ${p.accountId} and p.id = ${p.id} and p.number >= ${p.firstNumber}`,
});

/** Deletes the parts from `firstNumber` on, which an interrupted computation stored and this one does not have. */
export async function deletePartsFrom(
  query: Query,
  account: AccountKey,
  id: number,
  processId: number,
  firstNumber: number,
): Promise<void> {
  await deleteFrom.run(query, { ...valuesOf(account), id, processId, firstNumber });
}

const read = statement('read_contact_list_campaign_part', {
  params: { ...key, number: int2 },
  row: { recipients: json<readonly StoredRecipient[]>(), campaignId: int8, isSent: boolean },
  text: (p) => `
select recipients, campaign_id as "campaignId", is_sent as "isSent" from contact_list_campaign_parts
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and number = ${p.number}`,
});

export async function readPart(
  query: Query,
  account: AccountKey,
  id: number,
  number: number,
): Promise<ContactListCampaignPart | null> {
  const row = await read.find(query, { ...valuesOf(account), id, number });
  if (row === null) return null;
  const recipients = row.recipients.map(
    ([to, merge]): SubmittedRecipient =>
      merge === undefined ? { number: to } : { number: to, merge: new Map(merge) },
  );
  return { number, recipients, campaignId: row.campaignId, isSent: row.isSent };
}

const count = statement('count_contact_list_campaign_parts', {
  params: key,
  row: { parts: int8, sent: int8 },
  text: (p) => `
select count(*) as parts, count(*) filter (where is_sent) as sent from contact_list_campaign_parts
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** True if the campaign has several parts and none was sent. */
export async function hasSeveralPartsUnsent(query: Query, account: AccountKey, id: number): Promise<boolean> {
  const { parts, sent } = (await count.find(query, { ...valuesOf(account), id }))!;
  return parts > 1 && sent === 0;
}

const markSent = statement('mark_contact_list_campaign_part_sent', {
  params: { ...ownKey, number: int2 },
  row: { isOwn: boolean },
  text: (p) => `
update contact_list_campaign_parts p set is_sent = true from contact_list_campaigns c
where p.bucket = ${p.bucket} and p.account_id = ${p.accountId} and p.id = ${p.id} and p.number = ${p.number}
  and c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id}
returning c.status = 'sending' and c.process_id is not distinct from ${p.processId} as "isOwn"`,
});

/** False if another process has claimed the sending. */
export async function markPartSent(
  query: Query,
  account: AccountKey,
  id: number,
  processId: number,
  number: number,
): Promise<boolean> {
  return (await markSent.find(query, { ...valuesOf(account), id, processId, number }))?.isOwn === true;
}

const clearRecipients = statement('clear_contact_list_campaign_recipients', {
  params: key,
  text: (p) => `
update contact_list_campaign_parts set recipients = '[]'
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** Empties the recipients of a sent campaign, which are its messages, or of a cancelled one. */
export async function deleteRecipients(query: Query, account: AccountKey, id: number): Promise<void> {
  await clearRecipients.run(query, { ...valuesOf(account), id });
}

const listSent = statement('list_sent_contact_list_campaign_parts', {
  params: key,
  row: { campaignId: int8 },
  text: (p) => `
select campaign_id as "campaignId" from contact_list_campaign_parts
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and is_sent order by number`,
});

/** Ids of the campaigns of the sent parts, in the order of the parts. */
export async function listSentParts(query: Query, account: AccountKey, id: number): Promise<number[]> {
  const sent = await listSent.run(query, { ...valuesOf(account), id });
  return sent.map(({ campaignId }) => campaignId);
}
