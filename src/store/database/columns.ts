// Types of statement parameters and result columns: how a value is written as a parameter, as an array, and read back.
// Used by statement.ts and by every file of src/store that declares a statement. Never contains SQL of a table.

/** A type that a parameter can have. `In` is the value in the program. */
export interface ParameterType<In> {
  /** The type of the parameter, as `regtype` prints it. */
  readonly parameter: string;
  /** The mention of parameter `$n` in the text. */
  mention(position: string): string;
  /** The value that the driver sends. */
  encode(value: In): unknown;
}

/** A type that arrays can have as their element. */
export interface ElementType<In> extends ParameterType<In> {
  /** The type of an array of it, without `[]`. */
  readonly element: string;
  /** An element of an array literal. Absent: the value as JavaScript writes it. Null never reaches it. */
  readonly literal?: ((value: In) => string | number) | undefined;
}

/** A type that a result column can have. */
export interface ResultType<Out> {
  /** The type of the column, as `regtype` prints it. */
  readonly result: string;
  /** Absent if the driver's value needs no change. Null never reaches it. */
  readonly decode?: ((value: never) => Out) | undefined;
  /** Only for type inference; never set. */
  readonly out?: Out;
}

export type ColumnType<In, Out = In> = ElementType<In> & ResultType<Out>;

function plain<In>(sql: string, literal?: (value: In) => string | number): ColumnType<In> {
  return {
    parameter: sql,
    element: sql,
    result: sql,
    mention: (position) => `${position}::${sql}`,
    encode: (value) => value,
    literal,
  };
}

const withoutNul = (value: string) => (value.includes('\0') ? value.replaceAll('\0', '') : value);

const needsEscape = /["\\\0]/;

/** A text as an element of an array literal. */
function quoted(value: string): string {
  if (!needsEscape.test(value)) return `"${value}"`;
  return `"${withoutNul(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * An array literal as the server reads it: several times faster than the driver's. `pick` takes the element from an
 * entry, so that no array of elements is built first. Null stays null.
 */
export function arrayLiteral<Entry, In>(
  { literal }: ElementType<In>,
  entries: readonly Entry[],
  pick: (entry: Entry, index: number) => In | null,
): string {
  let array = '{';
  for (let i = 0; i < entries.length; i++) {
    if (i > 0) array += ',';
    const value = pick(entries[i]!, i);
    array += value === null ? 'null' : literal === undefined ? value : literal(value);
  }
  return array + '}';
}

export const int2 = plain<number>('smallint');
export const int4 = plain<number>('integer');
/** A `bigint` that is exact in a double: ids and counts. The driver refuses a larger one. */
export const int8 = plain<number>('bigint');
export const float8 = plain<number>('double precision');
export const boolean = plain<boolean>('boolean', (value) => (value ? 't' : 'f'));
export const uuid = plain<string>('uuid', quoted);
/** The character NUL is removed: PostgreSQL cannot store it. */
export const text: ColumnType<string> = { ...plain<string>('text', quoted), encode: withoutNul };

/** Micros of a euro: `bigint` in the program and in the table. */
export const micros: ColumnType<bigint> = {
  ...plain<bigint>('bigint'),
  decode: (value: number) => BigInt(value),
};

/** Milliseconds since the epoch in the program, `timestamptz` in the table. */
export const instant: ColumnType<number> = {
  parameter: 'double precision',
  element: 'double precision',
  result: 'timestamp with time zone',
  mention: (position) => `to_timestamp(${position}::float8 / 1000)`,
  encode: (value) => value,
};

/** The instant in a column of a `rows` parameter, which is sent in milliseconds. */
export const instantOf = (column: string): string => `to_timestamp(${column} / 1000)`;

/** The result of a function that returns nothing. */
export const nothing: ResultType<unknown> = { result: 'void' };

export const bytes: ParameterType<Buffer> & ResultType<Buffer> = {
  parameter: 'bytea',
  result: 'bytea',
  mention: (position) => `${position}::bytea`,
  encode: (value) => value,
};

/** A `jsonb` value. The caller names its type, because this program has written the value. */
export function json<T>(): ColumnType<T> {
  return {
    parameter: 'jsonb',
    element: 'text',
    result: 'jsonb',
    mention: (position) => `${position}::jsonb`,
    encode: (value) => withoutNul(JSON.stringify(value)),
    literal: (value) => quoted(JSON.stringify(value)),
  };
}

/** A small number in the table for a name in the program (codes.ts). */
export function code<Name extends string>(codec: {
  code(name: Name): number;
  name(code: number): Name;
}): ColumnType<Name> {
  return {
    ...plain<Name>('smallint', (name) => codec.code(name)),
    encode: (value) => codec.code(value),
    decode: (value: number) => codec.name(value),
  };
}

/** A name that the table stores as text. `Name` is trusted for results: a check constraint lists the names. */
export function word<Name extends string>(): ColumnType<Name> {
  return plain<Name>('text', quoted);
}

type NullableOf<T> = (T extends ElementType<infer In>
  ? ElementType<In | null>
  : T extends ParameterType<infer In>
    ? ParameterType<In | null>
    : unknown) &
  (T extends ResultType<infer Out> ? ResultType<Out | null> : unknown);

/** The same type with null. */
export function nullable<T extends ParameterType<never> | ResultType<unknown>>(type: T): NullableOf<T> {
  const { encode } = type as Partial<ParameterType<never>>;
  const withNull = { ...type, encode: (value: never) => (value === null ? null : encode?.(value)) };
  return withNull as unknown as NullableOf<T>;
}

/** An array: as a parameter for `any(…)` or `unnest(…)`, as a result column. */
export function list<In>(type: ElementType<In>): ParameterType<readonly In[]> & ResultType<In[]> {
  return {
    parameter: `${type.element}[]`,
    result: `${type.element}[]`,
    mention: (position) => `${position}::${type.element}[]`,
    encode: (values) => arrayLiteral(type, values, (value) => value),
  };
}

/** An array as an element of an array, which SQL does not have: sent as text, and cast where it is used: `r.ids::bigint[]`. */
export function packed<In>(type: ElementType<In>): ElementType<readonly In[]> {
  const encode = (values: readonly In[]) => arrayLiteral(type, values, (value) => value);
  return { ...plain<readonly In[]>('text', (values) => quoted(encode(values))), encode };
}
