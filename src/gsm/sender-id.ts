// The sender of an SMS: a name, a short code or a long number. Used by the plan and every dialect, each with its limits.
// Never shortens or corrects a name: a dialect with such a rule (Octopush REST) applies it first. A number is read like a
// recipient's, of any kind of line, or refused: shortened or in national form it would be another number.

import { isGsm7 } from './alphabet.ts';
import { readE164, readMsisdn } from './msisdn.ts';
import { readWrittenNumber } from './written-number.ts';

export type SenderKind = 'alphanumeric' | 'short-code' | 'long-number';

export interface SenderId {
  readonly kind: SenderKind;
  /** As sent to the carrier: trimmed; numbers as digits, international ones without plus or zeros. */
  readonly value: string;
}

export interface SenderLimits {
  /** 3 in every Octopush document (docs/dialects/octopush.md#senders). */
  readonly minLength?: number;
  /** 11: maximum of an alphanumeric address (3GPP TS 23.040 §9.1.2.5). */
  readonly maxLength?: number;
  /** True: any printable GSM character, such as `A&B-Shop`; false: letters, digits and spaces. */
  readonly punctuation?: boolean;
  /** Country of national numbers; without one a number needs its country code. */
  readonly defaultCountry?: string | null;
}

const lettersDigitsBlanks = /^[A-Za-z0-9 ]+$/;
const control = /\p{Cc}/u;
const digitsAndSeparators = /^[0-9][0-9 .-]*$/;
const shortestShortCode = 3;
const longestShortCode = 8;
/** Some landlines have the length of short codes; no mobile number has fewer than seven digits. */
const shortestMobile = 7;
/** With fewer digits, a sign such as the slash of `24/7` makes a name. */
const shortestNumber = 9;

/** Null if it is none of the three. Three to eight digits are a short code, unless they are a national mobile number. */
export function readSender(raw: string, limits: SenderLimits = {}): SenderId | null {
  const value = raw.trim();
  if (isSenderNumber(value)) return readNumber(value, limits.defaultCountry ?? null);
  const { minLength = 3, maxLength = 11, punctuation = false } = limits;
  if (value.length < minLength || value.length > maxLength) return null;
  if (punctuation ? !isGsm7(value) || control.test(value) : !lettersDigitsBlanks.test(value)) return null;
  return { kind: 'alphanumeric', value };
}

/** True for the form of a number, existing or not: it must not be sent as a name. */
export function isSenderNumber(raw: string): boolean {
  if (digitsAndSeparators.test(raw)) return true;
  const written = readWrittenNumber(raw);
  return written !== null && (written.hasPlus || written.digits + written.zeros >= shortestNumber);
}

function readNumber(raw: string, defaultCountry: string | null): SenderId | null {
  const code = raw.replace(/[ .-]/g, '');
  const isCode = /^\d+$/.test(code) && code.length >= shortestShortCode && code.length <= longestShortCode;
  if (isCode && !code.startsWith('00')) {
    const read = code.length < shortestMobile ? null : readMsisdn(code, defaultCountry);
    return read?.ok
      ? { kind: 'long-number', value: String(read.msisdn) }
      : { kind: 'short-code', value: code };
  }
  const e164 = readE164(raw, defaultCountry) ?? readInternational(raw);
  return e164 === null ? null : { kind: 'long-number', value: String(e164) };
}

/** A number with a country code outside every plan, such as an operator's virtual number: unchanged. */
function readInternational(raw: string): number | null {
  const written = readWrittenNumber(raw);
  if (written === null || written.digits < shortestNumber) return null;
  const isInternational = written.hasPlus ? written.zeros === 0 : written.zeros === 2;
  return isInternational ? written.value : null;
}
