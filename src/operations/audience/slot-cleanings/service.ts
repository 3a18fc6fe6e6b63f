// Cleanings of lists in slots: ordered and paid in one request, done by job.ts. Used by the calls of recipient slots. The
// order, its price and its look-ups are one transaction.
// Refusals: feature-unavailable (no carrier looks numbers up), credit-insufficient.
import type { Account } from '#domain/account/account.ts';
import { cleaningUnaffordable, noLookupCarrier } from '#domain/delivery/lookup-refusals.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import type { SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { LookupRange, SlotCleaning } from '#domain/recipients/slot-cleaning.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { chargeLookups, listLookupPrices } from '#store/money/lookup-prices.ts';
import type { Content } from '#store/recipients/file-contents.ts';
import { insertLookups, type NewLookup } from '#store/recipients/lookup-orders.ts';
import { readSlot } from '#store/recipients/recipient-slots.ts';
import { insertCleaning, listCleanings, readCleaning } from '#store/recipients/slot-cleanings.ts';
import { readDistinct } from './steps.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface CleaningOrder {
  /** Numbers are looked up at the account's expense. */
  readonly looksUp: boolean;
  /** Calculates the price without an order. */
  readonly isQuote: boolean;
}

export interface OrderedCleaning {
  /** Null for a quote. */
  readonly id: number | null;
  readonly costMicros: bigint;
}

export interface SlotCleanings {
  /** Null for an empty slot; `busy` during its cleaning. */
  order(
    access: AccountAccess,
    slot: Pick<SlotKey, 'userId' | 'slot'>,
    order: CleaningOrder,
  ): Promise<OrderedCleaning | 'busy' | null>;
  /** Ids in rising order, of every status if it is null; the newest 10,000. */
  list(access: AccountAccess, status: string | null): Promise<readonly number[]>;
  read(access: AccountAccess, id: number): Promise<SlotCleaning | null>;
}

export interface SlotCleaningNeeds {
  /** Whether a carrier looks numbers up. */
  readonly canLookUp: () => Promise<boolean>;
}

const maxCleanings = 10_000;

export function createSlotCleanings(context: Needs, { canLookUp }: SlotCleaningNeeds): SlotCleanings {
  const { query } = context.database;
  return {
    async order(access, { userId, slot }, order) {
      const account = authorize(access, 'cleanings.write');
      const key = { bucket: account.bucket, accountId: account.id, userId, slot };
      return orderCleaning(context, account, key, order, await canLookUp());
    },
    list: async (access, status) =>
      listCleanings(query, authorize(access, 'cleanings.read'), status, maxCleanings),
    read: async (access, id) => readCleaning(query, authorize(access, 'cleanings.read'), id),
  };
}

/** Null for an empty slot; `busy` during its cleaning. */
export async function orderCleaning(
  { database, clock }: Needs,
  account: Account,
  key: SlotKey,
  order: CleaningOrder,
  canLookUp: boolean,
): Promise<OrderedCleaning | 'busy' | null> {
  if (order.looksUp && !canLookUp) throw noLookupCarrier();
  const slot = await readSlot(database.query, key);
  if (slot === null) return null;
  const content = { bucket: key.bucket, id: slot.contentId };
  if (order.isQuote) {
    const costMicros = order.looksUp ? await priceOf(database.query, account, content) : 0n;
    return { id: null, costMicros };
  }
  const nowMs = clock.now();
  try {
    return await database.transaction(async (query) => {
      const ordered = order.looksUp ? await createLookups(query, account, content, nowMs) : null;
      const id = await insertCleaning(query, key, content.id, ordered?.range ?? null, nowMs);
      if (id === null) throw new BusyError();
      return { id, costMicros: ordered?.costMicros ?? 0n };
    });
  } catch (error) {
    if (error instanceof BusyError) return 'busy';
    throw error;
  }
}

/** Rolls back the order. */
class BusyError extends Error {}

async function priceOf(query: Query, account: Account, content: Content): Promise<bigint> {
  let costMicros = 0n;
  for await (const lookups of readLookups(query, account, content))
    for (const lookup of lookups) costMicros += lookup.costMicros;
  return costMicros;
}

async function createLookups(query: Query, account: Account, content: Content, nowMs: number) {
  let costMicros = 0n;
  let count = 0;
  const ids: number[] = [];
  for await (const lookups of readLookups(query, account, content)) {
    for (const lookup of lookups) costMicros += lookup.costMicros;
    count += lookups.length;
    const made = await insertLookups(query, account, lookups, nowMs);
    ids.push(made[0]!, made.at(-1)!);
  }
  // Runs last: it locks the account for a moment only.
  if (count > 0 && !(await chargeLookups(query, account, count, costMicros, nowMs)))
    throw cleaningUnaffordable();
  const range: LookupRange | null = count === 0 ? null : { first: ids[0]!, last: ids.at(-1)! };
  return { range, costMicros };
}

async function* readLookups(query: Query, account: Account, content: Content): AsyncGenerator<NewLookup[]> {
  const prices = await listLookupPrices(query);
  for await (const part of readDistinct(query, account, content, () => {}))
    yield part.map(({ msisdn, country }) => ({
      msisdn,
      country,
      costMicros: lookupPriceOf(prices, country),
    }));
}
