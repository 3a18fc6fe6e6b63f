// Reads the digits of a telephone number as people, spreadsheets and programs write it. Used by msisdn.ts, which decides
// their meaning, sender-id.ts and the check of uploaded lists. Never guesses a digit: an ambiguous text is no number. The
// rules, with examples: docs/dialects/octopush.md#how-numbers-are-read.

export interface WrittenNumber {
  /** The digits as a number, without leading zeros: at most fifteen, so exact. */
  readonly value: number;
  /** Number of digits of `value`. */
  readonly digits: number;
  /** Number of leading zeros. */
  readonly zeros: number;
  readonly hasPlus: boolean;
  /** `value` with the zero in brackets after the calling code; null without one. */
  readonly withTrunkZero: number | null;
}

const maxDigits = 15;
/** Longer than any number with its separators and marks. A text of this length is refused unread. */
const maxLength = 100;
/** A decimal fraction is recognized only after this many digits, the length of the shortest number. */
const minDigitsBeforeDecimal = 7;

const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
const spaces = /[\s\p{Z}\p{Cc}]+/gu;
/** Arabic-Indic, extended Arabic-Indic and full-width digits, and the full-width plus. */
const foreignDigits = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19\uff0b]/g;
/** A zero in brackets after a digit other than zero: `+33 (0)6`, `0044 [0] 7911`. */
const trunkZero = /^([^([]*[1-9][^([]*)[([] ?0 ?[)\]](.*)$/;
const separators = /[ .()[\]/\u2010-\u2015\u2212-]+/g;
const plain = /^\+?\d+$/;

/** Null if it does not have the form of a number. */
export function readWrittenNumber(raw: string): WrittenNumber | null {
  return readPlain(raw) ?? (raw.length > maxLength ? null : readDecorated(raw));
}

/** The usual form of programs, tried first. */
function readPlain(raw: string): WrittenNumber | null {
  const hasPlus = raw.charCodeAt(0) === 43;
  let value = 0;
  let digits = 0;
  let zeros = 0;
  for (let i = hasPlus ? 1 : 0; i < raw.length; i++) {
    const digit = raw.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    if (digits === 0 && digit === 0) zeros++;
    else {
      value = value * 10 + digit;
      if (++digits > maxDigits) return null;
    }
  }
  return digits === 0 ? null : { value, digits, zeros, hasPlus, withTrunkZero: null };
}

function readDecorated(raw: string): WrittenNumber | null {
  const text = raw
    .replace(invisible, '')
    .replace(spaces, ' ')
    .replace(foreignDigits, toAscii)
    .trim()
    // Spreadsheets mark a text that resembles a number or a formula with a leading apostrophe.
    .replace(/^['\u2019]/, '');
  const [, before, after] = trunkZero.exec(text) ?? [];
  if (before === undefined || after === undefined) return readSeparated(text);
  const number = readSeparated(`${before} ${after}`.replaceAll('  ', ' '));
  return number === null
    ? null
    : { ...number, withTrunkZero: readSeparated(`${before}0${after}`)?.value ?? null };
}

function readSeparated(text: string): WrittenNumber | null {
  const joined = withoutFraction(text)?.replace(separators, '') ?? '';
  return plain.test(joined) ? readPlain(joined) : null;
}

function toAscii(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0xff0b) return '+';
  return String((code - (code < 0x06f0 ? 0x0660 : code < 0xff10 ? 0x06f0 : 0xff10)) % 10);
}

/**
 * The number before a decimal fraction of zeros, as spreadsheets and pandas write it (`491511234567.0`); null if the
 * fraction is another. A comma is always a decimal sign. A dot is one if it is the only one and follows five or more digits
 * in a row, follows groups of three (`33 612 345 678.00`) or precedes a single digit; otherwise it separates
 * (`06.01.02.03`). Two zeros after other separators are ambiguous, so they are refused.
 */
function withoutFraction(text: string): string | null {
  const sign = text.includes(',') ? ',' : '.';
  const at = text.indexOf(sign);
  if (at === -1 || (sign === '.' && text.includes('.', at + 1))) return text;
  const before = text.slice(0, at).trim();
  const fraction = text.slice(at + 1).trim();
  const isLong = before.replace(/\D/g, '').length >= minDigitsBeforeDecimal && /^\d*$/.test(fraction);
  if (sign === ',' && !isLong) return null;
  if (!isLong) return text;
  if (sign === '.' && !isDecimalDot(before, fraction)) return fraction === '00' ? null : text;
  return /^0*$/.test(fraction) ? before : null;
}

function isDecimalDot(before: string, fraction: string): boolean {
  if (fraction.length < 2 || /\d{5}$/.test(before)) return true;
  return fraction.length === 2 && /^\+?\d{1,3}(?: \d{3})+$/.test(before);
}
