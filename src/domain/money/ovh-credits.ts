// Credits: how OVH's dialects speak of money. The same micros, divided by what a credit costs the account, so that both
// families of dialects show one balance (product.md, Credit).
import type { AccountSettings } from '#domain/account/account.ts';
import { formatEuro } from './micros.ts';
import type { RateCard } from './rate-card.ts';

/** What a credit is when an account has no price of its own for it: an SMS to France. */
const usualDestination = 'FR';
/** Where France is not served either. */
const fallbackPriceMicros = 50_000n;

/** What a credit costs an account, in micros of a euro. */
export function creditPriceOf(settings: Pick<AccountSettings, 'creditPriceMicros'>, rates: RateCard): bigint {
  if (settings.creditPriceMicros !== null) return BigInt(settings.creditPriceMicros);
  const price = rates.find(usualDestination, 'premium');
  return price !== null && price > 0n ? price : fallbackPriceMicros;
}

/** Decimals that are shown. A tenth of a credit is the least price in use (a look-up, docs/dialects/ovh.md#sending). */
const decimals = 10_000n;

/** Rounded down, so that nobody is promised what he has not. */
export function toCredits(micros: bigint, creditPriceMicros: bigint): number {
  return Number((micros * decimals) / creditPriceMicros) / Number(decimals);
}

/** For people: two decimals, rounded down. */
export function showCredits(micros: bigint, creditPriceMicros: bigint): string {
  return formatEuro(((micros * 100n) / creditPriceMicros) * 10_000n, 2);
}

/** What so many credits are; null for what is not a number of credits, 0 or less included. */
export function fromCredits(credits: number, creditPriceMicros: bigint): bigint | null {
  const parts = Math.round(credits * Number(decimals));
  if (!Number.isSafeInteger(parts) || parts <= 0) return null;
  return (BigInt(parts) * creditPriceMicros) / decimals;
}
