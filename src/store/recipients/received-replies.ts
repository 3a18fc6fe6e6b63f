// Replies to the campaigns of an account, newest first, with the labels of the campaigns. Used by the inbox.
import type { AccountKey } from '#domain/account/account.ts';
import type { HistoryFilter, ReceivedReply } from '#domain/delivery/history.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, int8, list, nullable, text, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const replyRow = {
  id: int8,
  msisdn: int8,
  recipient: text,
  text,
  atMs: instant,
  tag: nullable(text),
  userId: nullable(int4),
};
const columns = 'r.id, r.msisdn, r.recipient, r.text, r.at as "atMs", c.tag, c.user_id as "userId"';

const withCampaign = (p: { readonly bucket: string; readonly accountId: string }) => `replies r
left join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = r.campaign_id`;

const pageParams = {
  ...accountParams,
  beforeId: int8,
  tag: nullable(text),
  userId: nullable(int4),
  batchId: nullable(uuid),
  recipients: nullable(list(text)),
  from: nullable(instant),
  until: nullable(instant),
  limit: int4,
};

type PageMentions = Readonly<Record<keyof typeof pageParams, string>>;
const page = (p: PageMentions, condition: string) => `
select ${columns} from ${withCampaign(p)}
where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.id < ${p.beforeId} and r.hidden_at is null
  ${condition} and (${p.tag} is null or c.tag = ${p.tag}) and (${p.userId} is null or c.user_id = ${p.userId})
  and (${p.batchId} is null or c.batch_id = ${p.batchId})
  and (${p.recipients} is null or r.recipient = any(${p.recipients}))
  and (${p.from} is null or r.at >= ${p.from}) and (${p.until} is null or r.at <= ${p.until})
order by r.id desc limit ${p.limit}`;

const listBefore = statement('list_replies_before', {
  params: pageParams,
  row: replyRow,
  text: (p) => page(p, ''),
});

const listOfPhoneBefore = statement('list_replies_of_phone_before', {
  params: { ...pageParams, msisdn: int8 },
  row: replyRow,
  // Index replies_by_phone.
  text: (p) => page(p, `and r.msisdn = ${p.msisdn}`),
});

/** Carriers write the number that was answered in each of these forms. */
const formsOf = (digits: string) => [digits, `+${digits}`, `00${digits}`];

/**
 * The next replies before this one, newest first; null: from the newest. `sender` is the number that was answered, as
 * foldAddress writes it.
 */
export function listRepliesBefore(
  query: Query,
  account: AccountKey,
  filter: HistoryFilter,
  { beforeId, limit }: { readonly beforeId: number | null; readonly limit: number },
): Promise<ReceivedReply[]> {
  const { tag = null, userId = null, batchId = null, msisdn, sender, fromMs = null, untilMs = null } = filter;
  const values = {
    ...valuesOf(account),
    beforeId: beforeId ?? Number.MAX_SAFE_INTEGER,
    tag,
    userId,
    batchId,
    recipients: sender ? formsOf(sender) : null,
    from: fromMs,
    until: untilMs,
    limit,
  };
  return msisdn === undefined
    ? listBefore.run(query, values)
    : listOfPhoneBefore.run(query, { ...values, msisdn });
}

const read = statement('read_received_reply', {
  params: { ...accountParams, id: int8 },
  row: replyRow,
  text: (p) => `
select ${columns} from ${withCampaign(p)}
where r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.id = ${p.id} and r.hidden_at is null`,
});

/** Null if there is no such reply, or it is hidden. */
export function readReceivedReply(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<ReceivedReply | null> {
  return read.find(query, { ...valuesOf(account), id });
}

const hide = statement('hide_reply', {
  params: { ...accountParams, id: int8, now: instant },
  text: (p) => `
update replies set hidden_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and hidden_at is null`,
});

export async function hideReply(query: Query, account: AccountKey, id: number, nowMs: number): Promise<void> {
  await hide.run(query, { ...valuesOf(account), id, now: nowMs });
}
