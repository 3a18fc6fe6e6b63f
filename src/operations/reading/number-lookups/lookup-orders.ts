// Creates look-up orders: paid at once, looked up by job.ts. Used by the number look-ups service. The order and its price
// are one transaction.
// Refusals: feature-unavailable (no carrier looks numbers up), credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import { lookupOrderUnaffordable, noLookupCarrier } from '#domain/delivery/lookup-refusals.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { Context } from '#pipeline/context.ts';
import { chargeLookups, listLookupPrices } from '#store/money/lookup-prices.ts';
import { insertLookups } from '#store/recipients/lookup-orders.ts';

export interface LookupReport {
  /** One for each number that is looked up, in the order of the request. */
  readonly ids: readonly number[];
  readonly msisdns: readonly number[];
  /** As written in the request. */
  readonly invalid: readonly string[];
  readonly costMicros: bigint;
}

/** Each number once. Numbers have their country code. */
export async function createLookupOrder(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  account: Account,
  written: Iterable<string>,
  connector: LookupConnector | null,
): Promise<LookupReport> {
  if (connector === null) throw noLookupCarrier();
  const { countries, invalid } = readNumbers(written);
  const prices = await listLookupPrices(database.query);
  const lookups = [...countries].map(([msisdn, country]) => ({
    msisdn,
    country,
    costMicros: lookupPriceOf(prices, country),
  }));
  const costMicros = lookups.reduce((sum, lookup) => sum + lookup.costMicros, 0n);
  const msisdns = [...countries.keys()];
  if (lookups.length === 0) return { ids: [], msisdns, invalid, costMicros };
  const ids = await database.transaction(async (query) => {
    const nowMs = clock.now();
    if (!(await chargeLookups(query, account, lookups.length, costMicros, nowMs)))
      throw lookupOrderUnaffordable();
    return insertLookups(query, account, lookups, nowMs);
  });
  return { ids, msisdns, invalid, costMicros };
}

function readNumbers(written: Iterable<string>) {
  const countries = new Map<number, string>();
  const invalid = new Set<string>();
  for (const number of written) {
    const read = readMsisdn(number, null);
    if (read.ok) countries.set(read.msisdn, read.country);
    else invalid.add(number);
  }
  return { countries, invalid: [...invalid] };
}
