// Quotas of users: shares of the credit of an account, held so that neither the account nor its other users can spend
// them. Used by acceptance, outcomes, cancellation and the users service. Their ledger entries are holds without campaigns
// and releases without messages, so that the audit can recompute them. A send of a user with a quota releases its price
// from the quota and holds it for the campaign in the accepting transaction; the price of messages that no carrier takes
// returns to the quota.
import type { QuotaUse } from '#domain/acceptance/batch-cost.ts';
import type { AccountKey } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { boolean, instant, int2, int4, int8, list, micros, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

/** Users with a quota. */
export interface Drawing {
  readonly drawn: ReadonlySet<number>;
  /** Their quota is too small; nothing was taken from it. */
  readonly short: ReadonlySet<number>;
}

export interface QuotaCampaign {
  readonly accountId: number;
  readonly campaignId: number;
  readonly userId: number;
}

const lock = statement('lock_money', {
  params: { bucket: int2, accountIds: list(int4) },
  text: (p) => `
select from balances where bucket = ${p.bucket} and account_id = any(${p.accountIds}) order by account_id for update`,
});

/** Locks the balances of these accounts, in the order in which acceptance locks them. First in every change of quotas. */
export async function lockMoney(query: Query, bucket: number, accountIds: readonly number[]): Promise<void> {
  await lock.run(query, { bucket, accountIds });
}

const set = statement('set_quota', {
  params: { ...accountParams, userId: int4, quotaMicros: nullable(micros), now: instant },
  row: { isDone: boolean },
  text: (p) => `
with old as (
  select coalesce(${p.quotaMicros}, 0) - quota_micros as more, login from users
  where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId}
), balance as (
  update balances b set held_micros = b.held_micros + old.more from old
  where b.bucket = ${p.bucket} and b.account_id = ${p.accountId} and b.balance_micros - b.held_micros >= old.more
  returning old.more as given, old.login
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, ${p.accountId}, case when given > 0 then 'hold' else 'release' end, abs(given),
    'quota of ' || login, ${p.now}
  from balance where given <> 0
), changed as (
  update users set has_quota = ${p.quotaMicros} is not null, quota_micros = coalesce(${p.quotaMicros}, 0)
  where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId} and exists (select 1 from balance)
)
select exists (select 1 from balance) as "isDone"`,
});

/**
 * Sets the rest of a quota; null ends the quota. False, and nothing changes, if the available credit does not cover the
 * difference. In a transaction, after lockMoney.
 */
export async function setQuota(
  query: Query,
  account: AccountKey,
  userId: number,
  quotaMicros: bigint | null,
  nowMs: number,
): Promise<boolean> {
  const row = await set.find(query, { ...valuesOf(account), userId, quotaMicros, now: nowMs });
  return row!.isDone;
}

const useRows = rows<QuotaUse>({
  account_id: of(int4, (use) => use.accountId),
  user_id: of(int4, (use) => use.userId),
  amount: of(micros, (use) => use.amountMicros),
});

const draw = statement('draw_quotas', {
  params: { bucket: int2, uses: useRows, now: instant },
  row: { id: int4, isCovered: boolean },
  // This transaction holds the balances, so no other one uses the same quota until it ends.
  text: (p) => `
with asked as materialized (
  select u.id, u.account_id, u.has_quota, u.has_quota and u.quota_micros >= a.amount as is_covered, a.amount
  from ${p.uses.as('a')}
  join users u on u.bucket = ${p.bucket} and u.account_id = a.account_id and u.id = a.user_id
), drawn as (
  update users u set quota_micros = u.quota_micros - a.amount from asked a
  where u.bucket = ${p.bucket} and u.account_id = a.account_id and u.id = a.id and a.is_covered
  returning u.account_id, u.id, u.login, a.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'release', amount, 'quota of ' || login, ${p.now} from drawn where amount > 0
), balance as (
  update balances b set held_micros = b.held_micros - d.amount
  from (select account_id, sum(amount) as amount from drawn group by account_id) d
  where b.bucket = ${p.bucket} and b.account_id = d.account_id
)
select id, is_covered as "isCovered" from asked where has_quota`,
});

/** Takes the prices of sends from the quotas of their users. Skips users without a quota. One entry each; after lockMoney. */
export async function reserveFromQuotas(
  query: Query,
  bucket: number,
  uses: readonly QuotaUse[],
  nowMs: number,
): Promise<Drawing> {
  const users = await draw.run(query, { bucket, uses, now: nowMs });
  const idsOf = (isCovered: boolean) =>
    new Set(users.filter((user) => user.isCovered === isCovered).map(({ id }) => id));
  return { drawn: idsOf(true), short: idsOf(false) };
}

const undo = statement('return_quotas', {
  params: { bucket: int2, uses: useRows, now: instant },
  text: (p) => `
with returned as (
  update users u set quota_micros = u.quota_micros + a.amount from ${p.uses.as('a')}
  where u.bucket = ${p.bucket} and u.account_id = a.account_id and u.id = a.user_id and u.has_quota
  returning u.account_id, u.login, a.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'hold', amount, 'quota of ' || login, ${p.now} from returned where amount > 0
)
update balances b set held_micros = b.held_micros + r.amount
from (select account_id, sum(amount) as amount from returned group by account_id) r
where b.bucket = ${p.bucket} and b.account_id = r.account_id`,
});

const insertCampaigns = statement('note_quota_campaigns', {
  params: {
    bucket: int2,
    campaigns: rows<QuotaCampaign>({
      account_id: of(int4, (c) => c.accountId),
      campaign_id: of(int8, (c) => c.campaignId),
      user_id: of(int4, (c) => c.userId),
    }),
  },
  text: (p) => `
insert into quota_campaigns (bucket, account_id, campaign_id, user_id)
select ${p.bucket}, c.account_id, c.campaign_id, c.user_id from ${p.campaigns.as('c')}`,
});

/** Ends a drawing of this transaction: undoes it for sends that their account could not pay, and stores the paid ones. */
export async function finishQuotaUse(
  query: Query,
  bucket: number,
  { unspent, paid }: { readonly unspent: readonly QuotaUse[]; readonly paid: readonly QuotaCampaign[] },
  nowMs: number,
): Promise<void> {
  if (unspent.length > 0) await undo.run(query, { bucket, uses: unspent, now: nowMs });
  if (paid.length > 0) await insertCampaigns.run(query, { bucket, campaigns: paid });
}

const giveReleasedBack = statement('return_released', {
  params: {
    bucket: int2,
    messages: rows<number>({ id: of(int8, (id) => id) }),
    now: instant,
  },
  // "offset 0" keeps each look-up at one row by its key, whatever the statistics say.
  text: (p) => `
with released as materialized (
  select q.account_id, q.user_id, sum(m.cost_micros)::bigint as amount
  from ${p.messages.as('r')}
  cross join lateral (select * from messages m where m.bucket = ${p.bucket} and m.id = r.id offset 0) m
  cross join lateral (
    select * from quota_campaigns q
    where q.bucket = ${p.bucket} and q.account_id = m.account_id and q.campaign_id = m.campaign_id offset 0
  ) q
  group by q.account_id, q.user_id
), returned as (
  update users u set quota_micros = u.quota_micros + r.amount from released r
  where u.bucket = ${p.bucket} and u.account_id = r.account_id and u.id = r.user_id and u.has_quota
  returning u.account_id, u.login, r.amount
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'hold', amount, 'quota of ' || login, ${p.now} from returned where amount > 0
)
update balances b set held_micros = b.held_micros + r.amount
from (select account_id, sum(amount) as amount from returned group by account_id) r
where b.bucket = ${p.bucket} and b.account_id = r.account_id`,
});

/**
 * Returns the prices of these messages to the quotas that paid for them, if their users still have one. Call it in the
 * transaction that released the prices: it has the locks of the accounts.
 */
export async function returnReleased(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
  nowMs: number,
): Promise<void> {
  if (messageIds.length > 0) await giveReleasedBack.run(query, { bucket, messages: messageIds, now: nowMs });
}

const sum = statement('read_quotas', {
  params: accountParams,
  row: { users: int8, heldMicros: micros },
  text: (p) => `
select count(*) as users, coalesce(sum(quota_micros), 0)::bigint as "heldMicros"
from users where bucket = ${p.bucket} and account_id = ${p.accountId} and has_quota`,
});

/** The number of users with a quota, and the sum of their quotas. */
export async function readQuotas(
  query: Query,
  account: AccountKey,
): Promise<{ users: number; heldMicros: bigint }> {
  return (await sum.find(query, valuesOf(account)))!;
}
