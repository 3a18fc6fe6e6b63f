// Money: euro in whole micros, as bigint. Used by every file that reads or writes an amount. No float ever holds money.
import { assert } from '#lib/assert.ts';

/** Plain decimal with a point and without a currency. Half a unit is rounded away from zero. 0 to 6 decimals. */
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

/** Reads `12`, `12.5`, `-0.000001`; null for any other text, for example with a seventh decimal or a comma. */
export function parseEuro(text: string): bigint | null {
  const match = amount.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match;
  const micros = BigInt(whole!) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -micros : micros;
}
