// Converts the sender of a reply into E.164 digits. Used by the reply recorder. Never guesses: a national number without a
// country is not read, and its reply is stored for the operator.
import { prefixOf, readMsisdn } from '#gsm/msisdn.ts';

export interface ReplySource {
  /** As the carrier wrote it. */
  readonly address: string;
  /** SMPP 3.4 §5.2.5 and §5.2.6. */
  readonly ton: number;
  readonly npi: number;
  /** Country of the link (ISO 3166); null if the operator has set none. */
  readonly country: string | null;
}

/** Whether the country has a numbering plan, so that national numbers can be read. */
export function hasTelephones(country: string): boolean {
  return prefixOf(country) !== null;
}

const internationalTon = 1;
const nationalTon = 2;
const nationalNpi = 8;
/** X.121, telex, E.212 (an IMSI), Internet, WAP: their digits are no telephone number. */
const otherPlans: ReadonlySet<number> = new Set([3, 4, 6, 14, 18]);

const minDigits = 7;
const maxDigits = 15;
/** Without plus and country: shorter digits can be national or a short code. */
const minBareDigits = 10;

/**
 * E.164 digits as a number; null if the address is no telephone number, or is national and `country` is null.
 *
 * Quirk: carriers set TON 0 on all forms, TON 1 on national numbers and TON 2 on international ones. An unambiguous address
 * therefore has precedence over its TON.
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

/** The carrier knows its numbers: a number that the tables lack is accepted unchanged if its form is possible. */
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
 * The same for a link without a country. `countries` are those of the number that received the reply; of several, all that
 * can read the address must give the same number.
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

/** Country of a long number. */
function countryOf(to: string): string[] {
  const read = /^(\+|00)?[1-9][0-9]{9,14}$/.test(to)
    ? readMsisdn(`+${to.replace(/^(\+|00)/, '')}`, null)
    : null;
  return read?.ok ? [read.country] : [];
}
