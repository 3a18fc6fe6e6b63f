// Money: euro in whole micros, as bigint, and the entries that make up a balance. Serves the ledger, its audit, and
// every dialect that writes or reads an amount. No float ever holds money here, and an entry never changes.
//
// hold      reserved when a campaign is accepted
// charge    taken from the hold when a carrier took the message
// release   the hold given back, because the message never left
// top_up    paid in; adjustment: corrected by the operator, the only kind whose amount may be negative

import { assert } from '#lib/assert.ts';

export const entryKinds = ['hold', 'charge', 'release', 'top_up', 'adjustment'] as const;

export type EntryKind = (typeof entryKinds)[number];

export interface CreditEntry {
  readonly kind: EntryKind;
  /** Positive, except for an adjustment downwards. */
  readonly amountMicros: bigint;
}

export interface CreditTotals {
  /** What was paid in and not yet charged. */
  readonly balanceMicros: bigint;
  /** The part of it that is reserved. */
  readonly heldMicros: bigint;
}

/** The books as their entries tell them: the audit compares this with what is stored. Order does not matter. */
export function recomputeCredit(entries: Iterable<CreditEntry>): CreditTotals {
  let balanceMicros = 0n;
  let heldMicros = 0n;
  for (const { kind, amountMicros } of entries) {
    assert(kind === 'adjustment' || amountMicros >= 0n, `a negative ${kind}`);
    if (kind === 'hold') heldMicros += amountMicros;
    else if (kind === 'release') heldMicros -= amountMicros;
    else if (kind === 'charge') {
      balanceMicros -= amountMicros;
      heldMicros -= amountMicros;
    } else balanceMicros += amountMicros;
  }
  return { balanceMicros, heldMicros };
}

/** What a new campaign may cost. */
export function availableMicros(totals: CreditTotals): bigint {
  return totals.balanceMicros - totals.heldMicros;
}

/** Plain decimal, point as separator, no sign of currency; half a unit is rounded away from zero. 0 to 6 decimals. */
export function formatEuro(micros: bigint, decimals: number): string {
  assert(Number.isInteger(decimals) && decimals >= 0 && decimals <= 6, `${decimals} decimals of a euro`);
  const magnitude = micros < 0n ? -micros : micros;
  const unit = 10n ** BigInt(6 - decimals);
  const units = (magnitude + unit / 2n) / unit;
  const sign = micros < 0n && units > 0n ? '-' : '';
  if (decimals === 0) return sign + units;
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const amount = /^([+-]?)(\d+)(?:\.(\d{1,6}))?$/;

/** Reads `12`, `12.5`, `-0.000001`; null for anything else, a seventh decimal or a comma included. */
export function parseEuro(text: string): bigint | null {
  const match = amount.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match;
  const micros = BigInt(whole!) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -micros : micros;
}
