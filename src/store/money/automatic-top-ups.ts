// Accounts whose credit is bought automatically, and the purchases. Used by the credit watch; the steps of one purchase
// run in one transaction.
import type { AccountKey, AutomaticTopUp } from '#domain/account/account.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  float8,
  instant,
  int2,
  int4,
  int8,
  json,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface ToppedUp {
  readonly bucket: number;
  readonly id: number;
  readonly serviceName: string;
  readonly quantity: number;
  /** In credits. */
  readonly threshold: number;
  readonly isOnAccount: boolean;
  readonly creditPriceMicros: number | null;
  /** Tax on the orders of this account; null: that of all. */
  readonly vatPercent: number | null;
  readonly availableMicros: bigint;
  /** Credit was bought, and the available credit has not risen above the threshold since. */
  readonly isRaised: boolean;
  /** The address of the account; for a sub-account, whose login is no address, the address of its parent. */
  readonly mailTo: string;
}

const listAll = statement('list_topped_up', {
  params: {},
  row: {
    bucket: int2,
    id: int4,
    serviceName: text,
    topUp: json<AutomaticTopUp>(),
    isOnAccount: nullable(boolean),
    creditPriceMicros: nullable(int8),
    vatPercent: nullable(float8),
    availableMicros: micros,
    mailTo: text,
    isRaised: boolean,
  },
  // Over all buckets, every 15 s. Distributed tables are joined by their buckets, never through the table of accounts.
  text: () => `
select b.bucket, a.id, a.service_name as "serviceName", a.settings -> 'automaticTopUp' as "topUp",
  (a.settings ->> 'buysOnAccount')::boolean as "isOnAccount",
  (a.settings ->> 'creditPriceMicros')::bigint as "creditPriceMicros",
  (a.settings #>> '{billing,vatPercent}')::float8 as "vatPercent",
  b.balance_micros - b.held_micros as "availableMicros", coalesce(p.email, a.email) as "mailTo",
  exists (select 1 from automatic_top_ups t
    where t.bucket = b.bucket and t.account_id = b.account_id and t.cleared_at is null) as "isRaised"
from accounts a join balances b on b.bucket = a.bucket and b.account_id = a.id
left join accounts p on p.id = a.parent_id
where jsonb_typeof(a.settings #> '{automaticTopUp,quantity}') = 'number' and a.status = 'active'`,
});

export async function listToppedUp(query: Query): Promise<ToppedUp[]> {
  const rows = await listAll.run(query, {});
  return rows.map(({ topUp, isOnAccount, ...row }) => ({
    ...row,
    quantity: topUp.quantity!,
    threshold: topUp.threshold,
    isOnAccount: isOnAccount === true,
  }));
}

const lockAvailable = statement('lock_available_credit', {
  params: accountParams,
  row: { availableMicros: micros },
  text: (p) => `
select balance_micros - held_micros as "availableMicros" from balances
where bucket = ${p.bucket} and account_id = ${p.accountId} for update`,
});

const insert = statement('raise_top_up', {
  params: { ...accountParams, availableMicros: micros, thresholdMicros: micros, now: instant },
  row: { id: int8 },
  // The partial unique index allows one open row for each account.
  text: (p) => `
insert into automatic_top_ups (bucket, account_id, available_micros, threshold_micros, raised_at)
values (${p.bucket}, ${p.accountId}, ${p.availableMicros}, ${p.thresholdMicros}, ${p.now})
on conflict do nothing returning id`,
});

/** False if another process was first, or the credit rose concurrently. Locks the balance of the account. */
export async function raiseTopUp(
  query: Query,
  account: AccountKey,
  thresholdMicros: bigint,
  nowMs: number,
): Promise<boolean> {
  const { availableMicros } = (await lockAvailable.find(query, valuesOf(account)))!;
  if (availableMicros > thresholdMicros) return false;
  const values = { ...valuesOf(account), availableMicros, thresholdMicros, now: nowMs };
  return (await insert.find(query, values)) !== null;
}

const saveOrder = statement('save_top_up_order', {
  params: { ...accountParams, orderId: int8 },
  text: (p) => `
update automatic_top_ups set order_id = ${p.orderId}
where bucket = ${p.bucket} and account_id = ${p.accountId} and cleared_at is null`,
});

/** Stores the order of the open purchase. */
export async function noteOrder(query: Query, account: AccountKey, orderId: number): Promise<void> {
  await saveOrder.run(query, { ...valuesOf(account), orderId });
}

const clear = statement('clear_top_up', {
  params: { ...accountParams, now: instant },
  text: (p) => `
update automatic_top_ups set cleared_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and cleared_at is null`,
});

export async function clearTopUp(query: Query, account: AccountKey, nowMs: number): Promise<void> {
  await clear.run(query, { ...valuesOf(account), now: nowMs });
}

const listUnwanted = statement('list_unwanted_top_ups', {
  params: {},
  row: { bucket: int2, accountId: int4 },
  // Over all buckets, every 15 s. A select, because an update of all shards commits in two phases even without a row.
  text: () => `
select t.bucket, t.account_id as "accountId" from automatic_top_ups t
where t.cleared_at is null and not t.account_id in (
  select id from accounts where jsonb_typeof(settings #> '{automaticTopUp,quantity}') = 'number')`,
});

/** Clears the purchases of accounts without an automatic top-up. */
export async function clearUnwantedTopUps(query: Query, nowMs: number): Promise<void> {
  for (const { bucket, accountId } of await listUnwanted.run(query, {}))
    await clearTopUp(query, { bucket, id: accountId }, nowMs);
}
