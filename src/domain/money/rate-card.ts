// What a segment costs: the rate card, and the sums made with it. Serves the plan, the operator's import and the
// balance expressed in messages. It never invents a price: a country without a row is not covered.

import type { Tier } from '#domain/base/campaign.ts';
import { parseEuro } from './micros.ts';

export interface RateCard {
  /** Price of one segment; the words tell why there is none: no row for the country, or none in this tier. */
  priceOf(country: string, tier: Tier): bigint | 'no-country' | 'no-tier';
  readonly rates: readonly Rate[];
}

export interface Rate {
  /** ISO 3166 alpha-2; overseas departments apart. */
  readonly country: string;
  readonly tier: Tier;
  readonly priceMicros: bigint;
}

const tiers: ReadonlySet<string> = new Set<Tier>(['premium', 'low_cost', 'world']);

// Saint-Barthélemy and Saint-Martin share Guadeloupe's numbers, so without a row of their own they cost the same. No
// other territory borrows a price, least of all the overseas departments France's: carriers bill them apart.
const pricedLike: ReadonlyMap<string, string> = new Map([
  ['BL', 'GP'],
  ['MF', 'GP'],
]);

export function rateCardOf(rates: readonly Rate[]): RateCard {
  const byCountry = new Map<string, Map<Tier, bigint>>();
  for (const { country, tier, priceMicros } of rates) {
    const prices = byCountry.get(country) ?? new Map<Tier, bigint>();
    byCountry.set(country, prices.set(tier, priceMicros));
  }
  return {
    rates,
    priceOf(country, tier) {
      const prices = byCountry.get(country) ?? byCountry.get(pricedLike.get(country) ?? '');
      if (prices === undefined) return 'no-country';
      return prices.get(tier) ?? 'no-tier';
    },
  };
}

/** A rate card as text, or every mistake in it with its line, all at once. */
export function parseRateCard(
  csv: string,
): { readonly card: RateCard } | { readonly errors: readonly string[] } {
  const rates: Rate[] = [];
  const errors: string[] = [];
  const seen = new Set<string>();
  let hasHeader = false;
  for (const [index, line] of csv
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!hasHeader) {
      hasHeader = true;
      if (line.replace(/\s/g, '').toLowerCase() === 'country,tier,price_eur') continue;
      errors.push(`line ${index + 1}: expected the header country,tier,price_eur`);
    }
    const rate = readRate(line);
    if (typeof rate === 'string') errors.push(`line ${index + 1}: ${rate}`);
    else if (seen.has(`${rate.country} ${rate.tier}`)) {
      errors.push(`line ${index + 1}: a second price for ${rate.country} ${rate.tier}`);
    } else {
      seen.add(`${rate.country} ${rate.tier}`);
      rates.push(rate);
    }
  }
  if (rates.length === 0 && errors.length === 0) errors.push('no price at all');
  return errors.length > 0 ? { errors } : { card: rateCardOf(rates) };
}

/** The rate, or what is wrong with the line. */
function readRate(line: string): Rate | string {
  const fields = line.split(',').map((field) => field.trim());
  const [country = '', tier = '', price = ''] = fields;
  if (fields.length !== 3) return `expected 3 fields, found ${fields.length}`;
  if (!/^[A-Z]{2}$/.test(country)) return `"${country}" is not a country code of two capital letters`;
  if (!tiers.has(tier)) return `"${tier}" is not a tier (premium, low_cost, world)`;
  const priceMicros = parseEuro(price);
  if (priceMicros === null || priceMicros < 0n) {
    return `"${price}" is not a price in euro, such as 0.0500 (at most 6 decimals)`;
  }
  return { country, tier: tier as Tier, priceMicros };
}

/** Cost of one message. */
export function costOf(segments: number, priceMicros: bigint): bigint {
  return BigInt(segments) * priceMicros;
}

/** How many messages of one segment the money buys, with 2 decimals, rounded down: never more than it does buy. */
export function smsEquivalent(availableMicros: bigint, priceMicros: bigint): string {
  if (availableMicros <= 0n || priceMicros <= 0n) return '0.00';
  const hundredths = (availableMicros * 100n) / priceMicros;
  const digits = hundredths.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
