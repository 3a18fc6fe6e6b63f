// Looks numbers up at a carrier and charges the answers. Never charges without an answer, and never more than the
// available credit.
// Refusals: feature-unavailable (no carrier looks numbers up), recipients-malformed, credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import type { LookupConnector, NumberFacts } from '#domain/delivery/lookup.ts';
import { lookupsUnaffordable, noLookupCarrier } from '#domain/delivery/lookup-refusals.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { Context } from '#pipeline/context.ts';
import { readBalance } from '#store/money/ledger.ts';
import { chargeLookups, listLookupPrices } from '#store/money/lookup-prices.ts';

export interface LookedUpNumber {
  /** As written in the request. */
  readonly number: string;
  /** Null for an unreadable number: no carrier was queried. */
  readonly msisdn: number | null;
  readonly country: string | null;
  /** Null without an answer of the carrier. */
  readonly facts: NumberFacts | null;
}

export interface LookupOrder {
  readonly numbers: readonly string[];
  /** Answered and not charged. */
  readonly dryRun: boolean;
}

/** Concurrent queries to a carrier. */
const concurrency = 20;

export async function lookUpImmediately(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  order: LookupOrder,
  connector: LookupConnector | null,
): Promise<LookedUpNumber[]> {
  if (connector === null) throw noLookupCarrier();
  const read = order.numbers.map((number) => ({
    number,
    ...readNumber(number, account.settings.defaultCountry),
  }));
  const { query } = context.database;
  const prices = await listLookupPrices(query);
  const priceOf = (country: string | null) => lookupPriceOf(prices, country);
  if (!order.dryRun) {
    const most = sum(read.filter(({ msisdn }) => msisdn !== null).map(({ country }) => priceOf(country)));
    if ((await readBalance(query, account)).availableMicros < most) throw lookupsUnaffordable();
  }
  const answers: LookedUpNumber[] = [];
  for (let i = 0; i < read.length; i += concurrency)
    answers.push(
      ...(await Promise.all(read.slice(i, i + concurrency).map((lookup) => queryCarrier(connector, lookup)))),
    );
  const answered = answers.filter(({ facts, msisdn }) => facts !== null && msisdn !== null);
  if (order.dryRun || answered.length === 0) return answers;
  const costMicros = sum(answered.map(({ country }) => priceOf(country)));
  if (!(await chargeLookups(query, account, answered.length, costMicros, context.clock.now())))
    throw lookupsUnaffordable();
  return answers;
}

function readNumber(number: string, defaultCountry: string | null) {
  const read = readMsisdn(number, defaultCountry);
  return read.ok ? { msisdn: read.msisdn, country: read.country } : { msisdn: null, country: null };
}

async function queryCarrier(
  connector: LookupConnector,
  lookup: Omit<LookedUpNumber, 'facts'>,
): Promise<LookedUpNumber> {
  if (lookup.msisdn === null || lookup.country === null) return { ...lookup, facts: unreadable };
  const outcome = await connector.look(lookup.msisdn, lookup.country);
  return { ...lookup, facts: outcome.kind === 'found' ? outcome.facts : null };
}

const unreadable: NumberFacts = {
  isValid: false,
  networkName: null,
  mcc: null,
  mnc: null,
  isReachable: null,
  isPorted: null,
  portedAtMs: null,
  originalNetwork: null,
};

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
