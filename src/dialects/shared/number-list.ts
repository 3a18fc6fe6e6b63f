// Splits a list of numbers separated by commas, as forms and query strings carry it. Used by the legacy Octopush dialect and
// http2sms. It only restores a plus that form decoding ate; what is a number is for the plan to say.

import { readMsisdn } from '#gsm/msisdn.ts';

const lostPlus = /^ +[1-9]/;

/**
 * Trimmed, empty places kept. Quirk: a plus sent without encoding arrives as a blank. Only a list that begins with a blank
 * has lost its plus (the blank after a comma is how people write lists), and only where a number stands behind it: the
 * blank in front of 612345678 makes no Australian number of a French one.
 */
export function splitNumbers(list: string): string[] {
  const hasLostPlus = lostPlus.test(list);
  return list.split(',').map((written) => {
    const number = written.trim();
    const isInternational = hasLostPlus && lostPlus.test(written) && readMsisdn(number, null).ok;
    return isInternational ? `+${number}` : number;
  });
}
