// Number look-ups of an account: immediate ones (REST) and orders that a job completes (OVH). Charged with the answer.
// Refusals: permission-missing, feature-unavailable, credit-insufficient.
import type { LookupConnector, OrderedLookup } from '#domain/delivery/lookup.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listLookupPrices } from '#store/money/lookup-prices.ts';
import { findLookup, listLookups, readLookup } from '#store/recipients/lookup-orders.ts';
import { type LookedUpNumber, type LookupOrder, lookUpImmediately } from './immediate-lookups.ts';
import { createLookupOrder, type LookupReport } from './lookup-orders.ts';

export interface NumberLookups {
  lookUp(access: AccountAccess, order: LookupOrder): Promise<LookedUpNumber[]>;
  /** Price of a look-up of a number of this country. */
  priceMicros(access: AccountAccess, country: string): Promise<bigint>;
  /** Paid now, made later. */
  order(access: AccountAccess, numbers: readonly string[]): Promise<LookupReport>;
  /** Ids of orders, the newest 250,000. */
  list(access: AccountAccess): Promise<readonly number[]>;
  read(access: AccountAccess, id: number): Promise<OrderedLookup | null>;
  /** The last answered look-up of this number. */
  find(access: AccountAccess, msisdn: number): Promise<OrderedLookup | null>;
}

export interface NumberLookupNeeds {
  /** Null if no carrier looks numbers up. */
  readonly findConnector: () => Promise<LookupConnector | null>;
}

const maxListed = 250_000;

export function createNumberLookups(
  context: Pick<Context, 'database' | 'clock'>,
  { findConnector }: NumberLookupNeeds,
): NumberLookups {
  const { query } = context.database;
  return {
    async lookUp(access, order) {
      const account = authorize(access, 'lookups.write');
      return lookUpImmediately(context, account, order, await findConnector());
    },
    async priceMicros(access, country) {
      authorize(access, 'lookups.read');
      return lookupPriceOf(await listLookupPrices(query), country);
    },
    async order(access, numbers) {
      const account = authorize(access, 'lookups.write');
      return createLookupOrder(context, account, numbers, await findConnector());
    },
    list: async (access) => listLookups(query, authorize(access, 'lookups.read'), maxListed),
    read: async (access, id) => readLookup(query, authorize(access, 'lookups.read'), id),
    find: async (access, msisdn) => findLookup(query, authorize(access, 'lookups.read'), msisdn),
  };
}
