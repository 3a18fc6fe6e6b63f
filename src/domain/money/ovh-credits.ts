// OVH credits: micros divided by the price of a credit of the account, so that both families of dialects show one balance.
// Used by the OVH dialects, orders and quotas.
import type { AccountSettings } from '#domain/account/account.ts';
import { formatEuro } from './micros.ts';
import type { RateCard } from './rate-card.ts';

/** The price of an SMS to France is the default price of a credit. */
const usualDestination = 'FR';
/** Used without a price for France. */
const fallbackPriceMicros = 50_000n;

/** Price of a credit of an account, in micros of a euro. */
export function creditPriceOf(settings: Pick<AccountSettings, 'creditPriceMicros'>, rates: RateCard): bigint {
  if (settings.creditPriceMicros !== null) return BigInt(settings.creditPriceMicros);
  const price = rates.find(usualDestination, 'premium');
  return price !== null && price > 0n ? price : fallbackPriceMicros;
}

/** Shown decimals. A tenth of a credit is the smallest price in use (a look-up, docs/dialects/ovh.md#sending). */
const decimals = 10_000n;

/** Rounded down, so that the result is never above the balance. */
export function toCredits(micros: bigint, creditPriceMicros: bigint): number {
  return Number((micros * decimals) / creditPriceMicros) / Number(decimals);
}

/** Two decimals, rounded down. */
export function showCredits(micros: bigint, creditPriceMicros: bigint): string {
  return formatEuro(((micros * 100n) / creditPriceMicros) * 10_000n, 2);
}

/** Micros of an amount of credits; null if it is no valid amount, 0 and negative numbers included. */
export function fromCredits(credits: number, creditPriceMicros: bigint): bigint | null {
  const parts = Math.round(credits * Number(decimals));
  if (!Number.isSafeInteger(parts) || parts <= 0) return null;
  return (BigInt(parts) * creditPriceMicros) / decimals;
}
