// The public price list: what a segment and an OVH credit cost an account without prices of its own. Used by OVH's dialect.
import type { PriceList } from '#domain/money/orders.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { Pricing } from '#pipeline/context.ts';

export interface PublicPrices {
  /** Of a segment to an ISO 3166 country, in micros of a euro; null where the platform does not send. */
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
