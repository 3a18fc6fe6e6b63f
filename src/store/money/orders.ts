// Orders of credit: placed, found, paid once or cancelled. The payment and the entry that adds the credit are one
// statement.
import type { OrderPrices } from '#domain/money/orders.ts';
import type { Query } from '#store/database/database.ts';

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
  /** When it was paid or cancelled. */
  readonly decidedAtMs: number | null;
}

export interface NewOrder {
  readonly bucket: number;
  readonly accountId: number;
  readonly token: string;
  readonly prices: OrderPrices;
  readonly isAutomatic: boolean;
  readonly isOnAccount: boolean;
}

type Money = 'creditMicros' | 'originalMicros' | 'withoutTaxMicros' | 'taxMicros';
type OrderRow = Omit<StoredOrder, Money> & Record<Money, number>;

const columns = `o.bucket, o.account_id as "accountId", o.id, o.token, o.quantity, o.credit_micros as "creditMicros",
  o.original_micros as "originalMicros", o.discount_percent as "discountPercent",
  o.without_tax_micros as "withoutTaxMicros", o.vat_percent as "vatPercent", o.tax_micros as "taxMicros",
  o.is_automatic as "isAutomatic", o.is_on_account as "isOnAccount", o.status, o.ordered_at as "orderedAtMs", o.decided_at as "decidedAtMs"`;

function readOrderRow({
  creditMicros,
  originalMicros,
  withoutTaxMicros,
  taxMicros,
  ...row
}: OrderRow): StoredOrder {
  return {
    ...row,
    creditMicros: BigInt(creditMicros),
    originalMicros: BigInt(originalMicros),
    withoutTaxMicros: BigInt(withoutTaxMicros),
    taxMicros: BigInt(taxMicros),
  };
}

export async function insertOrder(query: Query, order: NewOrder, nowMs: number): Promise<StoredOrder> {
  const { bucket, accountId, token, prices, isAutomatic, isOnAccount } = order;
  const [row] = await query<OrderRow>(
    `insert into orders as o (bucket, account_id, token, quantity, credit_micros, original_micros, discount_percent,
       without_tax_micros, vat_percent, tax_micros, is_automatic, is_on_account, ordered_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
       to_timestamp($13::float8 / 1000))
     returning ${columns}`,
    [
      bucket,
      accountId,
      token,
      prices.quantity,
      prices.creditMicros,
      prices.originalMicros,
      prices.discountPercent,
      prices.withoutTaxMicros,
      prices.vatPercent,
      prices.taxMicros,
      isAutomatic,
      isOnAccount,
      nowMs,
    ],
  );
  return readOrderRow(row!);
}

export async function countOpenOrders(query: Query, bucket: number, accountId: number): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*) as n from orders where bucket = $1 and account_id = $2 and status = 'open'`,
    [bucket, accountId],
  );
  return row!.n;
}

export async function findOrderByToken(query: Query, token: string): Promise<StoredOrder | null> {
  const [row] = await query<OrderRow>(`select ${columns} from orders o where o.token = $1`, [token]);
  return row ? readOrderRow(row) : null;
}

export async function findOrder(query: Query, id: number): Promise<StoredOrder | null> {
  const [row] = await query<OrderRow>(`select ${columns} from orders o where o.id = $1`, [id]);
  return row ? readOrderRow(row) : null;
}

/** The newest first. */
export async function listOrders(
  query: Query,
  { status, limit }: { readonly status: OrderStatus | null; readonly limit: number },
): Promise<(StoredOrder & { readonly serviceName: string })[]> {
  const rows = await query<OrderRow & { serviceName: string }>(
    `select ${columns}, a.service_name as "serviceName" from orders o join accounts a on a.id = o.account_id
     where ($1::text is null or o.status = $1) order by o.id desc limit $2`,
    [status, limit],
  );
  return rows.map(({ serviceName, ...row }) => ({ ...readOrderRow(row as OrderRow), serviceName }));
}

/**
 * Marks an open order as paid and adds its credit. Of any number that try at once, one does: the others wait for its row
 * and find it paid. Null when it was not open; otherwise what the account can spend now.
 */
export async function payOrder(
  query: Query,
  { bucket, id }: Pick<StoredOrder, 'bucket' | 'id'>,
  nowMs: number,
): Promise<bigint | null> {
  const [row] = await query<{ available: number }>(
    `with due as (
       select account_id, credit_micros from orders where bucket = $1 and id = $2 and status = 'open' for update
     ), entry as (
       insert into ledger_entries (bucket, account_id, kind, amount_micros, note, at)
       select $1, account_id, 'top_up', credit_micros, 'order ' || $2::bigint, to_timestamp($3::float8 / 1000) from due
       returning id, account_id, amount_micros
     ), paid as (
       update orders o set status = 'paid', decided_at = to_timestamp($3::float8 / 1000), entry_id = e.id
       from entry e where o.bucket = $1 and o.id = $2
     )
     update balances b set balance_micros = b.balance_micros + e.amount_micros
     from entry e where b.bucket = $1 and b.account_id = e.account_id
     returning b.balance_micros - b.held_micros as available`,
    [bucket, id, nowMs],
  );
  return row ? BigInt(row.available) : null;
}

/** False when it was not open. */
export async function cancelOrder(
  query: Query,
  { bucket, id }: Pick<StoredOrder, 'bucket' | 'id'>,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update orders set status = 'cancelled', decided_at = to_timestamp($3::float8 / 1000)
     where bucket = $1 and id = $2 and status = 'open' returning id`,
    [bucket, id, nowMs],
  );
  return rows.length > 0;
}

/** There is one that was made by itself and waits for its payment. */
export async function hasOpenAutomaticOrder(
  query: Query,
  bucket: number,
  accountId: number,
): Promise<boolean> {
  const rows = await query(
    `select from orders where bucket = $1 and account_id = $2 and status = 'open' and is_automatic limit 1`,
    [bucket, accountId],
  );
  return rows.length > 0;
}
