// How OVH's API writes the numbers that are an account's own.
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { readMsisdn } from '#gsm/msisdn.ts';

/** Long ones with their plus, short codes as they are. */
export function renderNumber({ kind, number }: ReplyNumber): string {
  return kind === 'virtual' ? `+${number}` : number;
}

const countries: Readonly<Record<string, string>> = { BE: 'be', CH: 'ch', DE: 'de', ES: 'es', GB: 'uk' };

// Quirk: the description knows six countries of virtual numbers; all others are told as France.
export function countryOf({ number }: ReplyNumber): string {
  const read = readMsisdn(`+${number}`, null);
  return (read.ok && countries[read.country]) || 'fr';
}
