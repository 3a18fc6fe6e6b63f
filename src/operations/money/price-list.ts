// The public price list: the price of a segment and of an OVH credit for accounts without their own rates. Used by the OVH dialect.
import type { PriceList } from '#domain/money/orders.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { Pricing } from '#pipeline/context.ts';

export interface PublicPrices {
  /** Of a segment to an ISO 3166 country, in micros of a euro; null if the platform does not send there. */
  priceMicros(country: string): bigint | null;
  /** Of an OVH credit. */
  creditPriceMicros(): bigint;
  readonly priceList: PriceList;
}

export interface PublicPricesNeeds {
  readonly pricing: () => Pricing;
  readonly priceList: PriceList;
}

export function createPublicPrices({ pricing, priceList }: PublicPricesNeeds): PublicPrices {
  return {
    priceMicros(country) {
      return pricing().rates(null).find(country, 'premium');
    },
    creditPriceMicros: () => creditPriceOf({ creditPriceMicros: null }, pricing().rates(null)),
    priceList,
  };
}
