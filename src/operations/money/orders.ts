// Orders of credit by a customer: the price of a pack, and the order. The payment is made outside; the operator confirms it
// (store/money/orders.ts). An order keeps the prices and the credit that were shown when it was made.
import type { Account } from '#domain/account/account.ts';
import {
  bucketOfOrderToken,
  type OrderPrices,
  orderToken,
  type PriceList,
  priceOrder,
} from '#domain/money/orders.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { countOpenOrders, findOrderByToken, insertOrder, type StoredOrder } from '#store/money/orders.ts';

export interface OrdersOptions {
  readonly priceList: PriceList;
  /** The current rates. */
  readonly creditPriceMicros: (account: Account) => bigint;
}

export interface PlacedOrder {
  readonly order: StoredOrder;
  readonly account: Account;
}

export interface Orders {
  /** `quantity` is one of the packs, in credits. */
  quote(account: Account, quantity: number): OrderPrices;
  /** Null if the account has too many open orders. */
  place(
    account: Account,
    quantity: number,
    record?: (query: Query, order: StoredOrder) => Promise<void>,
  ): Promise<StoredOrder | null>;
  /** The token of an order gives access to its form. */
  read(token: string): Promise<PlacedOrder | null>;
}

export interface CreditOrders {
  /** `quantity` is one of the packs, in credits. */
  quote(access: AccountAccess, quantity: number): OrderPrices;
  /** Null if the account has too many open orders. */
  place(access: AccountAccess, quantity: number): Promise<StoredOrder | null>;
  /** The token of an order gives access to its form; no access value is needed. */
  read: Orders['read'];
}

export function createCreditOrders(
  context: Pick<Context, 'database' | 'clock'>,
  options: OrdersOptions,
): CreditOrders {
  const orders = createOrders(context, options);
  return {
    quote: (access, quantity) => orders.quote(authorize(access, 'orders.read'), quantity),
    place: async (access, quantity) =>
      orders.place(authorize(access, 'orders.write'), quantity, (query, order) =>
        auditChange(
          query,
          access,
          { action: 'order.placed', target: `order ${order.id}`, after: { credits: quantity } },
          context.clock.now(),
        ),
      ),
    read: orders.read,
  };
}

/** Limit of open orders: it stops a program that orders in a loop. */
const maxOpen = 100;

export function createOrders(context: Pick<Context, 'database' | 'clock'>, options: OrdersOptions): Orders {
  const { query } = context.database;
  const quote = (account: Account, quantity: number) =>
    priceOrder(quantity, options.creditPriceMicros(account), options.priceList);
  return {
    quote,
    async place(account, quantity, record) {
      if ((await countOpenOrders(query, account)) >= maxOpen) return null;
      const order = {
        token: orderToken(account.bucket, randomToken(43)),
        prices: quote(account, quantity),
        isAutomatic: false,
        isOnAccount: false,
      };
      return context.database.transaction(async (inside) => {
        const placed = await insertOrder(inside, account, order, context.clock.now());
        await record?.(inside, placed);
        return placed;
      });
    },
    async read(token) {
      const bucket = bucketOfOrderToken(token);
      if (bucket === null) return null;
      const order = await findOrderByToken(query, bucket, token);
      const account = order && (await readAccount(query, order.accountId));
      return order && account && { order, account };
    },
  };
}
