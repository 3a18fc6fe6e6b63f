// Shares of an account's credit: what is held for one of its users, so that neither the account nor its other users can
// spend it. Entries of their own in the ledger (holds without campaigns, releases without messages), so that the books
// can be recomputed. A send of such a user gives the price back to the account and holds it for the campaign, both in
// the accepting transaction; what of it never leaves goes the way back.
import type { QuotaUse } from '#domain/acceptance/batch-cost.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

export interface QuotaHolder {
  readonly bucket: number;
  readonly accountId: number;
  readonly userId: number;
}

/** Locks the money of these accounts, in the order in which acceptance locks it. First in every change of quotas. */
export async function lockMoney(query: Query, bucket: number, accountIds: readonly number[]): Promise<void> {
  await query(
    {
      name: 'lock_money',
      text: `select from balances where bucket = $1 and account_id = any($2::int[]) order by account_id for update`,
    },
    [bucket, numbers(accountIds)],
  );
}

/**
 * Sets what is left for a user; null ends his quota. False, and nothing changed, when the account cannot spend the
 * difference. In a transaction, after lockMoney.
 */
export async function setQuota(
  query: Query,
  { bucket, accountId, userId }: QuotaHolder,
  quotaMicros: bigint | null,
  nowMs: number,
): Promise<boolean> {
  const [row] = await query<{ isDone: boolean }>(
    `
with old as (
  select coalesce($4::bigint, 0) - quota_micros as more, login from users
  where bucket = $1 and account_id = $2 and id = $3
), balance as (
  update balances b set held_micros = b.held_micros + old.more from old
  where b.bucket = $1 and b.account_id = $2 and b.balance_micros - b.held_micros >= old.more
  returning old.more as given, old.login
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select $1, $2, case when given > 0 then 'hold' else 'release' end, abs(given), 'quota of ' || login,
    to_timestamp($5::float8 / 1000)
  from balance where given <> 0
), changed as (
  update users set has_quota = $4::bigint is not null, quota_micros = coalesce($4::bigint, 0)
  where bucket = $1 and account_id = $2 and id = $3 and exists (select from balance)
)
select exists (select from balance) as "isDone"`,
    [bucket, accountId, userId, quotaMicros, nowMs],
  );
  return row!.isDone;
}

const drawStatement: Statement = {
  name: 'draw_quotas',
  // What is drawn is nobody else's for as long as this transaction holds the balances.
  text: `
with asked as materialized (
  select u.id, u.account_id, u.has_quota, u.has_quota and u.quota_micros >= a.amount as is_covered, a.amount
  from unnest($2::int[], $3::int[], $4::bigint[]) as a(account_id, user_id, amount)
  join users u on u.bucket = $1 and u.account_id = a.account_id and u.id = a.user_id
), drawn as (
  update users u set quota_micros = u.quota_micros - a.amount from asked a
  where u.bucket = $1 and u.account_id = a.account_id and u.id = a.id and a.is_covered
  returning u.account_id, u.id, u.login, a.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select $1, account_id, 'release', amount, 'quota of ' || login, to_timestamp($5::float8 / 1000)
  from drawn where amount > 0
), balance as (
  update balances b set held_micros = b.held_micros - d.amount
  from (select account_id, sum(amount) as amount from drawn group by account_id) d
  where b.bucket = $1 and b.account_id = d.account_id
)
select id, is_covered as "isCovered" from asked where has_quota`,
};

/** Users with a quota. */
export interface Drawing {
  readonly drawn: ReadonlySet<number>;
  /** Their quota is too small; nothing was taken from it. */
  readonly short: ReadonlySet<number>;
}

/** Takes from quotas what sends of their users cost. Users without one are passed over. One entry for each; after lockMoney. */
export async function reserveFromQuotas(
  query: Query,
  bucket: number,
  uses: readonly QuotaUse[],
  nowMs: number,
): Promise<Drawing> {
  const rows = await query<{ id: number; isCovered: boolean }>(drawStatement, [
    bucket,
    ...columnsOf(uses),
    nowMs,
  ]);
  const ids = (isCovered: boolean) =>
    new Set(rows.filter((row) => row.isCovered === isCovered).map(({ id }) => id));
  return { drawn: ids(true), short: ids(false) };
}

const returnStatement: Statement = {
  name: 'return_quotas',
  text: `
with returned as (
  update users u set quota_micros = u.quota_micros + a.amount
  from unnest($2::int[], $3::int[], $4::bigint[]) as a(account_id, user_id, amount)
  where u.bucket = $1 and u.account_id = a.account_id and u.id = a.user_id and u.has_quota
  returning u.account_id, u.login, a.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select $1, account_id, 'hold', amount, 'quota of ' || login, to_timestamp($5::float8 / 1000)
  from returned where amount > 0
)
update balances b set held_micros = b.held_micros + r.amount
from (select account_id, sum(amount) as amount from returned group by account_id) r
where b.bucket = $1 and b.account_id = r.account_id`,
};

const noteStatement: Statement = {
  name: 'note_quota_campaigns',
  text: `
insert into quota_campaigns (bucket, account_id, campaign_id, user_id)
select $1, c.account_id, c.campaign_id, c.user_id
from unnest($2::int[], $3::bigint[], $4::int[]) as c(account_id, campaign_id, user_id)`,
};

export interface QuotaCampaign {
  readonly accountId: number;
  readonly campaignId: number;
  readonly userId: number;
}

/** Ends a drawing of this transaction: undoes it for sends that their account could not pay after all, notes the others. */
export async function finishQuotaUse(
  query: Query,
  bucket: number,
  { unspent, paid }: { readonly unspent: readonly QuotaUse[]; readonly paid: readonly QuotaCampaign[] },
  nowMs: number,
): Promise<void> {
  if (unspent.length > 0) await query(returnStatement, [bucket, ...columnsOf(unspent), nowMs]);
  if (paid.length === 0) return;
  await query(noteStatement, [
    bucket,
    numbers(paid.map((campaign) => campaign.accountId)),
    numbers(paid.map((campaign) => campaign.campaignId)),
    numbers(paid.map((campaign) => campaign.userId)),
  ]);
}

const returnReleasedStatement: Statement = {
  name: 'return_released',
  text: `
with released as materialized (
  select q.account_id, q.user_id, sum(m.cost_micros)::bigint as amount
  from (select $1::smallint as bucket, r.id from unnest($2::bigint[]) as r(id)) r
  cross join lateral (select * from messages m where m.bucket = r.bucket and m.id = r.id offset 0) m
  cross join lateral (
    select * from quota_campaigns q
    where q.bucket = m.bucket and q.account_id = m.account_id and q.campaign_id = m.campaign_id offset 0
  ) q
  group by q.account_id, q.user_id
), returned as (
  update users u set quota_micros = u.quota_micros + r.amount from released r
  where u.bucket = $1 and u.account_id = r.account_id and u.id = r.user_id and u.has_quota
  returning u.account_id, u.login, r.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select $1, account_id, 'hold', amount, 'quota of ' || login, to_timestamp($3::float8 / 1000)
  from returned where amount > 0
)
update balances b set held_micros = b.held_micros + r.amount
from (select account_id, sum(amount) as amount from returned group by account_id) r
where b.bucket = $1 and b.account_id = r.account_id`,
};

/**
 * What these messages cost goes back to the quotas that paid for them, as far as their users still have one. In the
 * transaction that has just released it: their accounts are locked, and have it.
 */
export async function returnReleased(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
  nowMs: number,
): Promise<void> {
  if (messageIds.length === 0) return;
  await query(returnReleasedStatement, [bucket, numbers(messageIds), nowMs]);
}

function columnsOf(uses: readonly QuotaUse[]): string[] {
  return [
    numbers(uses.map((use) => use.accountId)),
    numbers(uses.map((use) => use.userId)),
    numbers(uses.map((use) => use.amountMicros)),
  ];
}

/** How many users of an account have a quota, and what is held for them. */
export async function readQuotas(
  query: Query,
  bucket: number,
  accountId: number,
): Promise<{ users: number; heldMicros: bigint }> {
  const [row] = await query<{ users: number; held: number }>(
    `select count(*) as users, coalesce(sum(quota_micros), 0)::bigint as held
     from users where bucket = $1 and account_id = $2 and has_quota`,
    [bucket, accountId],
  );
  return { users: row!.users, heldMicros: BigInt(row!.held) };
}
