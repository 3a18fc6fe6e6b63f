// Prices that carriers charge for a segment, by country and number prefix, each from an instant on. Used by the routing, and read
// from CSV files by the operator's carriers service. Pure. Never invents a price: an unknown one is null.
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import { prefixOf } from '#gsm/msisdn.ts';

export interface CarrierCost {
  /** ISO 3166 alpha-2. */
  readonly country: string;
  /** Digits with which a number begins, in E.164; empty: every number of the country. */
  readonly prefix: string;
  readonly costMicros: bigint;
  readonly validFromMs: number;
}

export interface CostOfCarrier extends CarrierCost {
  readonly connectorId: number;
}

/** The costs of all carriers. */
export class CostTable {
  /** By connector and country: the longest prefix first, then the latest instant. */
  readonly #costs = new Map<string, CostOfCarrier[]>();

  constructor(costs: readonly CostOfCarrier[]) {
    for (const cost of costs) {
      const key = keyOf(cost.connectorId, cost.country);
      const list = this.#costs.get(key);
      if (list === undefined) this.#costs.set(key, [cost]);
      else list.push(cost);
    }
    for (const list of this.#costs.values())
      list.sort((a, b) => b.prefix.length - a.prefix.length || b.validFromMs - a.validFromMs);
  }

  /** The price of a segment to this number now: of the longest prefix that has one. Null: unknown. */
  find(connectorId: number, country: string, msisdn: number, nowMs: number): bigint | null {
    // Asked for each message, and most installations have no table.
    if (this.#costs.size === 0) return null;
    const list = this.#costs.get(keyOf(connectorId, country));
    if (list === undefined) return null;
    const number = String(msisdn);
    const found = list.find(({ prefix, validFromMs }) => validFromMs <= nowMs && number.startsWith(prefix));
    return found?.costMicros ?? null;
  }
}

export const noCosts = new CostTable([]);

function keyOf(connectorId: number, country: string): string {
  return `${connectorId} ${country}`;
}

/** A carrier has at most some thousand prefixes. */
const maxRows = 50_000;
/** Maximum number of reported mistakes; the others are counted. */
const maxMistakes = 20;
/** A segment costs a few cents: a price above this lacks its decimal point. */
const maxMicros = 100_000_000n;

const columns = ['country', 'prefix', 'price', 'currency', 'from'] as const;
type Column = (typeof columns)[number];
type Place = Readonly<Partial<Record<Column, number>>>;

export type ParsedCosts = { readonly costs: readonly CarrierCost[] } | { readonly errors: readonly string[] };

/**
 * Reads `country,prefix,price,currency,from`: a header that names the columns in any order, of which only country and price
 * must be there. Without `from`, a price is valid from `nowMs` on. Returns all mistakes with their lines, and then no cost.
 */
export function parseCostTable(csv: string, nowMs: number): ParsedCosts {
  const errors: string[] = [];
  const costs = new Map<string, { readonly cost: CarrierCost; readonly line: number }>();
  const currencies = new Map<string, number>();
  let place: Place | null = null;
  let separator = ',';
  for (const [index, line] of csv
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const at = index + 1;
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (place === null) {
      separator = line.includes(';') ? ';' : ',';
      const header = readHeader(line, separator);
      if (typeof header === 'string') return { errors: [`line ${at}: ${header}`] };
      place = header;
      continue;
    }
    if (costs.size + errors.length >= maxRows) return { errors: [`line ${at}: more than ${maxRows} prices`] };
    const cost = readCost(fieldsOf(line, separator), place, nowMs, (currency) => {
      if (!currencies.has(currency)) currencies.set(currency, at);
    });
    if (typeof cost === 'string') {
      errors.push(`line ${at}: ${cost}`);
      continue;
    }
    const key = `${cost.country} ${cost.prefix} ${cost.validFromMs}`;
    const before = costs.get(key);
    if (before !== undefined)
      errors.push(
        `line ${at}: a second price for ${cost.country} ${cost.prefix}; line ${before.line} has one`,
      );
    else costs.set(key, { cost, line: at });
  }
  errors.unshift(...currencyMistakes(currencies));
  if (errors.length === 0 && costs.size === 0) errors.push('the file has no price');
  if (errors.length > maxMistakes)
    errors.splice(maxMistakes, errors.length, `and ${errors.length - maxMistakes} more mistakes`);
  return errors.length > 0 ? { errors } : { costs: [...costs.values()].map(({ cost }) => cost) };
}

function readHeader(line: string, separator: string): Place | string {
  const names = fieldsOf(line, separator).map((name) => name.toLowerCase());
  const unknown = names.find((name) => !(columns as readonly string[]).includes(name));
  const missing = (['country', 'price'] as const).find((name) => !names.includes(name));
  if (unknown !== undefined || missing !== undefined)
    return (
      (unknown === undefined ? `the column ${missing} is missing` : `"${unknown}" is not a column`) +
      `; the first line names columns of ${columns.join(', ')}`
    );
  if (new Set(names).size < names.length) return 'a column is named twice';
  return Object.fromEntries(names.map((name, at) => [name, at]));
}

function fieldsOf(line: string, separator: string): string[] {
  return line.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
}

function readCost(
  fields: readonly string[],
  place: Place,
  nowMs: number,
  onCurrency: (currency: string) => void,
): CarrierCost | string {
  const count = Object.keys(place).length;
  if (fields.length !== count) return `expected ${count} fields, found ${fields.length}`;
  const read = (column: Column) => (place[column] === undefined ? '' : fields[place[column]]!);
  const country = read('country').toUpperCase();
  const dialling = /^[A-Z]{2}$/.test(country) ? prefixOf(country) : null;
  if (dialling === null) return `"${read('country')}" is not the code of a country with telephone numbers`;
  const prefix = read('prefix').replace(/^\+|^00/, '');
  if (!/^\d{0,15}$/.test(prefix)) return `"${read('prefix')}" is not a prefix of digits such as 33612`;
  if (prefix !== '' && !prefix.startsWith(String(dialling)))
    return `the prefix ${prefix} is not of ${country}, whose numbers begin with ${dialling}`;
  const costMicros = readPrice(read('price'));
  if (typeof costMicros === 'string') return costMicros;
  const currency = read('currency').toUpperCase();
  if (currency !== '') {
    if (!/^[A-Z]{3}$/.test(currency)) return `"${read('currency')}" is not a currency such as EUR`;
    onCurrency(currency);
  }
  const validFromMs = readInstant(read('from'), nowMs);
  if (validFromMs === null) return `"${read('from')}" is not a date such as 2027-01-31`;
  return { country, prefix, costMicros, validFromMs };
}

function readPrice(text: string): bigint | string {
  const micros = parseEuro(text.replace(',', '.'));
  if (micros === null) return `"${text}" is not a price such as 0.0350 (at most 6 decimals)`;
  if (micros < 0n) return `"${text}" is negative; a price is 0 or more`;
  return micros > maxMicros ? `"${text}" is more than ${formatEuro(maxMicros, 0)} for a segment` : micros;
}

/** A date begins at midnight UTC. Null: neither a date nor an instant. */
function readInstant(text: string, nowMs: number): number | null {
  if (text === '') return nowMs;
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(text)) return null;
  const ms = Date.parse(text);
  // Date.parse accepts 31 February.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 10)) ? null : ms;
}

function currencyMistakes(currencies: ReadonlyMap<string, number>): string[] {
  const [first, second] = [...currencies];
  if (first === undefined) return [];
  if (second !== undefined)
    return [
      `the file has two currencies, ${first[0]} on line ${first[1]} and ${second[0]} on line ${second[1]}; ` +
        'give one file for each and convert it to EUR',
    ];
  return first[0] === 'EUR'
    ? []
    : [
        `line ${first[1]}: the prices are in ${first[0]}; convert them to EUR, in which this installation counts`,
      ];
}
