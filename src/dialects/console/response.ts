// Renders values of the domain in the form of the contract: instants, money, phone numbers, keys of pages. Used by the handlers.
import { maskedNumber } from '#domain/base/audit.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { InstallationState } from '#operations/operator/installation.ts';
import type { AccountTraffic } from '#operations/operator/overview.ts';
import { ConsoleRefusal } from './errors.ts';

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** Euros with six decimals. */
export function euros(micros: bigint): string {
  return formatEuro(micros, 6);
}

/** `+33601020304`; with dots for the digits that the caller may not see. A number that was erased is `erased`. */
export function phoneNumber(msisdn: number, isWhole: boolean): string {
  return isWhole && msisdn !== 0 ? `+${msisdn}` : maskedNumber(msisdn);
}

/** The numbers of a key of a page, which were joined by dots. Refuses `request-invalid`. */
export function readKey(after: string | undefined, parts: number): number[] | null {
  if (after === undefined) return null;
  const numbers = after.split('.').map(Number);
  if (numbers.length === parts && numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) return numbers;
  throw new ConsoleRefusal('request-invalid', {
    detail: 'after is not the next of a former page.',
    fields: { after: 'malformed' },
  });
}

/** A page of at most `limit` rows from `limit + 1` that were read: the last one only says that there is another page. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string | number,
): { rows: Row[]; next: string | null } {
  const shown = rows.slice(0, limit);
  return { rows: shown, next: rows.length > limit ? String(keyOf(shown.at(-1)!)) : null };
}

export function renderTraffic({ messages, segments, priceMicros, marginMicros }: AccountTraffic) {
  return {
    messages,
    segments,
    price: euros(priceMicros),
    margin: marginMicros === null ? null : euros(marginMicros),
  };
}

export function renderQueues({ oldestDueAtMs, oldestCallbackAtMs, ...depths }: InstallationState['queues']) {
  return {
    ...depths,
    oldestDueAt: isoOrNull(oldestDueAtMs),
    oldestCallbackAt: isoOrNull(oldestCallbackAtMs),
  };
}
