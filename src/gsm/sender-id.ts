// Who an SMS says it is from: a name, a short code or a long number. Serves the plan and every dialect, each with its own
// limits. It never truncates or repairs a name: a dialect that does so (Octopush REST) does it before asking. A number is
// read like a recipient's, whatever kind of line it is, or refused: cut or left national it would be another number.

import { isGsm7 } from './alphabet.ts';
import { readE164, readMsisdn } from './msisdn.ts';
import { readWrittenNumber } from './written-number.ts';

export type SenderKind = 'alphanumeric' | 'short-code' | 'long-number';

export interface SenderId {
  readonly kind: SenderKind;
  /** As it goes on the air: trimmed; numbers as digits alone, international ones without plus or zeros. */
  readonly value: string;
}

export interface SenderLimits {
  /** 3 in every Octopush document (legacy manual S2; docs/dialects/octopush.md#senders). */
  readonly minLength?: number;
  /** 11: what an alphanumeric address holds (3GPP TS 23.040 §9.1.2.5). */
  readonly maxLength?: number;
  /** True: any printable GSM character, such as `A&B-Shop`; false: letters, digits and blanks. */
  readonly punctuation?: boolean;
  /** In which a national number is read; without one a number needs its country code. */
  readonly defaultCountry?: string | null;
}

const lettersDigitsBlanks = /^[A-Za-z0-9 ]+$/;
const control = /\p{Cc}/u;
const digitsAndSeparators = /^[0-9][0-9 .-]*$/;
const shortestShortCode = 3;
const longestShortCode = 8;
/** Some landlines are as short as short codes; no mobile number is below seven digits. */
const shortestMobile = 7;
/** With fewer digits, signs such as the slash of `24/7` make a name. */
const shortestNumber = 9;

/** Null when it is none of the three. Three to eight digits are a short code, unless they are a national mobile number. */
export function readSender(raw: string, limits: SenderLimits = {}): SenderId | null {
  const value = raw.trim();
  if (isSenderNumber(value)) return readNumber(value, limits.defaultCountry ?? null);
  const { minLength = 3, maxLength = 11, punctuation = false } = limits;
  if (value.length < minLength || value.length > maxLength) return null;
  if (punctuation ? !isGsm7(value) || control.test(value) : !lettersDigitsBlanks.test(value)) return null;
  return { kind: 'alphanumeric', value };
}

/** True for what has the form of a number, even of one that does not exist: it must not be sent as a name. */
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

/** A number with its country code that no plan tells of, such as an operator's virtual number: as it is written. */
function readInternational(raw: string): number | null {
  const written = readWrittenNumber(raw);
  if (written === null || written.digits < shortestNumber) return null;
  const isInternational = written.hasPlus ? written.zeros === 0 : written.zeros === 2;
  return isInternational ? written.value : null;
}
