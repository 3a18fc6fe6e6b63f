// Look-ups that are ordered now and made later: paid with the order, asked of a carrier by whichever process has time, given
// back when none answers.
//
// Promises: the order and its price are one transaction; each look-up ends once, whoever dies meanwhile; what failed costs
// nothing. A carrier may be asked twice for one of them: when a process dies before it writes the answer down.
// Refusals: feature-unavailable (no carrier looks numbers up), credit-insufficient.
import type { Account } from '#domain/account.ts';
import type { LookupConnector } from '#domain/lookup.ts';
import { RefusedError } from '#domain/refusals.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { chargeLookups, listLookupPrices, refundLookups } from '#store/lookups.ts';
import { type DueLookup, endLookup, insertLookups, takeDueLookups } from '#store/number-lookups.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface LookupReport {
  /** Of each number that is looked up, in the order in which they were written. */
  readonly ids: readonly number[];
  readonly msisdns: readonly number[];
  /** As they were written. */
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
  if (connector === null)
    throw new RefusedError('feature-unavailable', 'No carrier of this platform looks numbers up.');
  const { countries, invalid } = readNumbers(written);
  const prices = await listLookupPrices(database.query);
  const lookups = [...countries].map(([msisdn, country]) => ({
    msisdn,
    country,
    costMicros: prices.get(country) ?? prices.get('*') ?? 0n,
  }));
  const costMicros = lookups.reduce((sum, lookup) => sum + lookup.costMicros, 0n);
  const msisdns = [...countries.keys()];
  if (lookups.length === 0) return { ids: [], msisdns, invalid, costMicros };
  const ids = await database.transaction(async (query) => {
    const nowMs = clock.now();
    if (!(await chargeLookups(query, account, lookups.length, costMicros, nowMs)))
      throw new RefusedError('credit-insufficient');
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
/** Longer than a carrier takes to answer; who does not answer is asked again then. */
const leaseMs = 60_000;
const mostTries = 3;

/** Asks for everything that is due. */
export async function workLookups(
  context: Needs,
  connector: LookupConnector,
  buckets: readonly number[],
): Promise<void> {
  for (const bucket of buckets)
    for (;;) {
      const nowMs = context.clock.now();
      const times = { nowMs, againAtMs: nowMs + leaseMs };
      const due = await takeDueLookups(context.database.query, bucket, times, atOnce);
      await Promise.all(due.map((lookup) => ask(context, connector, bucket, lookup)));
      if (due.length < atOnce) break;
    }
}

async function ask(
  { database, clock }: Needs,
  connector: LookupConnector,
  bucket: number,
  { accountId, id, msisdn, country, costMicros, tries }: DueLookup,
): Promise<void> {
  const outcome = await connector.look(msisdn, country);
  // Not answered, it is due again when its lease is over.
  if (outcome.kind === 'failed' && tries < mostTries) return;
  const facts = outcome.kind === 'found' ? outcome.facts : null;
  const owner = { bucket, id: accountId };
  const nowMs = clock.now();
  await database.transaction(async (query) => {
    const hasEnded = await endLookup(query, owner, id, facts, nowMs);
    if (hasEnded && facts === null) await refundLookups(query, owner, 1, costMicros, nowMs);
  });
}
