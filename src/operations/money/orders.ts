// Orders of credit by a customer: the price of a pack, and the order. The payment is made outside; the operator confirms it
// (store/money/orders.ts). An order keeps the prices and the credit that were shown when it was made.
import type { Account } from '#domain/account/account.ts';
import {
  bucketOfOrderToken,
  type OrderPrices,
  orderToken,
  type PriceList,
  priceOrder,
  withVat,
} from '#domain/money/orders.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
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

export interface CreditOrders {
  /** `quantity` is one of the packs, in credits. */
  quote(access: AccountAccess, quantity: number): OrderPrices;
  /** Null if the account has too many open orders. */
  place(access: AccountAccess, quantity: number): Promise<StoredOrder | null>;
  /** The token of an order gives access to its form; no access value is needed. */
  read(token: string): Promise<PlacedOrder | null>;
}

/** Limit of open orders: it stops a program that orders in a loop. */
const maxOpen = 100;

export function createCreditOrders(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { priceList, creditPriceMicros }: OrdersOptions,
): CreditOrders {
  const quote = (account: Account, quantity: number) =>
    priceOrder(quantity, creditPriceMicros(account), withVat(priceList, account.settings.billing.vatPercent));
  return {
    quote: (access, quantity) => quote(authorize(access, 'orders.read'), quantity),
    async place(access, quantity) {
      const account = authorize(access, 'orders.write');
      if ((await countOpenOrders(database.query, account)) >= maxOpen) return null;
      const order = {
        token: orderToken(account.bucket, randomToken(43)),
        prices: quote(account, quantity),
        isAutomatic: false,
        isOnAccount: false,
      };
      return database.transaction(async (query) => {
        const placed = await insertOrder(query, account, order, clock.now());
        const change = { action: 'order.placed', target: `order ${placed.id}`, after: { credits: quantity } };
        await auditChange(query, access, change, clock.now());
        return placed;
      });
    },
    async read(token) {
      const bucket = bucketOfOrderToken(token);
      if (bucket === null) return null;
      const order = await findOrderByToken(database.query, bucket, token);
      const account = order && (await readAccount(database.query, order.accountId));
      return order && account && { order, account };
    },
  };
}
