// Writes the numbers of an account in the forms of OVH's API. Used by the calls.
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

/** Long numbers with a plus, short codes without. */
export function renderNumber({ kind, number }: ReplyNumber): string {
  return kind === 'virtual' ? `+${number}` : number;
}

const countries: Readonly<Record<string, string>> = { BE: 'be', CH: 'ch', DE: 'de', ES: 'es', GB: 'uk' };

// Quirk: the description knows six countries of virtual numbers; all others are shown as France.
export function countryOf({ number }: ReplyNumber): string {
  const read = readMsisdn(`+${number}`, null);
  return (read.ok && countries[read.country]) || 'fr';
}
