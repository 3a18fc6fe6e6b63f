// Whether an answer of OVH's dialect follows the published contract (src/dialects/ovh/api/api.json): every field of
// its model and no other, each of its type, null only where it may be. For tests only.
import assert from 'node:assert/strict';
import {
  contract,
  type Model,
  modelOf,
  nameOf,
  partOf,
  type Route,
} from '../../src/dialects/ovh/api/contract.ts';

/** Fails with every difference at once. `type` as in the description of `part`: `sms.Outgoing`, `long[]`, `void`. */
export function assertModel(type: string, value: unknown, part = 'sms'): void {
  assert.deepEqual(differences(type, value, part), [], `not a ${type}: ${JSON.stringify(value)}`);
}

/** Fails when the answer of a call is not of the type that its route returns. */
export function assertAnswer(name: string, value: unknown): void {
  const { returns, path } = routeNamed(name);
  assertModel(returns, value, partOf(path));
}

/** `POST /sms/{serviceName}/jobs` */
export function routeNamed(name: string): Route {
  const route = contract.routes.find((known) => nameOf(known) === name);
  assert.ok(route, `the description has no ${name}`);
  return route;
}

/** Where the value differs, each difference in words. */
export function differences(type: string, value: unknown, part = 'sms', where = ''): string[] {
  if (type.endsWith('[]')) return ofList(type.slice(0, -2), value, part, where);
  const model = modelOf(type, part);
  if (model !== undefined) return ofModel(model, value, part, where);
  const values = contract.enums[type];
  const isRight = values === undefined ? scalars[type] : (given: unknown) => isOneOf(values, given);
  if (isRight === undefined) return [`${where}: the description knows no type ${type}`];
  return isRight(value) ? [] : [`${where || 'the answer'} is no ${type}: ${JSON.stringify(value)}`];
}

function ofList(type: string, value: unknown, part: string, where: string): string[] {
  if (!Array.isArray(value)) return [`${where || 'the answer'} is no list: ${JSON.stringify(value)}`];
  return value.flatMap((entry, i) => differences(type, entry, part, `${where}[${i}]`));
}

function ofModel(model: Model, value: unknown, part: string, where: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${where || 'the answer'} is no object: ${JSON.stringify(value)}`];
  const fieldOf = (name: string) => (where === '' ? name : `${where}.${name}`);
  const members = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).filter((name) => !Object.hasOwn(model, name));
  return [
    ...unknown.map((name) => `${fieldOf(name)} is not in the description`),
    ...Object.entries(model).flatMap(([name, { type, nullable }]) => {
      const member = members[name];
      if (member === undefined) return [`${fieldOf(name)} is missing`];
      return member === null && nullable ? [] : differences(type, member, part, fieldOf(name));
    }),
  ];
}

/** The published enums hold numbers where the wire does. */
function isOneOf(values: readonly unknown[], given: unknown): boolean {
  return values.includes(given);
}

const matches = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const isText = (value: unknown) => typeof value === 'string';
const address = String.raw`[\da-fA-F:.]+`;

const scalars: Readonly<Record<string, (value: unknown) => boolean>> = {
  void: (value) => value === null,
  T: () => true,
  string: isText,
  text: isText,
  password: isText,
  phoneNumber: isText,
  internationalPhoneNumber: matches(/^(\+|00)?\d{5,15}$/),
  boolean: (value) => typeof value === 'boolean',
  long: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === 'number' && Number.isFinite(value),
  // RFC 3339 with the offset of Paris, as OVH writes it.
  datetime: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$/),
  date: matches(/^\d{4}-\d\d-\d\d$/),
  uuid: matches(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/),
  ip: matches(new RegExp(`^${address}$`)),
  ipBlock: matches(new RegExp(String.raw`^${address}(/\d{1,3})?$`)),
  'map[string]string': (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(isText),
};
