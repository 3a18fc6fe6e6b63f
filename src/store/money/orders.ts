// Orders of credit: placed, found, paid once or cancelled. Used by the orders service, automatic top-ups and `chappe order`.
// The payment and the ledger entry that adds the credit are one statement.
import type { AccountKey } from '#domain/account/account.ts';
import type { OrderPrices } from '#domain/money/orders.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  float8,
  instant,
  int2,
  int4,
  int8,
  micros,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export type OrderStatus = 'open' | 'paid' | 'cancelled';

export interface StoredOrder extends OrderPrices {
  readonly bucket: number;
  readonly accountId: number;
  readonly id: number;
  readonly token: string;
  readonly isAutomatic: boolean;
  /** Its credit was added at once. */
  readonly isOnAccount: boolean;
  readonly status: OrderStatus;
  readonly orderedAtMs: number;
  /** The time of the payment or cancellation. */
  readonly decidedAtMs: number | null;
}

export type OrderKey = Pick<StoredOrder, 'bucket' | 'accountId' | 'id'>;

export interface NewOrder {
  readonly token: string;
  readonly prices: OrderPrices;
  readonly isAutomatic: boolean;
  readonly isOnAccount: boolean;
}

const prices = {
  quantity: int4,
  creditMicros: micros,
  originalMicros: micros,
  discountPercent: float8,
  withoutTaxMicros: micros,
  vatPercent: float8,
  taxMicros: micros,
};
const orderRow = {
  ...accountParams,
  id: int8,
  token: text,
  ...prices,
  isAutomatic: boolean,
  isOnAccount: boolean,
  status: word<OrderStatus>(),
  orderedAtMs: instant,
  decidedAtMs: nullable(instant),
};
const columns = `o.bucket, o.account_id as "accountId", o.id, o.token, o.quantity, o.credit_micros as "creditMicros",
  o.original_micros as "originalMicros", o.discount_percent as "discountPercent",
  o.without_tax_micros as "withoutTaxMicros", o.vat_percent as "vatPercent", o.tax_micros as "taxMicros",
  o.is_automatic as "isAutomatic", o.is_on_account as "isOnAccount", o.status, o.ordered_at as "orderedAtMs",
  o.decided_at as "decidedAtMs"`;
const keyParams = { ...accountParams, id: int8 };

const insert = statement('insert_order', {
  params: {
    ...accountParams,
    token: text,
    ...prices,
    isAutomatic: boolean,
    isOnAccount: boolean,
    now: instant,
  },
  row: orderRow,
  text: (p) => `
insert into orders as o (bucket, account_id, token, quantity, credit_micros, original_micros, discount_percent,
  without_tax_micros, vat_percent, tax_micros, is_automatic, is_on_account, ordered_at)
values (${p.bucket}, ${p.accountId}, ${p.token}, ${p.quantity}, ${p.creditMicros}, ${p.originalMicros},
  ${p.discountPercent}, ${p.withoutTaxMicros}, ${p.vatPercent}, ${p.taxMicros}, ${p.isAutomatic}, ${p.isOnAccount},
  ${p.now})
returning ${columns}`,
});

export async function insertOrder(
  query: Query,
  account: AccountKey,
  { prices, ...order }: NewOrder,
  nowMs: number,
): Promise<StoredOrder> {
  return (await insert.find(query, { ...valuesOf(account), ...prices, ...order, now: nowMs }))!;
}

const countOpen = statement('count_open_orders', {
  params: accountParams,
  row: { count: int8 },
  text: (p) => `
select count(*) as count from orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and status = 'open'`,
});

export async function countOpenOrders(query: Query, account: AccountKey): Promise<number> {
  return (await countOpen.find(query, valuesOf(account)))!.count;
}

const findOpenAutomatic = statement('find_open_automatic_order', {
  params: accountParams,
  row: { id: int8 },
  text: (p) => `
select id from orders
where bucket = ${p.bucket} and account_id = ${p.accountId} and status = 'open' and is_automatic limit 1`,
});

/** Whether an automatic order waits for its payment. */
export async function hasOpenAutomaticOrder(query: Query, account: AccountKey): Promise<boolean> {
  return (await findOpenAutomatic.find(query, valuesOf(account))) !== null;
}

const findByToken = statement('find_order_by_token', {
  params: { bucket: int2, token: text },
  row: orderRow,
  // Index orders_by_token.
  text: (p) => `select ${columns} from orders o where o.bucket = ${p.bucket} and o.token = ${p.token}`,
});

/** The order of a token, which authorizes its bearer to read it. `bucket` is part of the token. */
export function findOrderByToken(query: Query, bucket: number, token: string): Promise<StoredOrder | null> {
  return findByToken.find(query, { bucket, token });
}

const find = statement('find_order', {
  params: { id: int8 },
  row: orderRow,
  // Over all buckets: the operator's command.
  text: (p) => `select ${columns} from orders o where o.id = ${p.id}`,
});

/** An order of any account, for the operator. */
export function findOrder(query: Query, id: number): Promise<StoredOrder | null> {
  return find.find(query, { id });
}

const lock = statement('lock_order', {
  params: keyParams,
  row: orderRow,
  text: (p) => `
select ${columns} from orders o
where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.id = ${p.id} for update`,
});

/** The current order, locked until the end of the transaction. */
export function lockOrder(query: Query, { bucket, accountId, id }: OrderKey): Promise<StoredOrder | null> {
  return lock.find(query, { bucket, accountId, id });
}

const list = statement('list_orders', {
  params: { status: nullable(word<OrderStatus>()), limit: int4 },
  row: { ...orderRow, serviceName: text },
  // Over all buckets: the operator's list.
  text: (p) => `
select ${columns}, a.service_name as "serviceName" from orders o join accounts a on a.id = o.account_id
where (${p.status} is null or o.status = ${p.status}) order by o.id desc limit ${p.limit}`,
});

/** Orders of all accounts, newest first. */
export function listOrders(
  query: Query,
  filter: { readonly status: OrderStatus | null; readonly limit: number },
): Promise<(StoredOrder & { readonly serviceName: string })[]> {
  return list.run(query, filter);
}

const listPaid = statement('list_paid_orders', {
  params: { afterId: int8, limit: int4 },
  row: orderRow,
  // Over all buckets: the operator's command. Not joined with invoices, which lie on the coordinator of a cluster.
  text: (p) => `
select ${columns} from orders o where o.status = 'paid' and o.id > ${p.afterId} order by o.id limit ${p.limit}`,
});

/** Paid orders of all accounts after this id, the oldest first. */
export function listPaidOrders(query: Query, afterId: number, limit: number): Promise<StoredOrder[]> {
  return listPaid.run(query, { afterId, limit });
}

const pay = statement('pay_order', {
  params: { ...keyParams, now: instant },
  row: { availableMicros: micros },
  text: (p) => `
with due as (
  select account_id, credit_micros from orders
  where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and status = 'open' for update
), entry as (
  insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
  select ${p.bucket}, account_id, 'top_up', credit_micros, 'order ' || ${p.id}, ${p.now} from due
  returning id, account_id, amount_micros
), paid as (
  update orders o set status = 'paid', decided_at = ${p.now}, entry_id = e.id
  from entry e where o.bucket = ${p.bucket} and o.id = ${p.id}
)
update balances b set balance_micros = b.balance_micros + e.amount_micros
from entry e where b.bucket = ${p.bucket} and b.account_id = e.account_id
returning b.balance_micros - b.held_micros as "availableMicros"`,
});

/**
 * Marks an open order as paid and adds its credit. Of concurrent calls one succeeds: the others wait for the row and find
 * it paid. Returns the available credit; null if the order was not open.
 */
export async function payOrder(
  query: Query,
  { bucket, accountId, id }: OrderKey,
  nowMs: number,
): Promise<bigint | null> {
  return (await pay.find(query, { bucket, accountId, id, now: nowMs }))?.availableMicros ?? null;
}

const cancel = statement('cancel_order', {
  params: { ...keyParams, now: instant },
  row: { id: int8 },
  text: (p) => `
update orders set status = 'cancelled', decided_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and status = 'open' returning id`,
});

/** False if the order was not open. */
export async function cancelOrder(
  query: Query,
  { bucket, accountId, id }: OrderKey,
  nowMs: number,
): Promise<boolean> {
  return (await cancel.find(query, { bucket, accountId, id, now: nowMs })) !== null;
}
