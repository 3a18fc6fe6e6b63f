// Reads what a client sent by the schema that documents it, casting and guessing before refusing, as the vendor promised
// (docs/dialects/octopush.md#rest-how-a-request-is-read). Serves every endpoint; the same schemas make the OpenAPI
// document. It never fails: what cannot be cast is absent.

import type { Static, TSchema } from 'typebox';
import { cleanText } from '#lib/text/text-bytes.ts';

export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Strings as they are, numbers and booleans as written; null, lists and objects are nothing. */
export function castText(value: unknown): string {
  if (typeof value === 'string') return cleanText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Quirk: RaspiSMS sends "True", others null or "" for what they do not set (12.9). Null: not said. */
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

/** What of JSON Schema our schemas use. */
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
 * A text too long is cut, a number out of bounds is the bound, one value stands for a list of one, and a string with
 * commas for a list. What is absent has its default; without one, a required text is empty, a required list too.
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

/** Hexadecimal and other notations of programs are no numbers of a customer. */
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
    // A plain number among contacts is one of whom nothing else is known.
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
