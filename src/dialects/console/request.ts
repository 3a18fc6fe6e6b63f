// Reads the parameters and the body of a call by the schemas of the contract. Used by registration.ts.
// Refuses `request-invalid` with a fault for each field. Parameters arrive as text and are converted; a body never is.
import type { Buffer } from 'node:buffer';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import type { FieldFault } from './contract/errors.ts';
import { ConsoleRefusal } from './errors.ts';

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

interface Validator {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly Fault[];
}

/** Compiled at first use: most calls of a process are never made. */
const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = Compile(schema) as unknown as Validator;
    validators.set(schema, validator);
  }
  return validator;
}

/** Values of the path and the query, converted to the types of the schema. An empty value of the query is absent. */
export function readParameters(
  schema: TSchema | undefined,
  path: Readonly<Record<string, string>>,
  query: Readonly<Record<string, unknown>>,
): unknown {
  if (schema === undefined) return undefined;
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) if (value !== '') given[name] = value;
  const values = Value.Convert(schema, { ...given, ...path });
  return checked(schema, values);
}

export function readBody(schema: TSchema | undefined, body: unknown): unknown {
  if (schema === undefined) return undefined;
  return checked(schema, parseJson(body as Buffer | undefined));
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    throw new ConsoleRefusal('request-invalid', { detail: 'The body is not JSON.' });
  }
}

function checked(schema: TSchema, value: unknown): unknown {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return value;
  const fields: Record<string, FieldFault> = {};
  for (const fault of validator.Errors(value)) {
    const path = fault.instancePath.slice(1).replaceAll('/', '.');
    for (const name of missingOf(fault)) fields[path === '' ? name : `${path}.${name}`] ??= 'missing';
    const word = words[fault.keyword];
    if (word !== undefined && path !== '') fields[path] ??= word;
  }
  throw new ConsoleRefusal('request-invalid', {
    detail: `The request is not valid: ${Object.entries(fields)
      .map(([name, fault]) => `${name} is ${fault.replace('-', ' ')}`)
      .join(', ')}.`,
    fields,
  });
}

function missingOf({ keyword, params }: Fault): readonly string[] {
  if (keyword !== 'required') return [];
  return (params as { requiredProperties?: readonly string[] }).requiredProperties ?? [];
}

/** By keyword of JSON Schema. */
const words: Readonly<Record<string, FieldFault>> = {
  boolean: 'unknown',
  minLength: 'too-short',
  minItems: 'too-short',
  maxLength: 'too-long',
  maxItems: 'too-long',
  minimum: 'too-small',
  maximum: 'too-large',
  const: 'not-allowed',
  enum: 'not-allowed',
  anyOf: 'wrong-type',
  type: 'wrong-type',
  pattern: 'malformed',
  format: 'malformed',
};
