// The first durable state of a message: holds, campaigns, messages and chunks of accepted submissions, in one statement for
// one bucket. Used by pipeline/submit-campaign.ts and pipeline/submit-recipient-list.ts. All or nothing for each account:
// an account without the credit stores no row.

import type { AcceptedCampaign } from '#domain/acceptance/chunking.ts';
import type { IdempotencyKey } from '#domain/acceptance/idempotency.ts';
import type { AccountKey } from '#domain/account/account.ts';
import { dialectCodes, encodingCodes, purposeCodes, tierCodes } from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  json,
  list,
  micros,
  packed,
  text,
  uuid,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import {
  childRows,
  inBucket,
  of,
  ofChild,
  type RowsMention,
  rows,
  statement,
} from '#store/database/statement.ts';

export interface ChunkRow {
  /** The id of its first message. */
  readonly id: number;
  readonly messageCount: number;
  readonly priorityClass: number;
  readonly dueAtMs: number;
  readonly startTagMs: number;
  /** When the validity of the last of its messages ends. */
  readonly expiresAtMs: number;
  /** The process that works on it, or null if it waits to be claimed. */
  readonly processId: number | null;
}

/** What an account must have available, and holds afterwards. */
type Amount = readonly [accountId: number, micros: bigint];

const failures = json<AcceptedCampaign['failures']>();
const returnPath = json<AcceptedCampaign['returnPath']>();

const params = {
  bucket: int2,
  amounts: rows<Amount>({ account_id: of(int4, ([id]) => id), amount: of(micros, ([, amount]) => amount) }),
  now: instant,
  campaigns: rows<AcceptedCampaign>({
    id: of(int8, (c) => c.id),
    account_id: of(int4, (c) => c.accountId),
    dialect: of(code(dialectCodes), (c) => c.dialect),
    text: of(text, (c) => c.text),
    sender: of(text, (c) => c.sender),
    purpose: of(code(purposeCodes), (c) => c.purpose),
    tier: of(code(tierCodes), (c) => c.tier),
    with_replies: of(boolean, (c) => c.withReplies),
    message_class: of(int2, (c) => c.messageClass),
    first_message_id: of(int8, (c) => c.firstMessageId),
    message_count: of(int4, (c) => c.messages.length),
    segments: of(int4, (c) => c.segments),
    cost_micros: of(micros, (c) => c.costMicros),
    request_id: of(text, (c) => c.requestId),
    failures: of(failures, (c) => (c.failures.length > 0 ? c.failures : null)),
    due: of(instant, (c) => c.dueAtMs),
    tag: of(text, (c) => c.label?.tag ?? null),
    user_id: of(int4, (c) => c.label?.userId ?? null),
    batch_id: of(uuid, (c) => c.label?.batchId ?? null),
    last_due: of(instant, (c) => c.lastDueAtMs),
    notes: of(packed(text), (c) => (c.notes.length > 0 ? c.notes : null)),
    return_path: of(returnPath, (c) => c.returnPath),
  }),
  messages: childRows((c: AcceptedCampaign) => c.messages, {
    id: ofChild(int8, (_, campaign, index) => campaign.firstMessageId + index),
    account_id: ofChild(int4, (_, campaign) => campaign.accountId),
    campaign_id: ofChild(int8, (_, campaign) => campaign.id),
    dialect: ofChild(code(dialectCodes), (_, campaign) => campaign.dialect),
    msisdn: ofChild(int8, (m) => m.msisdn),
    country: ofChild(text, (m) => m.country),
    encoding: ofChild(code(encodingCodes), (m) => m.encoding),
    segments: ofChild(int2, (m) => m.segments),
    cost_micros: ofChild(micros, (m) => m.costMicros),
    due: ofChild(instant, (m) => m.dueAtMs),
    expires: ofChild(instant, (m) => m.expiresAtMs),
    text: ofChild(text, (m) => m.text),
  }),
  chunks: rows<ChunkRow>({
    id: of(int8, (k) => k.id),
    message_count: of(int2, (k) => k.messageCount),
    priority_class: of(int2, (k) => k.priorityClass),
    due: of(instant, (k) => k.dueAtMs),
    start_tag: of(instant, (k) => k.startTagMs),
    expires: of(instant, (k) => k.expiresAtMs),
    process_id: of(int8, (k) => k.processId),
  }),
};

interface ParameterMentions {
  readonly bucket: string;
  readonly now: string;
  readonly campaigns: RowsMention;
  readonly messages: RowsMention;
  readonly chunks: RowsMention;
}

/** Inserts the campaigns, messages and chunks of the accounts in `debit`. */
const insertAccepted = (p: ParameterMentions) => `
campaign as (
  insert into campaigns (bucket, id, account_id, dialect, text, sender, purpose, tier, with_replies, message_class,
    first_message_id, message_count, segments, cost_micros, request_id, failures, due_at, created_at, tag, user_id,
    batch_id, last_due_at, notes, return_path)
  select ${p.bucket}, c.id, c.account_id, c.dialect, c.text, c.sender, c.purpose, c.tier, c.with_replies,
    c.message_class, c.first_message_id, c.message_count, c.segments, c.cost_micros, c.request_id, c.failures::jsonb,
    ${instantOf('c.due')}, ${p.now}, c.tag, c.user_id, c.batch_id, ${instantOf('c.last_due')}, c.notes::text[],
    c.return_path::jsonb
  from ${p.campaigns.as('c')}
  where c.account_id in (select account_id from debit)
), message as (
  insert into messages (bucket, id, account_id, campaign_id, dialect, msisdn, country, encoding, segments,
    cost_micros, due_at, expires_at, text)
  select ${p.bucket}, m.id, m.account_id, m.campaign_id, m.dialect, m.msisdn, m.country, m.encoding, m.segments,
    m.cost_micros, ${instantOf('m.due')}, ${instantOf('m.expires')}, m.text
  from ${p.messages.as('m')}
  where m.account_id in (select account_id from debit)
), chunk as (
  insert into chunks (bucket, id, message_count, priority_class, due_at, start_tag_at, expires_at, process_id, attempts)
  select ${p.bucket}, k.id, k.message_count, k.priority_class, ${instantOf('k.due')}, ${instantOf('k.start_tag')},
    ${instantOf('k.expires')}, k.process_id, case when k.process_id is null then 0 else 1 end
  from ${p.chunks.as('k')}
  where exists (select 1 from debit)
)`;

const accept = statement('accept', {
  alsoOfOne: true,
  params,
  row: { accountId: int4, availableMicros: micros },
  text: (p) => `
with demand as materialized (
  select ${p.bucket} as bucket, d.* from ${p.amounts.as('d')}
), debit as (
  update balances b set held_micros = b.held_micros + d.amount
  from demand d
  where b.bucket = d.bucket and b.account_id = d.account_id and ${inBucket('b', p.bucket)}
    and b.balance_micros - b.held_micros >= d.amount and (b.transfer_until > ${p.now}) is not true
  returning b.account_id, b.balance_micros - b.held_micros as available
), hold as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, campaign_ids, at)
  select ${p.bucket}, d.account_id, 'hold', d.amount,
    (select array_agg(c.id)
     from unnest(${p.campaigns.column('id')}, ${p.campaigns.column('account_id')}) as c(id, account_id)
     where c.account_id = d.account_id),
    ${p.now}
  from ${p.amounts.as('d')}
  where d.account_id in (select account_id from debit)
), ${insertAccepted(p)}
select account_id as "accountId", available as "availableMicros" from debit`,
});

/**
 * Accepts campaigns of one bucket. `amounts` is what each account must hold, in ascending order of account (the order of
 * locks). Returns what is left to the accounts that could pay; of the others nothing is stored.
 */
export async function acceptCampaigns(
  query: Query,
  bucket: number,
  amounts: ReadonlyMap<number, bigint>,
  campaigns: readonly AcceptedCampaign[],
  chunks: readonly ChunkRow[],
  nowMs: number,
): Promise<Map<number, bigint>> {
  const values = { bucket, amounts: [...amounts], now: nowMs, campaigns, messages: campaigns, chunks };
  const paid = await accept.run(query, values);
  return new Map(paid.map((row) => [row.accountId, row.availableMicros]));
}

const store = statement('store_campaigns', {
  params,
  text: (p) => `
with debit as materialized (
  select d.account_id from ${p.amounts.as('d')}
), ${insertAccepted(p)}
select`,
});

/**
 * Stores campaigns of one account that nothing is held for yet, in a transaction that ends with holdForCampaigns or is
 * rolled back.
 */
export async function storeCampaigns(
  query: Query,
  account: AccountKey,
  campaigns: readonly AcceptedCampaign[],
  chunks: readonly ChunkRow[],
  nowMs: number,
): Promise<void> {
  const amounts: Amount[] = [[account.id, 0n]];
  await store.run(query, {
    bucket: account.bucket,
    amounts,
    now: nowMs,
    campaigns,
    messages: campaigns,
    chunks,
  });
}

const hold = statement('hold_for_campaigns', {
  params: { bucket: int2, accountId: int4, amount: micros, campaignIds: list(int8), now: instant },
  row: { availableMicros: micros },
  text: (p) => `
with debit as (
  update balances b set held_micros = b.held_micros + ${p.amount}
  where b.bucket = ${p.bucket} and b.account_id = ${p.accountId}
    and b.balance_micros - b.held_micros >= ${p.amount} and (b.transfer_until > ${p.now}) is not true
  returning b.balance_micros - b.held_micros as available
), hold as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, campaign_ids, at)
  select ${p.bucket}, ${p.accountId}, 'hold', ${p.amount}, ${p.campaignIds}, ${p.now} from debit
)
select available as "availableMicros" from debit`,
});

/** Holds the cost of these campaigns. Returns what is left; null, and holds nothing, if the account cannot pay. */
export async function holdForCampaigns(
  query: Query,
  { bucket, id: accountId }: AccountKey,
  campaignIds: readonly number[],
  amountMicros: bigint,
  nowMs: number,
): Promise<bigint | null> {
  const row = await hold.find(query, { bucket, accountId, amount: amountMicros, campaignIds, now: nowMs });
  return row?.availableMicros ?? null;
}

export interface IdempotencyClaim {
  readonly accountId: number;
  readonly scope: number;
  readonly key: string;
  readonly campaignId: number;
  readonly expiresAtMs: number | null;
}

const claimedKeys = {
  account_id: of(int4, (c: IdempotencyClaim) => c.accountId),
  scope: of(int2, (c: IdempotencyClaim) => c.scope),
  key: of(text, (c: IdempotencyClaim) => c.key),
};

const insertKeys = statement('claim_keys', {
  params: {
    bucket: int2,
    claims: rows<IdempotencyClaim>({
      ...claimedKeys,
      campaign_id: of(int8, (c) => c.campaignId),
      expires: of(instant, (c) => c.expiresAtMs),
    }),
  },
  row: { campaignId: int8 },
  text: (p) => `
insert into idempotency_keys (bucket, account_id, scope, key, campaign_id, expires_at)
select ${p.bucket}, u.account_id, u.scope, u.key, u.campaign_id, ${instantOf('u.expires')} from ${p.claims.as('u')}
on conflict (bucket, account_id, scope, key) do nothing
returning campaign_id as "campaignId"`,
});

const deleteExpiredKeys = statement('delete_expired_keys_of_claims', {
  params: { bucket: int2, claims: rows<IdempotencyClaim>(claimedKeys), now: instant },
  row: { deleted: int4 },
  text: (p) => `
with claim as materialized (
  select ${p.bucket} as bucket, u.* from ${p.claims.as('u')}
)
delete from idempotency_keys k using claim u
where k.bucket = u.bucket and k.account_id = u.account_id and k.scope = u.scope and k.key = u.key
  and ${inBucket('k', p.bucket)} and k.expires_at < ${p.now}
returning 1 as deleted`,
});

/**
 * Claims idempotency keys for campaigns; returns the campaigns whose key was free or had expired. Of two that claim one
 * key at once, the second waits for the first. Keys are locked in the order of `claims`.
 */
export async function claimIdempotencyKeys(
  query: Query,
  bucket: number,
  claims: readonly IdempotencyClaim[],
  nowMs: number,
): Promise<Set<number>> {
  const claimed = new Set<number>();
  const insert = async (some: readonly IdempotencyClaim[]) => {
    for (const { campaignId } of await insertKeys.run(query, { bucket, claims: some }))
      claimed.add(campaignId);
  };
  await insert(claims);
  // A key that expires is claimed by requests of its own scope, which expire as well.
  const taken = claims.filter(
    ({ campaignId, expiresAtMs }) => expiresAtMs !== null && !claimed.has(campaignId),
  );
  if (taken.length === 0) return claimed;
  const deleted = await deleteExpiredKeys.run(query, { bucket, claims: taken, now: nowMs });
  if (deleted.length > 0) await insert(taken);
  return claimed;
}

const findCampaign = statement('find_campaign_of_key', {
  params: { bucket: int2, accountId: int4, scope: int2, key: text },
  row: { campaignId: int8 },
  text: (p) => `
select campaign_id as "campaignId" from idempotency_keys
where bucket = ${p.bucket} and account_id = ${p.accountId} and scope = ${p.scope} and key = ${p.key}`,
});

/** Null if the key is free. */
export async function findCampaignOfKey(
  query: Query,
  { bucket, id: accountId }: AccountKey,
  { scope, key }: Pick<IdempotencyKey, 'scope' | 'key'>,
): Promise<number | null> {
  return (await findCampaign.find(query, { bucket, accountId, scope, key }))?.campaignId ?? null;
}

const releaseKeys = statement('release_keys', {
  params: { bucket: int2, claims: rows<IdempotencyClaim>(claimedKeys) },
  text: (p) => `
with claim as materialized (
  select ${p.bucket} as bucket, u.* from ${p.claims.as('u')}
)
delete from idempotency_keys k using claim u
where k.bucket = u.bucket and k.account_id = u.account_id and k.scope = u.scope and k.key = u.key
  and ${inBucket('k', p.bucket)}`,
});

/** Releases keys that were claimed in this transaction for campaigns that were then refused. */
export async function releaseIdempotencyKeys(
  query: Query,
  bucket: number,
  claims: readonly IdempotencyClaim[],
): Promise<void> {
  await releaseKeys.run(query, { bucket, claims });
}
