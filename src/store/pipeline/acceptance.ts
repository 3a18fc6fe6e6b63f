// The first rest of a message: holds, campaigns, messages and chunks of a batch of submissions, in one statement.
// Everything or nothing for each account: an account without the credit contributes no row at all.
import type { AcceptedCampaign } from '#domain/acceptance/chunking.ts';
import type { PlannedMessage } from '#domain/plan/plan.ts';
import { dialectCodes, encodingCodes, purposeCodes, tierCodes } from '#store/database/codes.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

export interface NewChunk {
  /** The id of its first message. */
  readonly id: number;
  readonly messageCount: number;
  readonly lane: number;
  readonly dueAtMs: number;
  readonly rankAtMs: number;
  /** When the last of its messages may no longer leave. */
  readonly expiresAtMs: number;
  /** The process that has it in hand, or null when it waits to be claimed. */
  readonly owner: number | null;
}

/** Whose campaigns they are. */
export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** The rows of what the accounts in `debit` send. */
const rows = `
campaign as (
  insert into campaigns (bucket, id, account_id, dialect, text, sender, purpose, tier, with_replies, message_class,
    first_message_id, message_count, segments, cost_micros, request_id, failures, due_at, created_at, tag, user_id,
    batch_id, last_due_at, notes)
  select $1, c.id, c.account_id, c.dialect, c.text, c.sender, c.purpose, c.tier, c.with_replies, c.message_class,
    c.first_message_id, c.message_count, c.segments, c.cost_micros, c.request_id, c.failures::jsonb,
    to_timestamp(c.due / 1000), to_timestamp($4::float8 / 1000), c.tag, c.user_id, c.batch_id,
    to_timestamp(c.last_due / 1000), c.notes::text[]
  from unnest($5::bigint[], $6::int[], $7::smallint[], $8::text[], $9::text[], $10::smallint[], $11::smallint[],
    $12::boolean[], $13::smallint[], $14::bigint[], $15::int[], $16::int[], $17::bigint[], $18::text[], $19::text[],
    $20::float8[], $40::text[], $41::int[], $42::uuid[], $43::float8[], $44::text[])
    as c(id, account_id, dialect, text, sender, purpose, tier, with_replies, message_class, first_message_id,
      message_count, segments, cost_micros, request_id, failures, due, tag, user_id, batch_id, last_due, notes)
  where c.account_id in (select account_id from debit)
), message as (
  insert into messages (bucket, id, account_id, campaign_id, dialect, msisdn, country, encoding, segments,
    cost_micros, due_at, expires_at, text)
  select $1, m.id, m.account_id, m.campaign_id, m.dialect, m.msisdn, m.country, m.encoding, m.segments,
    m.cost_micros, to_timestamp(m.due / 1000), to_timestamp(m.expires / 1000), m.text
  from unnest($21::bigint[], $22::int[], $23::bigint[], $24::smallint[], $25::bigint[], $26::text[], $27::smallint[],
    $28::smallint[], $29::bigint[], $30::float8[], $31::float8[], $32::text[])
    as m(id, account_id, campaign_id, dialect, msisdn, country, encoding, segments, cost_micros, due, expires, text)
  where m.account_id in (select account_id from debit)
), chunk as (
  insert into chunks (bucket, id, message_count, lane, due_at, rank_at, expires_at, owner, attempts)
  select $1, k.id, k.message_count, k.lane, to_timestamp(k.due / 1000), to_timestamp(k.rank / 1000),
    to_timestamp(k.expires / 1000), k.owner,
    case when k.owner is null then 0 else 1 end
  from unnest($33::bigint[], $34::smallint[], $35::smallint[], $36::float8[], $37::float8[],
    $38::float8[], $39::bigint[])
    as k(id, message_count, lane, due, rank, expires, owner)
  where exists (select 1 from debit)
)`;

const acceptStatement: Statement = {
  name: 'accept',
  text: `
with demand as materialized (
  select $1::smallint as bucket, d.* from unnest($2::int[], $3::bigint[]) as d(account_id, amount)
), debit as (
  update balances b set held_micros = b.held_micros + d.amount
  from demand d
  where b.bucket = d.bucket and b.account_id = d.account_id and b.balance_micros - b.held_micros >= d.amount
    and (b.transfer_until > to_timestamp($4::float8 / 1000)) is not true
  returning b.account_id, b.balance_micros - b.held_micros as available
), hold as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, campaign_ids, at)
  select $1, d.account_id, 'hold', d.amount,
    (select array_agg(c.id) from unnest($5::bigint[], $6::int[]) as c(id, account_id)
     where c.account_id = d.account_id),
    to_timestamp($4::float8 / 1000)
  from unnest($2::int[], $3::bigint[]) as d(account_id, amount)
  where d.account_id in (select account_id from debit)
), ${rows}
select account_id as "accountId", available as "availableMicros" from debit`,
};

const storeStatement: Statement = {
  name: 'store_campaigns',
  text: `
with debit as materialized (
  select d.account_id from unnest($2::int[], $3::bigint[]) as d(account_id, amount)
), ${rows}
select 1`,
};

/** An array parameter with one entry for each of `list`. */
function column<T>(list: readonly T[], pick: (entry: T) => number | bigint | null): string {
  let text = '{';
  for (let i = 0; i < list.length; i++) {
    if (i > 0) text += ',';
    text += pick(list[i]!) ?? 'null';
  }
  return text + '}';
}

/**
 * Accepts campaigns of one bucket. `amounts` is what each account must hold, in ascending order of account
 * (the order of locking). Answers the accounts that could pay, with what is left; the others got nothing.
 */
export async function acceptCampaigns(
  query: Query,
  bucket: number,
  amounts: ReadonlyMap<number, bigint>,
  campaigns: readonly AcceptedCampaign[],
  chunks: readonly NewChunk[],
  nowMs: number,
): Promise<Map<number, bigint>> {
  const values = valuesOf(bucket, amounts, campaigns, chunks, nowMs);
  const paid = await query<{ accountId: number; availableMicros: number }>(acceptStatement, values);
  return new Map(paid.map((row) => [row.accountId, BigInt(row.availableMicros)]));
}

/**
 * Stores campaigns of one account that nothing is held for yet: in a transaction that ends with holdForCampaigns, or is
 * rolled back.
 */
export async function storeCampaigns(
  query: Query,
  owner: Owner,
  campaigns: readonly AcceptedCampaign[],
  chunks: readonly NewChunk[],
  nowMs: number,
): Promise<void> {
  const amounts = new Map([[owner.id, 0n]]);
  await query(storeStatement, valuesOf(owner.bucket, amounts, campaigns, chunks, nowMs));
}

/** Holds what they cost together. What is left; null, and nothing held, when the account cannot pay. */
export async function holdForCampaigns(
  query: Query,
  { bucket, id }: Owner,
  campaignIds: readonly number[],
  amountMicros: bigint,
  nowMs: number,
): Promise<bigint | null> {
  const [row] = await query<{ available: number }>(
    `with debit as (
       update balances b set held_micros = b.held_micros + $3
       where b.bucket = $1 and b.account_id = $2 and b.balance_micros - b.held_micros >= $3
         and (b.transfer_until > to_timestamp($5::float8 / 1000)) is not true
       returning b.balance_micros - b.held_micros as available
     ), hold as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, campaign_ids, at)
       select $1, $2, 'hold', $3, $4::bigint[], to_timestamp($5::float8 / 1000) from debit
     )
     select available from debit`,
    [bucket, id, amountMicros, numbers(campaignIds), nowMs],
  );
  return row === undefined ? null : BigInt(row.available);
}

function valuesOf(
  bucket: number,
  amounts: ReadonlyMap<number, bigint>,
  campaigns: readonly AcceptedCampaign[],
  chunks: readonly NewChunk[],
  nowMs: number,
): unknown[] {
  const ids: number[] = [];
  const accountIds: number[] = [];
  const campaignIds: number[] = [];
  const dialects: number[] = [];
  const messages: PlannedMessage[] = [];
  for (const campaign of campaigns) {
    const dialect = dialectCodes.code(campaign.dialect);
    for (let i = 0; i < campaign.messages.length; i++) {
      ids.push(campaign.firstMessageId + i);
      accountIds.push(campaign.accountId);
      campaignIds.push(campaign.id);
      dialects.push(dialect);
      messages.push(campaign.messages[i]!);
    }
  }
  return [
    bucket,
    numbers([...amounts.keys()]),
    numbers([...amounts.values()]),
    nowMs,
    column(campaigns, (c) => c.id),
    column(campaigns, (c) => c.accountId),
    column(campaigns, (c) => dialectCodes.code(c.dialect)),
    texts(campaigns.map((c) => c.text)),
    texts(campaigns.map((c) => c.sender)),
    column(campaigns, (c) => purposeCodes.code(c.purpose)),
    column(campaigns, (c) => tierCodes.code(c.tier)),
    '{' + campaigns.map((c) => c.withReplies).join(',') + '}',
    column(campaigns, (c) => c.messageClass),
    column(campaigns, (c) => c.firstMessageId),
    column(campaigns, (c) => c.messages.length),
    column(campaigns, (c) => c.segments),
    column(campaigns, (c) => c.costMicros),
    texts(campaigns.map((c) => c.requestId)),
    texts(campaigns.map((c) => (c.failures.length > 0 ? JSON.stringify(c.failures) : null))),
    column(campaigns, (c) => c.dueAtMs),
    numbers(ids),
    numbers(accountIds),
    numbers(campaignIds),
    numbers(dialects),
    column(messages, (m) => m.msisdn),
    texts(messages.map((m) => m.country)),
    column(messages, (m) => encodingCodes.code(m.encoding)),
    column(messages, (m) => m.segments),
    column(messages, (m) => m.costMicros),
    column(messages, (m) => m.dueAtMs),
    column(messages, (m) => m.expiresAtMs),
    texts(messages.map((m) => m.text)),
    column(chunks, (k) => k.id),
    column(chunks, (k) => k.messageCount),
    column(chunks, (k) => k.lane),
    column(chunks, (k) => k.dueAtMs),
    column(chunks, (k) => k.rankAtMs),
    column(chunks, (k) => k.expiresAtMs),
    column(chunks, (k) => k.owner),
    texts(campaigns.map((c) => c.label?.tag ?? null)),
    column(campaigns, (c) => c.label?.userId ?? null),
    texts(campaigns.map((c) => c.label?.batchId ?? null)),
    column(campaigns, (c) => c.lastDueAtMs),
    texts(campaigns.map((c) => (c.notes.length > 0 ? texts(c.notes) : null))),
  ];
}

const claimKeysStatement: Statement = {
  name: 'claim_keys',
  text: `
insert into idempotency_keys as k (bucket, account_id, scope, key, campaign_id, expires_at)
select $1, u.account_id, u.scope, u.key, u.campaign_id, to_timestamp(u.expires / 1000)
from unnest($2::int[], $3::smallint[], $4::text[], $5::bigint[], $6::float8[])
  as u(account_id, scope, key, campaign_id, expires)
on conflict (bucket, account_id, scope, key) do update
  set campaign_id = excluded.campaign_id, expires_at = excluded.expires_at
  where k.expires_at < to_timestamp($7::float8 / 1000)
returning campaign_id as "campaignId"`,
};

export interface IdempotencyClaim {
  readonly accountId: number;
  readonly scope: number;
  readonly key: string;
  readonly campaignId: number;
  readonly expiresAtMs: number | null;
}

/** Claims idempotency keys for campaigns; answers the campaigns whose key was free (or had expired). */
export async function claimIdempotencyKeys(
  query: Query,
  bucket: number,
  claims: readonly IdempotencyClaim[],
  nowMs: number,
): Promise<Set<number>> {
  const rows = await query<{ campaignId: number }>(claimKeysStatement, [
    bucket,
    column(claims, (c) => c.accountId),
    column(claims, (c) => c.scope),
    texts(claims.map((c) => c.key)),
    column(claims, (c) => c.campaignId),
    column(claims, (c) => c.expiresAtMs),
    nowMs,
  ]);
  return new Set(rows.map((row) => row.campaignId));
}

const releaseKeysStatement: Statement = {
  name: 'release_keys',
  text: `delete from idempotency_keys k using unnest($2::int[], $3::smallint[], $4::text[]) as u(account_id, scope, key)
where k.bucket = $1 and k.account_id = u.account_id and k.scope = u.scope and k.key = u.key`,
};

/** Gives back keys claimed in this transaction for campaigns that were then refused. */
export async function releaseIdempotencyKeys(
  query: Query,
  bucket: number,
  claims: readonly IdempotencyClaim[],
): Promise<void> {
  await query(releaseKeysStatement, [
    bucket,
    column(claims, (c) => c.accountId),
    column(claims, (c) => c.scope),
    texts(claims.map((c) => c.key)),
  ]);
}
