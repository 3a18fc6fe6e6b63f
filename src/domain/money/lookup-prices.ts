// The price of looking up a number, by its country. Used by all three kinds of look-up.

/** Prices in micros by ISO 3166 country; the key `*` is the price of every other country. */
export type LookupPrices = ReadonlyMap<string, bigint>;

/** 0 where the operator set no price. `country` null: a number whose country is unknown. */
export function lookupPriceOf(prices: LookupPrices, country: string | null): bigint {
  return prices.get(country ?? '') ?? prices.get('*') ?? 0n;
}
