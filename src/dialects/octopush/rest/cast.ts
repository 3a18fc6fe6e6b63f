// Casts request values by the schemas that document them, as the vendor does
// (docs/dialects/octopush.md#rest-how-a-request-is-read). Used by every endpoint; openapi.ts publishes the same schemas.
// Never fails: a value that cannot be cast is absent.

import type { Static, TSchema } from 'typebox';
import { cleanText } from '#lib/text/text-bytes.ts';

export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Strings unchanged, numbers and booleans as text; null, lists and objects are empty. */
export function castText(value: unknown): string {
  if (typeof value === 'string') return cleanText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Quirk: RaspiSMS sends "True", others null or "" for unset flags. Null: absent. */
export function castFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  switch (castText(value).trim().toLowerCase()) {
    case 'true':
    case '1':
    case 'yes':
    case 'on':
      return true;
    case 'false':
    case '0':
    case 'no':
    case 'off':
      return false;
    default:
      return null;
  }
}

/** The part of JSON Schema that these schemas use. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly maxLength?: number;
  /** Null and the empty text are values: they clear what is stored. */
  readonly 'x-clears'?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

/**
 * A long text is cut, a number out of bounds becomes the bound, a single value is a list of one, a string with commas is a
 * list. An absent value has its default; without a default, a required text or list is empty.
 */
export function castTo<S extends TSchema>(schema: S, value: unknown): Static<S> {
  return (cast(schema as Shape, value, true) ?? {}) as Static<S>;
}

function cast(shape: Shape, value: unknown, isRequired: boolean): unknown {
  switch (shape.enum === undefined ? shape.type : 'string') {
    case 'string':
      return castString(shape, value) ?? shape.default ?? (isRequired ? '' : undefined);
    case 'boolean':
      return castFlag(value) ?? shape.default;
    case 'integer':
    case 'number':
      return castNumber(shape, value) ?? shape.default;
    case 'array':
      return castList(shape, value) ?? shape.default ?? (isRequired ? [] : undefined);
    case 'object':
      return isObject(value) || isRequired ? castObject(shape, isObject(value) ? value : {}) : undefined;
    default:
      return undefined;
  }
}

function castString(shape: Shape, value: unknown): string | undefined {
  const text = castText(value);
  if (text === '') return shape['x-clears'] && (value === null || value === '') ? '' : undefined;
  if (shape.enum !== undefined) {
    const word = text.trim().toLowerCase();
    return shape.enum.find((known) => known.toLowerCase() === word);
  }
  return shape.maxLength === undefined ? text : [...text].slice(0, shape.maxLength).join('');
}

/** Only decimal notation: customers do not send hexadecimal numbers. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function castNumber(shape: Shape, value: unknown): number | undefined {
  const text = castText(value).trim();
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) return undefined;
  const whole = shape.type === 'integer' ? Math.trunc(number) : number;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  return Math.min(Math.max(whole, minimum), maximum);
}

function castList(shape: Shape, value: unknown): unknown[] | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const entries = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  const { items = {} } = shape;
  const list: unknown[] = [];
  for (const entry of entries) {
    // A plain number in a list of contacts is a contact without other fields.
    const isPlain = items.type === 'object' && !isObject(entry);
    const given = isPlain ? { phone_number: entry } : typeof entry === 'string' ? entry.trim() : entry;
    const read = cast(items, given, false);
    if (read !== undefined) list.push(read);
  }
  return list;
}

function castObject(shape: Shape, members: Members): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    const given = cast(property, value, shape.required?.includes(name) ?? false);
    if (given !== undefined) read[name] = given;
  }
  return read;
}
