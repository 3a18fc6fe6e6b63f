// Credit that a customer buys: what a pack would cost him, and the order that he makes. The payment is made outside; the
// operator confirms it (store/money/orders.ts). An order keeps the prices and the credit that were shown when it was made.
import type { Account } from '#domain/account/account.ts';
import {
  bucketOfOrderToken,
  type OrderPrices,
  orderToken,
  type PriceList,
  priceOrder,
} from '#domain/money/orders.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { countOpenOrders, findOrderByToken, insertOrder, type StoredOrder } from '#store/money/orders.ts';

export interface OrdersOptions {
  readonly priceList: PriceList;
  /** As it is now. */
  readonly creditPriceMicros: (account: Account) => bigint;
}

export interface Orders {
  /** `quantity` is one of the packs, in credits. */
  quote(account: Account, quantity: number): OrderPrices;
  /** Null when the account has too many open ones. */
  place(account: Account, quantity: number): Promise<StoredOrder | null>;
  /** Whoever knows the token of an order may look at its form. */
  read(token: string): Promise<{ readonly order: StoredOrder; readonly account: Account } | null>;
}

/** Nobody pays so many bills at once; a program that orders in a loop is stopped here. */
const maxOpen = 100;

export function createOrders(context: Pick<Context, 'database' | 'clock'>, options: OrdersOptions): Orders {
  const { query } = context.database;
  const quote = (account: Account, quantity: number) =>
    priceOrder(quantity, options.creditPriceMicros(account), options.priceList);
  return {
    quote,
    async place(account, quantity) {
      if ((await countOpenOrders(query, account)) >= maxOpen) return null;
      const order = {
        token: orderToken(account.bucket, randomToken(43)),
        prices: quote(account, quantity),
        isAutomatic: false,
        isOnAccount: false,
      };
      return insertOrder(query, account, order, context.clock.now());
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
