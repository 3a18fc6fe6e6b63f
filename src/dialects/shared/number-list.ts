// Splits a list of numbers separated by commas, as forms and query strings carry it. Used by the legacy Octopush dialect and
// http2sms. It only restores a plus that form decoding removed; the plan checks the numbers.

import { readMsisdn } from '#gsm/msisdn.ts';

const lostPlus = /^ +[1-9]/;

/**
 * Trimmed items, empty ones included. Quirk: an unencoded plus arrives as a blank. Only a blank at the beginning of the list is
 * a lost plus (a blank after a comma is ordinary), and only before an international number: with a plus, the French 612345678
 * would become an Australian number.
 */
export function splitNumbers(list: string): string[] {
  const hasLostPlus = lostPlus.test(list);
  return list.split(',').map((written) => {
    const number = written.trim();
    const isInternational = hasLostPlus && lostPlus.test(written) && readMsisdn(number, null).ok;
    return isInternational ? `+${number}` : number;
  });
}
