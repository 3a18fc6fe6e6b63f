// The OVH dialect's services of credit orders: prices from the operator's settings. Used by the listeners.
import type { OrderDesk } from '#dialects/ovh/api/services.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import { createOrders } from '#operations/money/orders.ts';
import type { Config } from './config/settings.ts';
import { readOrderTexts } from './order-texts.ts';
import type { Runtime } from './runtime.ts';

export interface OrderDeskOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly rates: RatesFor;
}

export function orderDeskOf({ config, runtime, rates }: OrderDeskOptions): OrderDesk {
  const { vatPercent, packDiscounts: discounts } = config;
  const orders = createOrders(runtime, {
    priceList: { vatPercent, discounts },
    creditPriceMicros: ({ id, settings }) => creditPriceOf(settings, rates(id)),
  });
  return { ...orders, terms: readOrderTexts(config).terms };
}
