// Shares of an account's credit: what is held for one of its users, so that neither the account nor its other users can
// spend it. Entries of their own in the ledger (holds without campaigns, releases without messages), so that the books
// can be recomputed. A send of such a user gives the price back to the account and holds it for the campaign, both in
// the accepting transaction.
import type { QuotaUse } from '#domain/demand.ts';
import { numbers, type Query, type Statement } from './database.ts';

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
select id from asked where has_quota and not is_covered`,
};

/**
 * Takes from quotas what sends of their users cost, and answers the users whose quota does not cover it; nothing is
 * taken from those. Users without a quota are passed over. One entry for each user. After lockMoney.
 */
export async function drawQuotas(
  query: Query,
  bucket: number,
  uses: readonly QuotaUse[],
  nowMs: number,
): Promise<Set<number>> {
  const rows = await query<{ id: number }>(drawStatement, [bucket, ...columnsOf(uses), nowMs]);
  return new Set(rows.map((row) => row.id));
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

/** Undoes a drawing of this transaction, for sends that their account could not pay after all. */
export async function returnQuotas(
  query: Query,
  bucket: number,
  uses: readonly QuotaUse[],
  nowMs: number,
): Promise<void> {
  await query(returnStatement, [bucket, ...columnsOf(uses), nowMs]);
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
