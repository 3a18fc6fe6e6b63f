// Who an SMS says it is from: a name, a short code or a long number. Serves the plan and every dialect, each with
// its own limits. It never truncates or repairs: a dialect that does so (Octopush REST) does it before asking.

import { isGsm7 } from './alphabet.ts';

export type SenderKind = 'alphanumeric' | 'short-code' | 'long-number';

export interface SenderId {
  readonly kind: SenderKind;
  /** As it goes on the air: trimmed; numbers as digits alone, international ones without plus or zeros. */
  readonly value: string;
}

export interface SenderLimits {
  /** 3 in every Octopush document (seed 002; protocols/octopush.md 12.10). */
  readonly minLength?: number;
  /** 11: what an alphanumeric address holds (3GPP TS 23.040 §9.1.2.5). */
  readonly maxLength?: number;
  /** True: any printable GSM character, such as `A&B-Shop`; false: letters, digits and blanks. */
  readonly punctuation?: boolean;
}

const lettersDigitsBlanks = /^[A-Za-z0-9 ]+$/;
const digits = /^(?:\+|00)?[0-9][0-9 .-]*$/;
const control = /\p{Cc}/u;

/** Null when it is none of the three. Three to eight digits are a short code, nine to fifteen a long number. */
export function readSender(raw: string, limits: SenderLimits = {}): SenderId | null {
  const value = raw.trim();
  if (digits.test(value)) return readNumber(value);
  const { minLength = 3, maxLength = 11, punctuation = false } = limits;
  if (value.length < minLength || value.length > maxLength) return null;
  if (punctuation ? !isGsm7(value) || control.test(value) : !lettersDigitsBlanks.test(value)) return null;
  return { kind: 'alphanumeric', value };
}

function readNumber(text: string): SenderId | null {
  const isInternational = text.startsWith('+') || text.startsWith('00');
  const value = text.replace(/^(?:\+|00)/, '').replace(/[^0-9]/g, '');
  if (value.length >= 9 && value.length <= 15) return { kind: 'long-number', value };
  if (!isInternational && value.length >= 3 && value.length <= 8) return { kind: 'short-code', value };
  return null;
}
