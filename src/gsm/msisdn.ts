// Converts a written telephone number into E.164 digits, with its country and kind of line. Used by the plan and every
// dialect that reads numbers. French numbers, overseas included, are read by arithmetic (numbering-plan.ts, some 30 times
// faster), all others by libphonenumber's full metadata. Never refuses a number only because its range is newer than the
// metadata: a possible length is enough unless the line is known to be fixed.

import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import {
  frenchPlanCountries,
  isFrenchCallingCode,
  type PlannedLine,
  readFrenchNumber,
} from './numbering-plan.ts';
import { phoneLibrary } from './phone-library.ts';
import { readWrittenNumber } from './written-number.ts';

export type Msisdn =
  | {
      readonly ok: true;
      /** E.164 digits as a number: at most 15 digits, so exact in a double. */
      readonly msisdn: number;
      /** ISO 3166 alpha-2. Overseas departments have their own codes. */
      readonly country: string;
      /** Null if fixed and mobile lines of the country have the same form. */
      readonly isMobile: boolean | null;
    }
  | { readonly ok: false; readonly problem: 'not-a-number' | 'unknown-prefix' | 'not-mobile' };

const notANumber = { ok: false, problem: 'not-a-number' } as const;
const unknownPrefix = { ok: false, problem: 'unknown-prefix' } as const;
const notMobile = { ok: false, problem: 'not-mobile' } as const;

const minDigits = 7;

/** Lines that cannot receive SMS. Other kinds can: voice over IP, personal numbers, pagers, unknown. */
const fixedKinds: ReadonlySet<string> = new Set([
  'FIXED_LINE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
]);

/** The calling code of a country; null for a code without a country or numbering plan. */
export function prefixOf(country: string): string | null {
  const { isSupportedCountry, getCountryCallingCode } = phoneLibrary();
  return isSupportedCountry(country) ? getCountryCallingCode(country) : null;
}

let knownCallingCodes: ReadonlySet<number> | undefined;

function callingCodes(): ReadonlySet<number> {
  const { getCountries, getCountryCallingCode } = phoneLibrary();
  knownCallingCodes ??= new Set(getCountries().map((code) => Number(getCountryCallingCode(code))));
  return knownCallingCodes;
}

/** Loads the metadata of all countries, which takes 110 ms: at the start of a server rather than with its first message. */
export function preloadNumbers(): void {
  callingCodes();
}

/** Treatment of the default country's national numbers: read, or refused without a country code. */
export type NationalNumbers = 'read' | 'refused';

/** A number of any kind of line, fixed ones included. `isValid`: in a range that is known to be in use. */
type Line =
  | {
      readonly ok: true;
      readonly msisdn: number;
      readonly country: string;
      readonly isMobile: boolean | null;
      readonly isValid: boolean;
    }
  | { readonly ok: false; readonly problem: 'not-a-number' | 'unknown-prefix' };

/**
 * Accepts `+33…`, `0033…`, `33…` with spaces, dots, dashes, slashes, brackets and invisible characters, and the national
 * form if there is a default country. Rules for digits alone: docs/dialects/octopush.md#how-numbers-are-read.
 */
export function readMsisdn(
  raw: string,
  defaultCountry: string | null,
  nationals: NationalNumbers = 'read',
): Msisdn {
  const line = readLine(raw, defaultCountry, nationals);
  if (!line.ok) return line;
  const { msisdn, country, isMobile } = line;
  return isMobile === false ? notMobile : { ok: true, msisdn, country, isMobile };
}

/** E.164 digits, whether or not the line can receive SMS; null if it is no number. For senders. */
export function readE164(raw: string, defaultCountry: string | null): number | null {
  const line = readLine(raw, defaultCountry, 'read');
  return line.ok ? line.msisdn : null;
}

/**
 * The digits with which people and programs write a number: 33601020304, 0033601020304 and 0601020304, without separators.
 * Finds a number in texts that are stored as they were written.
 */
export function writtenForms(msisdn: number): readonly string[] {
  return [`${msisdn}`, `00${msisdn}`, `0${significantDigits(msisdn)}`];
}

/** The digits without the country code, which every notation contains. */
export function significantDigits(msisdn: number): string {
  return phoneLibrary().parsePhoneNumberFromString(`+${msisdn}`)?.nationalNumber ?? `${msisdn}`;
}

function readLine(raw: string, defaultCountry: string | null, nationals: NationalNumbers): Line {
  const written = readWrittenNumber(raw);
  if (written === null || written.zeros > 2) return notANumber;
  const { value, digits, zeros, hasPlus, withTrunkZero } = written;
  const line = readDigits(value, digits);
  // In Italian landlines, and in all numbers of some countries, the first zero is part of the number, in brackets or
  // not.
  if (withTrunkZero === null || (line.ok && line.isValid)) return line;
  const kept = readDigits(withTrunkZero, digits + 1);
  return kept.ok && kept.isValid ? kept : line;

  function readDigits(value: number, digits: number): Line {
    if (zeros === 2 || (zeros === 0 && hasPlus)) return readInternational(value, digits, false);
    // No calling code begins with a zero.
    if (hasPlus) return unknownPrefix;
    if (zeros === 0) return readBare(value, digits, defaultCountry, nationals);
    if (defaultCountry === null || nationals === 'refused') return notANumber;
    return readNational(value, digits, defaultCountry, true);
  }
}

/** Numbers with a country code have more digits than this, except those of some islands. */
const longestShortNumber = 9;

/**
 * Digits alone are international, as programs send them, unless the default country makes them national, as after a
 * spreadsheet deleted the zero of 0612345678. Where national numbers are refused, such digits are refused.
 */
function readBare(
  value: number,
  digits: number,
  defaultCountry: string | null,
  nationals: NationalNumbers,
): Line {
  const international = readInternational(value, digits, true);
  if (defaultCountry === null) return international;
  const isValid = international.ok && international.isValid;
  if (isValid && international.isMobile !== false && isOfPlan(international.country, defaultCountry))
    return international;
  const national = readNational(value, digits, defaultCountry, false);
  // German landlines, of any length, look like the international numbers of other countries.
  const isNational = national.ok && (national.isMobile !== false || digits <= longestShortNumber || !isValid);
  if (!isNational) return international;
  return nationals === 'read' ? national : notANumber;
}

/** Whether two countries share a numbering plan. */
function isOfPlan(country: string, defaultCountry: string): boolean {
  if (frenchPlanCountries.has(defaultCountry)) return frenchPlanCountries.has(country);
  return prefixOf(country) === prefixOf(defaultCountry);
}

/** Without a plus (`isBare`), a number outside the known ranges must have at least the length of a mobile number. */
function readInternational(value: number, digits: number, isBare: boolean): Line {
  const line = readFrenchInternational(value, digits);
  if (line) return asLine(line);
  if (digits < minDigits) return notANumber;
  const callingCode = callingCodeOf(value, digits);
  if (callingCode === null) return unknownPrefix;
  // A French range that the arithmetic lacks is closed, whatever the metadata accepts.
  if (isFrenchCallingCode(callingCode)) return notANumber;
  const number = phoneLibrary().parsePhoneNumberFromString(`+${value}`);
  return number === undefined ? notANumber : judge(number, isBare);
}

/** Null for a number of another plan, and for an impossible one of the French plan. */
function readFrenchInternational(value: number, digits: number): PlannedLine | null {
  const two = Math.floor(value / 10 ** (digits - 2));
  const codeDigits = two === 33 ? 2 : 3;
  const callingCode = two === 33 ? 33 : Math.floor(value / 10 ** (digits - 3));
  if (!isFrenchCallingCode(callingCode)) return null;
  let nationalDigits = digits - codeDigits;
  const national = value % 10 ** nationalDigits;
  // +33 (0)6 12 34 56 78: the trunk zero after the calling code is ignored.
  if (nationalDigits === 10 && national < 1e9) nationalDigits = 9;
  return readFrenchNumber(national, nationalDigits, callingCode);
}

/**
 * In a country without a trunk zero, a number with a leading zero can differ from the one without it: the written form is
 * tried first.
 */
function readNational(value: number, digits: number, country: string, hasZero: boolean): Line {
  if (frenchPlanCountries.has(country)) {
    const line = readFrenchNumber(value, digits, 33);
    return line === null ? notANumber : asLine(line);
  }
  const [first, second] = hasZero ? [`0${value}`, `${value}`] : [`${value}`, `0${value}`];
  const number = parseNational(first, country) ?? parseNational(second, country);
  return number === undefined ? notANumber : judge(number, false);
}

/** Also undefined if the number is not valid in the country: a guess would be billed. */
function parseNational(text: string, country: string): PhoneNumber | undefined {
  const number = phoneLibrary().parsePhoneNumberFromString(text, country as CountryCode);
  return number?.isValid() ? number : undefined;
}

function asLine({ msisdn, country, isMobile }: PlannedLine): Line {
  return { ok: true, msisdn, country, isMobile, isValid: true };
}

function judge(number: PhoneNumber, isBare: boolean): Line {
  const kind = number.getType();
  if (kind === undefined && !(isBare ? hasMobileLength(number) : number.isPossible())) return notANumber;
  const country = number.country ?? number.getPossibleCountries()[0];
  if (country === undefined) return unknownPrefix;
  const msisdn = Number(number.number.slice(1));
  const isMobile = kind === 'MOBILE' ? true : kind !== undefined && fixedKinds.has(kind) ? false : null;
  return { ok: true, msisdn, country, isMobile, isValid: kind !== undefined };
}

/** The types of the library lack the lengths for each kind of line. */
interface PlanLengths {
  type(kind: 'MOBILE'): { possibleLengths(): readonly number[] | undefined } | undefined;
  possibleLengths(): readonly number[];
}

function hasMobileLength(number: PhoneNumber): boolean {
  const country = number.country ?? number.getPossibleCountries()[0];
  if (country === undefined) return false;
  const { metadata } = phoneLibrary();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as unknown as PlanLengths;
  const lengths = plan.type('MOBILE')?.possibleLengths() ?? plan.possibleLengths();
  return lengths.includes(number.nationalNumber.length);
}

/** Null if no country has the prefix. Networks without a country (+88x, +979) have none. */
function callingCodeOf(value: number, digits: number): number | null {
  const codes = callingCodes();
  for (let length = 1; length <= 3; length++) {
    const code = Math.floor(value / 10 ** (digits - length));
    if (codes.has(code)) return code;
  }
  return null;
}
