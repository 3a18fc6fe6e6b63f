// The rate card: prices of a segment by country and tier, and sums of them. Used by the plan, the operator's import and the
// balance in messages. Never invents a price: a country without a row is not covered.

import type { Tier } from '#domain/base/campaign.ts';
import { prefixOf } from '#gsm/msisdn.ts';
import { formatEuro, parseEuro } from './micros.ts';

export interface RateCard {
  /** Price of one segment, or the reason why there is none: no row for the country, or none in this tier. */
  priceOf(country: string, tier: Tier): bigint | 'no-country' | 'no-tier';
  /** Price of one segment; null if there is none. */
  find(country: string, tier: Tier): bigint | null;
  readonly rates: readonly Rate[];
}

export interface Rate {
  /** ISO 3166 alpha-2. Overseas departments have their own codes. */
  readonly country: string;
  readonly tier: Tier;
  readonly priceMicros: bigint;
}

const tiers: ReadonlySet<string> = new Set<Tier>(['premium', 'low_cost', 'world']);

// Saint-Barthélemy and Saint-Martin use Guadeloupe's numbers, so without a row they have its price. No other territory
// takes another's price, least of all overseas departments that of France: carriers bill them separately.
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
  const pricesOf = (country: string) =>
    byCountry.get(country) ?? byCountry.get(pricedLike.get(country) ?? '');
  return {
    rates,
    priceOf(country, tier) {
      const prices = pricesOf(country);
      return prices === undefined ? 'no-country' : (prices.get(tier) ?? 'no-tier');
    },
    find: (country, tier) => pricesOf(country)?.get(tier) ?? null,
  };
}

/** One price for each country and tier, and there are fewer than 250 countries. */
const mostRates = 2_000;
/** Maximum number of reported faults; the others are counted. */
const mostMistakes = 20;
/** A segment costs a few cents: a price above this lacks its decimal point. */
const mostMicros = 100_000_000n;

const header = 'country,tier,price_eur';

/** Reads a rate card, or returns all its faults with their lines. */
export function parseRateCard(
  csv: string,
): { readonly card: RateCard } | { readonly errors: readonly string[] } {
  const rates: Rate[] = [];
  const errors: string[] = [];
  const lines = new Map<string, number>();
  let hasHeader = false;
  let rows = 0;
  for (const [index, line] of csv
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!hasHeader) {
      hasHeader = true;
      if (line.replace(/["\s]/g, '').toLowerCase() === header) continue;
      errors.push(`line ${index + 1}: expected the header ${header}`);
    }
    if (++rows > mostRates)
      return {
        errors: [
          `line ${index + 1}: more than ${mostRates} prices; a rate card has one for each country and tier`,
        ],
      };
    const rate = readRate(line);
    if (typeof rate === 'string') {
      errors.push(`line ${index + 1}: ${rate}`);
      continue;
    }
    const key = `${rate.country} ${rate.tier}`;
    const first = lines.get(key);
    if (first !== undefined)
      errors.push(`line ${index + 1}: a second price for ${key}; line ${first} has one`);
    else {
      lines.set(key, index + 1);
      rates.push(rate);
    }
  }
  if (rates.length === 0 && errors.length === 0) errors.push('no price at all');
  if (errors.length > mostMistakes)
    errors.splice(mostMistakes, errors.length, `and ${errors.length - mostMistakes} more mistakes`);
  return errors.length > 0 ? { errors } : { card: rateCardOf(rates) };
}

/** The rate, or the fault of the line. */
function readRate(line: string): Rate | string {
  const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  if (fields.length === 1 && line.includes(';'))
    return 'the fields are separated by semicolons; separate them by commas';
  if (fields.length === 4 && /^"?\d+$/.test(fields[2]!) && /^\d+"?$/.test(fields[3]!))
    return `"${fields.slice(2).join(',').replaceAll('"', '')}" has a decimal comma; write it with a point`;
  if (fields.length !== 3) return `expected 3 fields, found ${fields.length}`;
  return readRateOf(fields[0]!, fields[1]!, fields[2]!);
}

/** A price from its written parts, or its fault. */
export function readRateOf(country: string, tier: string, price: string): Rate | string {
  if (country === '') return 'the country is missing';
  if (!/^[A-Z]{2}$/.test(country)) return `"${country}" is not a country code of two capital letters`;
  if (prefixOf(country) === null) return `"${country}" is not the code of a country with telephone numbers`;
  if (!tiers.has(tier)) return `"${tier}" is not a tier (premium, low_cost, world)`;
  const priceMicros = readPrice(price);
  return typeof priceMicros === 'string' ? priceMicros : { country, tier: tier as Tier, priceMicros };
}

function readPrice(price: string): bigint | string {
  if (/^\d+,\d+$/.test(price)) return `"${price}" has a decimal comma; write ${price.replace(',', '.')}`;
  const micros = parseEuro(price);
  if (micros === null) return `"${price}" is not a price in euro, such as 0.0500 (at most 6 decimals)`;
  if (micros < 0n) return `"${price}" is negative; a price is 0 or more`;
  if (micros > mostMicros) return `"${price}" is more than ${formatEuro(mostMicros, 0)} EUR for a segment`;
  return micros;
}

/** In the form that `parseRateCard` reads. */
export function renderRateCard(rates: readonly Rate[]): string {
  const lines = rates.map(({ country, tier, priceMicros }) => `${country},${tier},${decimals(priceMicros)}`);
  return `${[header, ...lines].join('\n')}\n`;
}

/** Four decimals, as in the shipped card, or up to six if needed. */
function decimals(micros: bigint): string {
  return formatEuro(micros, 6).replace(/0{1,2}$/, '');
}

/** Cost of one message. */
export function costOf(segments: number, priceMicros: bigint): bigint {
  return BigInt(segments) * priceMicros;
}

/** Number of segments for this money, in hundredths, rounded down. 0 if there is no money or no price. */
export function equivalentHundredths(availableMicros: bigint, priceMicros: bigint): bigint {
  if (availableMicros <= 0n || priceMicros <= 0n) return 0n;
  return (availableMicros * 100n) / priceMicros;
}
