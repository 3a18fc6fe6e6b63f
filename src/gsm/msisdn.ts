// Reads a telephone number as people and programs write it into E.164 digits, with its country and kind of line.
// Serves the plan and every door that takes a number. French numbers, overseas included, are read by arithmetic
// (numbering-plan.ts, some 30 times faster); all others by libphonenumber's full metadata. It never refuses
// a number only because the metadata is narrow: a possible length is enough where the line is not known to be fixed.

import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import {
  frenchPlanCountries,
  isFrenchCallingCode,
  type PlannedLine,
  readFrenchNumber,
} from './numbering-plan.ts';

export type Msisdn =
  | {
      readonly ok: true;
      /** E.164 digits as a number: at most 15 digits, so exact in a double. */
      readonly msisdn: number;
      /** ISO 3166 alpha-2; overseas departments apart. */
      readonly country: string;
      /** Null when fixed and mobile lines cannot be told apart. */
      readonly isMobile: boolean | null;
    }
  | { readonly ok: false; readonly problem: 'not-a-number' | 'unknown-prefix' | 'not-mobile' };

const notANumber: Msisdn = { ok: false, problem: 'not-a-number' };
const unknownPrefix: Msisdn = { ok: false, problem: 'unknown-prefix' };
const notMobile: Msisdn = { ok: false, problem: 'not-mobile' };

const maxDigits = 15;
const minDigits = 7;

/** Lines that certainly take no SMS. The kinds left out may: voice over IP, personal numbers, pagers, undecided. */
const fixedKinds: ReadonlySet<string> = new Set([
  'FIXED_LINE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
]);

/** The digits between the plus and a national number; null for what is no country with telephones. */
export function prefixOf(country: string): string | null {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : null;
}

const callingCodes: ReadonlySet<number> = new Set(
  getCountries().map((code) => Number(getCountryCallingCode(code))),
);

/**
 * Accepts `+33…`, `0033…`, `33…` with blanks, dots, dashes, slashes and parentheses, and the national form when
 * there is a default country. A leading blank stands for the plus that a URL decoder ate (protocols/octopush.md 2.1).
 */
export function readMsisdn(raw: string, defaultCountry: string | null): Msisdn {
  let value = 0;
  let digits = 0;
  let zeros = 0;
  let isInternational = false;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      if (digits === 0 && code === 48) zeros++;
      else {
        value = value * 10 + (code - 48);
        if (++digits > maxDigits) return notANumber;
      }
    } else if (code === 43 && digits === 0 && zeros === 0) isInternational = true;
    else if (code === 32 && i === 0) isInternational = raw.length > 1 && raw.charCodeAt(1) !== 48;
    else if (!isSeparator(code)) return notANumber;
  }
  if (digits === 0 || zeros > 2) return notANumber;
  if (zeros === 2 || (zeros === 0 && isInternational)) return readInternational(value, digits) ?? notANumber;
  // No calling code begins with a zero.
  if (isInternational) return unknownPrefix;
  if (zeros === 1) return defaultCountry === null ? notANumber : readNational(value, digits, defaultCountry);
  return readBare(value, digits, defaultCountry);
}

/**
 * Digits alone: international first, since that is what the programs that call us send. Where that is at best a
 * possible number, a valid national one is preferred, such as 612345678 whose zero a spreadsheet ate.
 */
function readBare(value: number, digits: number, defaultCountry: string | null): Msisdn {
  if (defaultCountry === null) return readInternational(value, digits) ?? notANumber;
  const line = readFrenchInternational(value, digits);
  if (line) return judgeLine(line);
  const number = parsePhoneNumberFromString(`+${value}`);
  if (number?.isValid() && !isFrenchCallingCode(Number(number.countryCallingCode))) return judge(number);
  const national = readNational(value, digits, defaultCountry);
  return national.ok || national.problem === 'not-mobile'
    ? national
    : (readInternational(value, digits) ?? notANumber);
}

function readInternational(value: number, digits: number): Msisdn | null {
  const line = readFrenchInternational(value, digits);
  if (line) return judgeLine(line);
  if (digits < minDigits) return null;
  const callingCode = callingCodeOf(value, digits);
  if (callingCode === null) return unknownPrefix;
  // What arithmetic does not know of the French plan is closed, whatever the metadata thinks possible.
  if (isFrenchCallingCode(callingCode)) return null;
  const number = parsePhoneNumberFromString(`+${value}`);
  return number === undefined ? null : judge(number);
}

/** Null for a number of another plan, and for one of the French plan that cannot exist. */
function readFrenchInternational(value: number, digits: number): PlannedLine | null {
  const two = Math.floor(value / 10 ** (digits - 2));
  const codeDigits = two === 33 ? 2 : 3;
  const callingCode = two === 33 ? 33 : Math.floor(value / 10 ** (digits - 3));
  if (!isFrenchCallingCode(callingCode)) return null;
  let nationalDigits = digits - codeDigits;
  const national = value % 10 ** nationalDigits;
  // +33 (0)6 12 34 56 78: the trunk zero stands beside the calling code and counts for nothing.
  if (nationalDigits === 10 && national < 1e9) nationalDigits = 9;
  return readFrenchNumber(national, nationalDigits, callingCode);
}

function readNational(value: number, digits: number, country: string): Msisdn {
  if (frenchPlanCountries.has(country)) {
    const line = readFrenchNumber(value, digits, 33);
    return line === null ? notANumber : judgeLine(line);
  }
  const number = parseNational(`0${value}`, country) ?? parseNational(`${value}`, country);
  return number === undefined ? notANumber : judge(number);
}

/** Undefined also when the number is not valid in the country: a guess would be billed. */
function parseNational(text: string, country: string): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(text, country as CountryCode);
  return number?.isValid() ? number : undefined;
}

function judgeLine(line: PlannedLine): Msisdn {
  return line.isMobile ? { ok: true, msisdn: line.msisdn, country: line.country, isMobile: true } : notMobile;
}

function judge(number: PhoneNumber): Msisdn {
  const kind = number.getType();
  if (kind !== undefined && fixedKinds.has(kind)) return notMobile;
  if (kind === undefined && !number.isPossible()) return notANumber;
  const country = number.country ?? number.getPossibleCountries()[0];
  if (country === undefined) return unknownPrefix;
  const msisdn = Number(number.number.slice(1));
  return { ok: true, msisdn, country, isMobile: kind === 'MOBILE' ? true : null };
}

/** Null when no country has such a prefix. Networks that belong to no country (+88x, +979) count as none. */
function callingCodeOf(value: number, digits: number): number | null {
  for (let length = 1; length <= 3; length++) {
    const code = Math.floor(value / 10 ** (digits - length));
    if (callingCodes.has(code)) return code;
  }
  return null;
}

/** Blank, no-break blanks, tab, dot, dashes, slash, parentheses. */
function isSeparator(code: number): boolean {
  return (
    code === 32 ||
    code === 46 ||
    code === 45 ||
    code === 40 ||
    code === 41 ||
    code === 47 ||
    code === 9 ||
    code === 0xa0 ||
    code === 0x202f ||
    (code >= 0x2010 && code <= 0x2013)
  );
}
