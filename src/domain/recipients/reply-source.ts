// Reads the sender of a reply, as a carrier writes it, into E.164 digits. Used by the recording of replies.
// It never guesses: a number in national form without a country is not read, and its reply is kept for the operator.
import { prefixOf, readMsisdn } from '#gsm/msisdn.ts';

export interface ReplySource {
  /** As the carrier wrote it. */
  readonly address: string;
  /** SMPP 3.4 §5.2.5 and §5.2.6. */
  readonly ton: number;
  readonly npi: number;
  /** Of the link (ISO 3166); null when the operator has set none. */
  readonly country: string | null;
}

/** Whether numbers in national form can be read there: a country that has telephones. */
export function hasTelephones(country: string): boolean {
  return prefixOf(country) !== null;
}

const internationalTon = 1;
const nationalTon = 2;
const nationalNpi = 8;
/** X.121, telex, E.212 (an IMSI), Internet, WAP: digits there are no telephone number. */
const otherPlans: ReadonlySet<number> = new Set([3, 4, 6, 14, 18]);

const minDigits = 7;
const maxDigits = 15;
/** Digits alone, without a plus and without a country: shorter ones may be national or a short code. */
const minBareDigits = 10;

/**
 * E.164 digits as a number; null when the address is no telephone number, or in national form and `country` is null.
 *
 * Quirk: carriers set TON 0 on all forms, TON 1 on national numbers and TON 2 on international ones; so the address counts
 * for more than its TON where it is unambiguous.
 */
export function readReplySource(
  { address, ton, npi }: Pick<ReplySource, 'address' | 'ton' | 'npi'>,
  country: string | null,
): number | null {
  if (otherPlans.has(npi)) return null;
  const compact = address.replace(/[\s.()/-]/g, '');
  if (!/^\+?[0-9]{1,20}$/.test(compact)) return null;
  const hasPrefix = /^(\+|00)[1-9]/.test(compact);
  const digits = compact.replace(/^(\+|00(?=[1-9]))/, '');
  if (hasPrefix || (ton === internationalTon && !digits.startsWith('0'))) return readInternational(digits);
  if (ton === nationalTon || npi === nationalNpi || digits.startsWith('0'))
    return readNational(digits, country);
  if (country === null && digits.length < minBareDigits) return null;
  const read = readMsisdn(digits, country);
  if (read.ok) return read.msisdn;
  return digits.length >= minBareDigits ? readInternational(digits) : null;
}

/** The carrier knows its numbers: what our tables do not know is taken as it is, if it can be a number at all. */
function readInternational(digits: string): number | null {
  const read = readMsisdn(`+${digits}`, null);
  if (read.ok) return read.msisdn;
  return digits.length >= minDigits && digits.length <= maxDigits ? Number(digits) : null;
}

function readNational(digits: string, country: string | null): number | null {
  if (country === null) return null;
  const national = digits.replace(/^0+/, '');
  const read = readMsisdn(`0${national}`, country);
  if (read.ok) return read.msisdn;
  if (digits.startsWith('0')) return null;
  const international = readMsisdn(`+${digits}`, null);
  return international.ok ? international.msisdn : null;
}

/**
 * The same where the link has no country: that of the number the reply was sent to. `countries` are those in which the
 * operator uses it; several count when all of them that can be read give one number.
 */
export function readReplySourceIn(
  source: ReplySource,
  to: string,
  countries: readonly string[],
): number | null {
  if (source.country !== null) return readReplySource(source, source.country);
  const read = readReplySource(source, null);
  if (read !== null) return read;
  const own = countries.length > 0 ? countries : countryOf(to);
  const numbers = new Set(own.map((country) => readReplySource(source, country)).filter((n) => n !== null));
  return numbers.size === 1 ? [...numbers][0]! : null;
}

/** Of a long number that tells its country by itself. */
function countryOf(to: string): string[] {
  const read = /^(\+|00)?[1-9][0-9]{9,14}$/.test(to)
    ? readMsisdn(`+${to.replace(/^(\+|00)/, '')}`, null)
    : null;
  return read?.ok ? [read.country] : [];
}
