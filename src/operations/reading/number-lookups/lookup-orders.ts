// Look-ups that are ordered now and made later: paid with the order, made by any process, refunded without an answer.
//
// Promises: the order and its price are one transaction; each look-up ends once, after a crash at any point; a failed one
// costs nothing. A look-up is claimed until the carrier answers: the connector limits the time.
// A carrier can be queried twice for one of them: after a crash before the answer was stored.
// Refusals: feature-unavailable (no carrier looks numbers up), credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import { lookupOrderUnaffordable, noLookupCarrier } from '#domain/delivery/lookup-refusals.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { Context } from '#pipeline/context.ts';
import { chargeLookups, listLookupPrices, refundLookups } from '#store/money/lookup-prices.ts';
import {
  claimLookups,
  type DueLookup,
  endLookup,
  insertLookups,
  releaseLookup,
} from '#store/recipients/lookup-orders.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface LookupReport {
  /** One for each number that is looked up, in the order of the request. */
  readonly ids: readonly number[];
  readonly msisdns: readonly number[];
  /** As written in the request. */
  readonly invalid: readonly string[];
  readonly costMicros: bigint;
}

/** Each number once. Numbers have their country code. */
export async function orderLookups(
  { database, clock }: Needs,
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

const atOnce = 20;
/** Delays before a carrier without an answer is queried again. */
const againAfterMs = 60_000;
const mostTries = 3;

export interface LookupWork {
  readonly processId: number;
  readonly connector: LookupConnector;
  readonly buckets: readonly number[];
}

/** Makes all due look-ups: one round at a time in a process. */
export async function workLookups(context: Needs, work: LookupWork): Promise<void> {
  const { database, clock } = context;
  for (const bucket of work.buckets)
    for (;;) {
      const due = await claimLookups(database.query, bucket, work.processId, clock.now(), atOnce);
      // Waits for all of them before it throws: look-ups in progress must not be claimed again.
      const asked = await Promise.allSettled(due.map((lookup) => ask(context, work, bucket, lookup)));
      for (const result of asked) if (result.status === 'rejected') throw result.reason;
      if (due.length < atOnce) break;
    }
}

async function ask(
  { database, clock }: Needs,
  { processId, connector }: LookupWork,
  bucket: number,
  { accountId, id, msisdn, country, costMicros, tries }: DueLookup,
): Promise<void> {
  const owner = { bucket, id: accountId };
  const release = () => releaseLookup(database.query, owner, id, processId, clock.now() + againAfterMs);
  try {
    const outcome = await connector.look(msisdn, country);
    if (outcome.kind === 'failed' && tries < mostTries) {
      await release();
      return;
    }
    const facts = outcome.kind === 'found' ? outcome.facts : null;
    const nowMs = clock.now();
    await database.transaction(async (query) => {
      const hasEnded = await endLookup(query, owner, id, processId, facts, nowMs);
      if (hasEnded && facts === null) await refundLookups(query, owner, 1, costMicros, nowMs);
    });
  } catch (error) {
    await release();
    throw error;
  }
}
