// The OVH dialect's services of credit orders: prices from the operator's settings, and the texts of their forms. Used by
// the listeners.
import { readFileSync } from 'node:fs';
import type { OrderDesk } from '#dialects/ovh/api/services.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import { createOrders } from '#operations/money/orders.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

const usualTerms = `Credit is bought in advance and spent on messages, at the prices of the account that it is added to.
An order is binding when it is paid. Its credit is added to the account as soon as the payment is confirmed.
Credit is not paid back, unless the law asks for it.`;

export interface OrderDeskOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly rates: RatesFor;
}

export function orderDeskOf({ config, runtime, rates }: OrderDeskOptions): OrderDesk {
  const { vatPercent, packDiscounts: discounts, seller, payment } = config;
  const orders = createOrders(runtime, {
    priceList: { vatPercent, discounts },
    creditPriceMicros: ({ id, settings }) => creditPriceOf(settings, rates(id)),
  });
  return { ...orders, seller, payment, terms: readTerms(config) };
}

function readTerms({ orderTerms }: Config): string {
  if (orderTerms === null) return usualTerms;
  try {
    return readFileSync(orderTerms, 'utf8').trim();
  } catch (error) {
    throw new Error(`CHAPPE_ORDER_TERMS cannot be read: ${(error as Error).message}`);
  }
}
