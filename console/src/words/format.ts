// Numbers, money, phone numbers and instants in the language of the person, through Intl only. Used by the parts and by the
// words. Never rounds money: a price has as many decimals as it has, at least 2.

export type Language = 'en' | 'fr';

/** en-GB: 24 hours and the day before the month; the currency stands behind the amount in both languages. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' };

let language: Language = 'en';
/** `undefined`: the zone of the browser. */
let timeZone: string | undefined;
/** Milliseconds that the clock of the server is ahead of this one. */
let offsetMs = 0;

export function setFormat(chosen: {
  language?: Language;
  timeZone?: string | undefined;
  serverNow?: string;
}): void {
  if (chosen.language) language = chosen.language;
  if ('timeZone' in chosen) timeZone = chosen.timeZone;
  if (chosen.serverNow) offsetMs = Date.parse(chosen.serverNow) - Date.now();
  formats.clear();
}

export const currentLanguage = () => language;
/** The instant of the server: a browser's clock can be wrong. */
export const nowMs = () => Date.now() + offsetMs;

const formats = new Map<
  string,
  Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.DisplayNames
>();

function cached<F>(key: string, create: (locale: string) => F): F {
  const found = formats.get(key) as F | undefined;
  if (found !== undefined) return found;
  const made = create(locales[language]);
  formats.set(key, made as never);
  return made;
}

export function number(value: number, maximumFractionDigits = 0): string {
  return cached(
    `n${maximumFractionDigits}`,
    (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits }),
  ).format(value);
}

/** `ratio` 0 to 1. */
export function percent(ratio: number, digits = 1): string {
  const format = cached(
    `%${digits}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }),
  );
  // Never "100 %" for less than all.
  const floor = ratio < 1 ? Math.min(ratio, 1 - 10 ** -(digits + 2)) : ratio;
  return format.format(floor).replace(/\s?%/, '\u202f%');
}

/** Euros from the API's decimal string: `"12.500000"` is `12.50 €`. */
export function money(decimal: string, options: { readonly sign?: boolean } = {}): string {
  const isNegative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = fraction.replace(/0+$/, '').padEnd(2, '0');
  const separator = language === 'fr' ? ',' : '.';
  const grouped = number(Number(whole)).replace(/\u00a0/g, '\u202f');
  const isZero = Number(whole) === 0 && /^0*$/.test(digits);
  const sign = isNegative ? '−' : options.sign && !isZero ? '+' : '';
  return `${sign}${grouped}${separator}${digits}\u00a0€`;
}

/** `+33 6 01 02 03 04`: groups for reading. Dots stand for hidden digits. */
export function phone(msisdn: string): string {
  const digits = msisdn.replace(/^\+/, '');
  if (digits.includes('•')) return `+${/^\d*/.exec(digits)![0]} … ${/\d*$/.exec(digits)![0]}`;
  const prefix = digits.startsWith('1')
    ? 1
    : /^(7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/.test(digits)
      ? digits.startsWith('7')
        ? 1
        : 2
      : 3;
  const rest = digits.slice(prefix);
  const groups = /^33/.test(digits) ? rest.match(/^(.)(.*)$/) : null;
  if (groups) return `+33 ${groups[1]} ${(groups[2] ?? '').replace(/(..)(?=.)/g, '$1 ')}`.trim();
  return `+${digits.slice(0, prefix)} ${rest.replace(/(...)(?=..)/g, '$1 ')}`.trim();
}

const time = (options: Intl.DateTimeFormatOptions) =>
  cached(
    JSON.stringify(options),
    (locale) => new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options),
  );

/** `30 Nov 2026, 14:05`. */
export const dateTime = (instant: string | number) =>
  time({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(
    new Date(instant),
  );
/** `30 Nov 2026, 14:05:09 CET`. */
export const exactTime = (instant: string | number) =>
  time({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(instant));
/** `14:05:09`. */
export const clockTime = (instant: string | number) =>
  time({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(instant));
/** `14:05`. */
export const hourMinute = (instant: string | number) =>
  time({ hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
/** `Mon 30 Nov`. */
export const day = (instant: string | number) =>
  time({ weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(instant));
/** `Mon`, of a day in UTC. */
export const weekday = (instant: number) =>
  cached(
    'weekday',
    (locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }),
  ).format(new Date(instant));
/** `30 Nov 2026`. */
const date = (instant: string | number) =>
  time({ day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(instant));

/** `30 November 2026` of 2026-11-30, `November 2026` of 2026-11: a day of a document, in no zone. */
export function calendar(written: string): string {
  const options: Intl.DateTimeFormatOptions = { month: 'long', year: 'numeric', timeZone: 'UTC' };
  if (written.length > 7) options.day = 'numeric';
  return cached(`c${written.length}`, (locale) => new Intl.DateTimeFormat(locale, options)).format(
    new Date(written),
  );
}

export function isSameDay(a: string | number, b: string | number): boolean {
  return date(a) === date(b);
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `3 min ago`, `in 2 h`; from eight days on, the date. */
export function relative(instant: string | number, now = nowMs()): string {
  const distance = new Date(instant).getTime() - now;
  if (Math.abs(distance) > 8 * 86_400_000) return date(instant);
  const [unit, size] = units.find(([, ms]) => Math.abs(distance) >= ms) ?? units[3]!;
  const format = cached(
    'relative',
    (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
  );
  return format.format(Math.trunc(distance / size), unit);
}

/** `1.8 s`, `4 min 12 s`, `3 h 10 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${number(ms)}\u00a0ms`;
  if (ms < 60_000) return `${number(ms / 1000, 1)}\u00a0s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return join([`${minutes}\u00a0min`, rest(Math.floor((ms % 60_000) / 1000), 's')]);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join([`${hours}\u00a0h`, rest(minutes % 60, 'min')]);
  return join([`${Math.floor(hours / 24)}\u00a0${language === 'fr' ? 'j' : 'd'}`, rest(hours % 24, 'h')]);
}

const rest = (value: number, unit: string) => (value === 0 ? '' : `${value}\u00a0${unit}`);
const join = (parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');

/** `bytes` in kB, MB or GB; in French in ko, Mo or Go. */
export function bytes(value: number): string {
  const byte = language === 'fr' ? 'o' : 'B';
  if (value < 1_000_000) return `${number(value / 1000, 1)}\u00a0k${byte}`;
  if (value < 1_000_000_000) return `${number(value / 1_000_000, 1)}\u00a0M${byte}`;
  return `${number(value / 1_000_000_000, 1)}\u00a0G${byte}`;
}

/** The country's name by its ISO 3166 code. */
export function country(code: string): string {
  const names = cached(
    'country',
    (locale) => new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }),
  );
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}

/** The form for a number: English and French have two. French uses the singular for 0 and 1. */
export function plural(count: number, one: string, other: string): string {
  const rules = cached('plural', (locale) => new Intl.PluralRules(locale)) as unknown as Intl.PluralRules;
  return rules.select(count) === 'one' ? one : other;
}

/** `12 messages`: the number and its noun. */
export const counted = (count: number, one: string, other: string) =>
  `${number(count)}\u00a0${plural(count, one, other)}`;
