// Reads the parameters of a call by the published description. Used by routes.ts. Accepts deviations of real clients (numbers as
// strings, explicit nulls, read-only fields; docs/dialects/ovh.md#how-a-call-is-read); any other error names the field.

import { readZonedTime } from '#dialects/shared/paris-time.ts';
import { isBlock } from '#lib/net/address-guard.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import { contract, type EnumValue, type Field, type Route } from './contract.ts';
import { badParameter, OvhRefusal } from './errors.ts';

/** Values by parameter name: numbers, strings, booleans, lists and objects; instants as ms since the epoch. */
export type Input = Readonly<Record<string, unknown>>;

/** The members of a body; an empty body has none. */
export function readBody(body: Buffer): Readonly<Record<string, unknown>> {
  // Quirk: some clients send invalid UTF-8 or a byte order mark; the decoder accepts both.
  const text = new TextDecoder().decode(body).trim();
  if (text === '' || text === 'null') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new OvhRefusal(400, 'Invalid JSON received');
  }
  // Quirk: PHP writes an empty object as an empty list.
  if (Array.isArray(parsed) && parsed.length === 0) return {};
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new OvhRefusal(400, 'Invalid JSON received: the body must be an object');
  return parsed as Record<string, unknown>;
}

/** Reads an undecoded query string. A repeated name, or one that ends in [], is a list. */
export function readQuery(query: string): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = Object.create(null);
  for (const [key, value] of new URLSearchParams(query)) {
    const name = key.replace(/\[\d*\]$/, '');
    // Quirk: python-ovh writes None as null (docs/dialects/ovh.md#how-a-call-is-read).
    // An empty filter is ignored.
    if (value === 'null' || value === '') continue;
    const before = members[name];
    if (before === undefined) members[name] = name === key ? value : [value];
    else members[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return members;
}

/** The parameters of path, query and body. Absent ones and nulls are omitted. */
export function readInput(
  route: Route,
  places: Readonly<Record<string, string>>,
  members: Readonly<Record<string, unknown>>,
): Input {
  const input: Record<string, unknown> = {};
  for (const { name, in: where, type, required } of route.params) {
    const value = where === 'path' ? places[name] : memberOf(members, name);
    if (value === undefined || value === null) {
      if (required) throw badParameter(name, 'Missing required parameter');
    } else input[name] = cast(name, type, value);
  }
  if (route.bodyModel !== undefined) readModelBody(route, members, input);
  return input;
}

function readModelBody(
  route: Route,
  members: Readonly<Record<string, unknown>>,
  input: Record<string, unknown>,
): void {
  const model = contract.models[route.bodyModel!] ?? {};
  for (const name of route.bodyRequired ?? [])
    if (memberOf(members, name) === undefined || memberOf(members, name) === null)
      throw badParameter(name, 'Missing required parameter');
  for (const name of route.bodyWritable ?? []) {
    const value = memberOf(members, name);
    const field = model[name];
    if (value === undefined || field === undefined) continue;
    // Quirk: the field that renames a template has the name of a path parameter; the path parameter keeps the name here.
    const key = Object.hasOwn(input, name) ? `new_${name}` : name;
    // A null clears an optional value and is otherwise ignored.
    if (value !== null) input[key] = cast(name, field.type, value);
    else if (field.nullable) input[key] = null;
  }
}

// Quirk: OVH's own UI writes slotId for slotID (docs/dialects/ovh.md#batches); some clients differ in case elsewhere.
function memberOf(members: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(members, name)) return members[name];
  const lower = name.toLowerCase();
  for (const [key, value] of Object.entries(members)) if (key.toLowerCase() === lower) return value;
  return undefined;
}

function cast(field: string, type: string, value: unknown): unknown {
  if (type.endsWith('[]')) return castList(field, type.slice(0, -2), value);
  const values = contract.enums[type];
  if (values !== undefined) return castEnum(field, type, values, value);
  const model = contract.models[type];
  if (model !== undefined) return castModel(field, model, value);
  const read = scalars[type] ?? readText;
  const result = read(value);
  if (result === undefined) throw invalid(field, type, value);
  return result;
}

function castList(field: string, type: string, value: unknown): unknown[] {
  // Quirk: PHP writes a list with a gap as an object; other clients give one value for a list of one.
  const list = Array.isArray(value)
    ? value
    : typeof value === 'object' && value !== null
      ? Object.values(value)
      : [value];
  return list
    .filter((entry) => entry !== null && entry !== undefined)
    .map((entry) => cast(field, type, entry));
}

/** Some enums have numbers. */
function castEnum(field: string, type: string, values: readonly EnumValue[], value: unknown): EnumValue {
  const text = readText(value)?.toLowerCase();
  const found =
    values.find((known) => known === value) ?? values.find((known) => String(known).toLowerCase() === text);
  if (found === undefined)
    throw badParameter(field, `Given data is not valid for type ${type}: ${values.slice(0, 12).join(', ')}`);
  return found;
}

function castModel(field: string, model: Readonly<Record<string, Field>>, value: unknown): Input {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badParameter(field, 'Given data is not an object');
  const members = value as Record<string, unknown>;
  const object: Record<string, unknown> = {};
  for (const [name, { type, nullable }] of Object.entries(model)) {
    const member = memberOf(members, name);
    if (member === undefined) continue;
    if (member !== null) object[name] = cast(`${field}.${name}`, type, member);
    else if (nullable) object[name] = null;
  }
  return object;
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return cleanText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Only decimal notation: customers do not send hexadecimal numbers. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

const scalars: Readonly<Record<string, (value: unknown) => unknown>> = {
  long(value) {
    const number = readNumber(value);
    return Number.isSafeInteger(number) ? number : undefined;
  },
  double: readNumber,
  boolean(value) {
    if (value === true || value === 'true' || value === 1 || value === '1') return true;
    if (value === false || value === 'false' || value === 0 || value === '0' || value === '') return false;
    return undefined;
  },
  datetime: readInstant,
  uuid: readWord(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
  ipBlock: (value) => (typeof value === 'string' && isBlock(value.trim()) ? value.trim() : undefined),
};

/** The value in lower case, if it has this form. */
function readWord(form: RegExp): (value: unknown) => string | undefined {
  return (value) => {
    const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
    return form.test(word) ? word : undefined;
  };
}

const datetime =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * RFC 3339, or the compact form of OVH's UI (`20261122T08:30:00`). Without a zone it is Paris time. A blank in the place of a plus
 * is read as a plus.
 */
function readInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = datetime.exec(value.trim().replace(/([T ][\d:.]+) (\d\d:?\d\d)$/, '$1+$2'));
  if (parts === null) return undefined;
  const instant = readZonedTime(
    parts.slice(1, 7).map((part) => Number(part ?? 0)),
    parts[7],
  );
  return Number.isNaN(instant) ? undefined : instant;
}

function invalid(field: string, type: string, value: unknown): OvhRefusal {
  const shown = typeof value === 'object' ? 'an object' : String(value).slice(0, 40);
  return badParameter(field, `Given data (${shown}) is not valid for type ${type}`, shown);
}
