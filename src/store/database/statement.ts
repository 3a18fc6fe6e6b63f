// Declares a statement: its parameters and its result columns by name and type, its text with the parameters' mentions.
// Used by every file of src/store. The declaration gives the TypeScript types, the order of the parameters and the
// conversions; store/statements.test.ts prepares each statement and compares its types with the server's.
import { assert } from '#lib/assert.ts';
import { arrayLiteral, type ElementType, type ParameterType, type ResultType } from './columns.ts';
import type { Query, Statement } from './database.ts';

/** An array of rows as one parameter for each column: `unnest($5::bigint[], $6::integer[]) as m(id, account_id)`. */
export interface RowsParameter<Entry> {
  /** Name and type of each column. */
  readonly columns: Readonly<Record<string, ElementType<never>>>;
  /** The array of each column, in their order. */
  encode(entries: readonly Entry[]): string[];
  /** The values of the only row, in their order; null if there is another number of rows. */
  encodeOne(entries: readonly Entry[]): unknown[] | null;
}

export interface RowColumn<Entry> {
  readonly type: ElementType<never>;
  pick(entry: Entry, index: number): unknown;
}

/** The mention of a rows parameter. */
export interface RowsMention {
  /** A from item: `unnest(…) as alias(column, …)`, or `(values (…))`. Instants in it are milliseconds: see `instantOf`. */
  as(alias: string): string;
  /** One column as an array, for `any(…)`. */
  column(name: string): string;
}

// biome-ignore lint/suspicious/noExplicitAny: a declaration may have any type of value
type AnyParameter = ParameterType<any> | RowsParameter<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type Parameters = Readonly<Record<string, any>>;
export type Results = Readonly<Record<string, ResultType<unknown>>>;

type ValueOf<P> =
  P extends RowsParameter<infer Entry> ? readonly Entry[] : P extends ParameterType<infer In> ? In : never;

export type ValuesOf<P extends Parameters> = { readonly [Name in keyof P]: ValueOf<P[Name]> };
export type RowOf<R extends Results> = {
  readonly [Name in keyof R]: R[Name] extends ResultType<infer Out> ? Out : never;
};
type Mentions<P extends Parameters> = {
  // biome-ignore lint/suspicious/noExplicitAny: rows of any entry
  readonly [Name in keyof P]: P[Name] extends RowsParameter<any> ? RowsMention : string;
};

export interface TypedStatement<P extends Parameters, R extends Results> extends Statement {
  readonly params: P;
  readonly row: R;
  /** Types of the parameters in their order, as `regtype` prints them. */
  readonly parameterTypes: readonly string[];
  /** Sends it; resolves with all rows. */
  run(query: Query, values: ValuesOf<P>): Promise<RowOf<R>[]>;
  /** The first row, or null. */
  find(query: Query, values: ValuesOf<P>): Promise<RowOf<R> | null>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds statements of every type
export type AnyStatement = TypedStatement<any, any>;

const registry = new Map<string, AnyStatement>();

/** Every statement of the files that were loaded, for the tests that prepare and check them. */
export function registeredStatements(): readonly AnyStatement[] {
  return [...registry.values()];
}

interface Declaration<P extends Parameters, R extends Results> {
  readonly params: P;
  readonly row?: R;
  readonly text: (p: Mentions<P>) => string;
  /**
   * Also prepares `<name>_of_one`, whose rows parameters are scalars, and uses it when each has exactly one row: a message
   * that travels alone. Same text, same effect; the figures are in docs/performance.md#few-messages-at-a-time.
   */
  readonly alsoOfOne?: true;
}

/**
 * `name` is the name of the prepared statement, unique in the program. `text` receives the mention of each parameter:
 * `${p.bucket}` writes `$1::smallint`. A parameter without a mention is a defect.
 */
export function statement<const P extends Parameters, const R extends Results = Record<never, never>>(
  name: string,
  declaration: Declaration<P, R>,
): TypedStatement<P, R> {
  const many = register(name, declaration, arraysOf);
  if (declaration.alsoOfOne !== true) return many;
  const one = register(`${name}_of_one`, declaration, scalarsOf);
  const bindOne = oneBinderOf(declaration.params);
  const decode = decoderOf(many.row);
  async function run(query: Query, values: ValuesOf<P>): Promise<RowOf<R>[]> {
    const bound = bindOne(values);
    if (bound === null) return many.run(query, values);
    const rows = await query<RowOf<R>>(one, bound);
    return decode === null ? rows : rows.map(decode);
  }
  return { ...many, run, find: async (query, values) => (await run(query, values))[0] ?? null };
}

/** How the columns of a rows parameter are sent and mentioned. */
interface RowsForm {
  /** The type of the parameter for a column. */
  typeOf(element: string): string;
  from(positions: readonly string[]): string;
  /** A column as an array. */
  array(position: string): string;
}

const arraysOf: RowsForm = {
  typeOf: (element) => `${element}[]`,
  from: (positions) => `unnest(${positions.join(', ')})`,
  array: (position) => position,
};

/** `values` of one row is no table for the planner: its columns are scalars wherever they stand. */
const scalarsOf: RowsForm = {
  typeOf: (element) => element,
  from: (positions) => `(values (${positions.join(', ')}))`,
  array: (position) => `array[${position}]`,
};

function register<P extends Parameters, R extends Results>(
  name: string,
  declaration: Declaration<P, R>,
  form: RowsForm,
): TypedStatement<P, R> {
  const { params, row = {} as R } = declaration;
  const parameterTypes: string[] = [];
  const mentioned = new Set<string>();
  const mentions: Record<string, string | RowsMention> = {};
  for (const [key, parameter] of Object.entries(params) as [string, AnyParameter][]) {
    if ('columns' in parameter) {
      const first = parameterTypes.length + 1;
      for (const type of Object.values(parameter.columns)) parameterTypes.push(form.typeOf(type.element));
      mentions[key] = rowsMention(parameter, first, form, () => mentioned.add(key));
    } else {
      const position = `$${parameterTypes.push(parameter.parameter)}`;
      const written = parameter.mention(position);
      Object.defineProperty(mentions, key, {
        get() {
          mentioned.add(key);
          return written;
        },
      });
    }
  }
  const text = declaration.text(mentions as Mentions<P>).trim();
  for (const key of Object.keys(params)) assert(mentioned.has(key), `${name} mentions ${key}`);
  assert(!registry.has(name), `${name} is the name of one statement`);

  const bind = binderOf(params);
  const decode = decoderOf(row);
  const typed: TypedStatement<P, R> = {
    name,
    text,
    params,
    row,
    parameterTypes,
    async run(query, values) {
      const rows = await query<RowOf<R>>(typed, bind(values));
      return decode === null ? rows : rows.map(decode);
    },
    async find(query, values) {
      const [first] = await query<RowOf<R>>(typed, bind(values));
      return first === undefined ? null : decode === null ? first : decode(first);
    },
  };
  registry.set(name, typed as AnyStatement);
  return typed;
}

function rowsMention(
  parameter: RowsParameter<never>,
  first: number,
  form: RowsForm,
  note: () => void,
): RowsMention {
  const names = Object.keys(parameter.columns);
  const positions = Object.values(parameter.columns).map(
    ({ element }, i) => `$${first + i}::${form.typeOf(element)}`,
  );
  return {
    as(alias) {
      note();
      return `${form.from(positions)} as ${alias}(${names.join(', ')})`;
    },
    column(name) {
      note();
      const position = positions[names.indexOf(name)];
      assert(position !== undefined, `the rows have a column ${name}`);
      return form.array(position);
    },
  };
}

/** Writes the values in the order of the parameters. */
function binderOf<P extends Parameters>(params: P): (values: ValuesOf<P>) => unknown[] {
  const entries = Object.entries(params) as [string, AnyParameter][];
  return (values) => {
    const bound: unknown[] = [];
    for (const [key, parameter] of entries) {
      const value = (values as Record<string, unknown>)[key];
      if ('columns' in parameter) bound.push(...parameter.encode(value as readonly never[]));
      else bound.push(parameter.encode(value));
    }
    return bound;
  };
}

/** The same with scalars for rows; null if a rows parameter has not exactly one row. */
function oneBinderOf<P extends Parameters>(params: P): (values: ValuesOf<P>) => unknown[] | null {
  const entries = Object.entries(params) as [string, AnyParameter][];
  return (values) => {
    const bound: unknown[] = [];
    for (const [key, parameter] of entries) {
      const value = (values as Record<string, unknown>)[key];
      if (!('columns' in parameter)) bound.push(parameter.encode(value));
      else {
        const scalars = parameter.encodeOne(value as readonly never[]);
        if (scalars === null) return null;
        bound.push(...scalars);
      }
    }
    return bound;
  };
}

/** Null if the driver's rows need no conversion. */
function decoderOf<R extends Results>(row: R): ((row: RowOf<R>) => RowOf<R>) | null {
  const conversions = Object.entries(row).flatMap(([key, { decode }]) =>
    decode ? [[key, decode] as const] : [],
  );
  if (conversions.length === 0) return null;
  return (read) => {
    const target = read as Record<string, unknown>;
    for (const [key, decode] of conversions) {
      const value = target[key];
      if (value !== null) target[key] = decode(value as never);
    }
    return read;
  };
}

/** An array of entries as a parameter: each column with its type and the value it takes from an entry. */
export function rows<Entry>(columns: Readonly<Record<string, RowColumn<Entry>>>): RowsParameter<Entry> {
  const list = Object.values(columns);
  return {
    columns: typesOf(columns),
    encode: (entries) =>
      list.map(({ type, pick }) => arrayLiteral(type as ElementType<unknown>, entries, pick)),
    encodeOne: (entries) =>
      entries.length === 1 ? list.map(({ type, pick }) => scalarOf(type, pick(entries[0]!, 0))) : null,
  };
}

function scalarOf(type: ElementType<never>, value: unknown): unknown {
  return value === null ? null : type.encode(value as never);
}

/** A column of `rows`: `of(int8, (message) => message.id)`. Null is allowed. */
export function of<Entry, In>(
  type: ElementType<In>,
  pick: (entry: Entry, index: number) => In | null,
): RowColumn<Entry> {
  return { type: type as unknown as ElementType<never>, pick };
}

export interface ChildColumn<Entry, Child> {
  readonly type: ElementType<never>;
  pick(child: Child, entry: Entry, index: number): unknown;
}

/**
 * The children of all entries as a parameter: the messages of campaigns. A column takes its value from the child, its
 * entry and the child's index in the entry, so that nothing is built for each child.
 */
export function childRows<Entry, Child>(
  children: (entry: Entry) => readonly Child[],
  columns: Readonly<Record<string, ChildColumn<Entry, Child>>>,
): RowsParameter<Entry> {
  const list = Object.values(columns);
  function encodeColumn(entries: readonly Entry[], { type, pick }: ChildColumn<Entry, Child>): string {
    const { literal } = type as ElementType<unknown>;
    let array = '{';
    for (const entry of entries) {
      const childrenOfEntry = children(entry);
      for (let i = 0; i < childrenOfEntry.length; i++) {
        if (array.length > 1) array += ',';
        const value = pick(childrenOfEntry[i]!, entry, i);
        array += value === null ? 'null' : literal === undefined ? value : literal(value);
      }
    }
    return array + '}';
  }
  return {
    columns: typesOf(columns),
    encode: (entries) => list.map((column) => encodeColumn(entries, column)),
    encodeOne(entries) {
      const [entry] = entries;
      if (entry === undefined || entries.length > 1) return null;
      const childrenOfEntry = children(entry);
      if (childrenOfEntry.length !== 1) return null;
      const child = childrenOfEntry[0]!;
      return list.map(({ type, pick }) => scalarOf(type, pick(child, entry, 0)));
    },
  };
}

/** A column of `childRows`. Null is allowed. */
export function ofChild<Entry, Child, In>(
  type: ElementType<In>,
  pick: (child: Child, entry: Entry, index: number) => In | null,
): ChildColumn<Entry, Child> {
  return { type: type as unknown as ElementType<never>, pick };
}

function typesOf(
  columns: Readonly<Record<string, { readonly type: ElementType<never> }>>,
): Record<string, ElementType<never>> {
  return Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, type]));
}

/**
 * The bucket of a table that is joined with an array of a batch (`update t … from batch n where t.id = n.id`). Citus
 * routes by it, because it removes the implicit cast of the column; PostgreSQL cannot use it as an index condition
 * (`float8` is in no operator family with `int2`), so it never chooses to read the whole bucket. A plain
 * `t.bucket = $1` there brings that plan back: 27 ms instead of 0.7 for a batch of 25 on a young partition.
 */
export const inBucket = (alias: string, bucket: string): string => `${alias}.bucket = ${bucket}::float8`;
