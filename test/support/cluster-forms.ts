// Checks the text of a statement for the forms that a cluster (Citus) needs, without a cluster: by tokens and parentheses.
// Used by src/store/cluster-forms.test.ts. Knows the SQL of src/store only; it is no parser of SQL.
import { distributedTables, referenceTables } from './table-kinds.ts';

export interface StatementText {
  readonly name: string;
  readonly text: string;
}

/** A token, or the tokens between two parentheses. */
type Token = string | readonly Token[];

const pattern = /--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\$\d+|::|[a-z_][\w]*|\d+(?:\.\d+)?|<=|>=|<>|[^\s]/gi;

function tokensOf(text: string): Token[] {
  const stack: Token[][] = [[]];
  for (const [token] of text.matchAll(pattern)) {
    if (token.startsWith('--')) continue;
    if (token === '(') stack.push([]);
    else if (token === ')') {
      const group = stack.pop()!;
      stack.at(-1)!.push(group);
    } else stack.at(-1)!.push(token.startsWith("'") ? "'…'" : token.toLowerCase());
  }
  if (stack.length !== 1) throw new Error(`assertion failed: parentheses match in ${text}`);
  return stack[0]!;
}

const isWord = (token: Token | undefined): token is string =>
  typeof token === 'string' && /^[a-z_]\w*$/.test(token);

/** Words that end a from item; any other word behind a table is its alias. */
const reserved = new Set(
  `as on using where set join left right inner cross full lateral order group having limit offset for returning values
  select union and or not is null default do nothing with natural except intersect`.split(/\s+/),
);

interface Mention {
  readonly table: string;
  readonly alias: string;
  readonly isTarget: boolean;
}

/** Position of a query: an item of `from`, a table expression of `with`, or part of an expression. */
type Place = 'from' | 'with' | 'expression';

/** A query between two parentheses, or a part of one between set operators. */
interface Scope {
  readonly tokens: readonly Token[];
  readonly mentions: readonly Mention[];
  readonly references: readonly Mention[];
  readonly children: readonly Scope[];
  readonly place: Place;
}

function scopesOf(tokens: readonly Token[], place: Place): Scope[] {
  const parts: Token[][] = [[]];
  for (const token of tokens)
    if (token === 'union' || token === 'except' || token === 'intersect') parts.push([]);
    else parts.at(-1)!.push(token);
  return parts.map((part) => scopeOf(part, place));
}

function scopeOf(tokens: readonly Token[], place: Place): Scope {
  const mentions: Mention[] = [];
  const references: Mention[] = [];
  const children: Scope[] = [];
  let isFrom = false;
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    if (typeof token !== 'string') {
      if (token.length > 0) children.push(...scopesOf(token, placeBehind(before, isFrom)));
      continue;
    }
    if (['from', 'join', 'using', 'into', 'update'].includes(token)) isFrom = true;
    if (['where', 'set', 'returning', 'select', 'group', 'order', 'on'].includes(token)) isFrom = false;
    const isItem =
      isFrom &&
      (['from', 'join', 'using', 'into', 'update', 'only'].includes(String(before)) || before === ',');
    if (!isItem || !isWord(token)) continue;
    const list = distributedTables.has(token) ? mentions : referenceTables.has(token) ? references : null;
    if (list === null) continue;
    const next = tokens[i + 1] === 'as' ? tokens[i + 2] : tokens[i + 1];
    const alias = isWord(next) && !reserved.has(next) ? next : token;
    list.push({ table: token, alias, isTarget: before === 'into' });
  }
  return { tokens, mentions, references, children, place };
}

function placeBehind(before: Token | undefined, isFrom: boolean): Place {
  if (before === 'as' || before === 'materialized') return 'with';
  return isFrom && ['from', 'lateral', 'join', 'using', ','].includes(String(before)) ? 'from' : 'expression';
}

function* walk(scope: Scope): Generator<Scope> {
  yield scope;
  for (const child of scope.children) yield* walk(child);
}

/** Without casts of parameters: `$1 :: smallint :: float8` is `$1`. */
function withoutCasts(tokens: readonly Token[]): Token[] {
  const plain: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === '::' && typeof plain.at(-1) === 'string' && String(plain.at(-1)).startsWith('$')) {
      i++;
      continue;
    }
    plain.push(tokens[i]!);
  }
  return plain;
}

/** The parameter that `alias.bucket` is compared with; null if it is compared with none. */
function bucketOf(scope: Scope, { alias }: Mention): string | null {
  const found = (tokens: readonly Token[]): string | null => {
    const plain = withoutCasts(tokens);
    for (const [i, token] of plain.entries()) {
      if (token !== 'bucket' || plain[i + 1] !== '=') continue;
      const value = plain[i + 2];
      if (typeof value !== 'string' || !value.startsWith('$')) continue;
      const isQualified = plain[i - 1] === '.';
      if (isQualified ? plain[i - 2] === alias : scope.mentions.length === 1) return value;
    }
    return null;
  };
  return found(scope.tokens);
}

/** The expression that an insert stores in `bucket`; null if it is no parameter. */
function insertedBucket({ tokens }: Scope): string | null {
  const into = tokens.indexOf('into');
  const start = tokens.findIndex((token, i) => i > into && typeof token !== 'string');
  const columns = tokens[start];
  if (columns === undefined || typeof columns === 'string') return null;
  const place = columns.filter((token) => token !== ',').indexOf('bucket');
  const rest = tokens.slice(start + 1);
  const source =
    rest[0] === 'values' ? (rest[1] as readonly Token[]) : rest.slice(rest.indexOf('select') + 1);
  const items: Token[][] = [[]];
  for (const token of withoutCasts(source)) {
    if (rest[0] !== 'values' && token === 'from') break;
    if (token === ',') items.push([]);
    else items.at(-1)!.push(token);
  }
  const [value, ...others] = items[place] ?? [];
  // `$1 as bucket`
  if (others.length > 0 && others[0] !== 'as') return null;
  return typeof value === 'string' && value.startsWith('$') ? value : null;
}

const flat = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token) => (typeof token === 'string' ? [token] : ['(', ...flat(token), ')']));

/** Tables whose ids the server counts. */
export type IdentityTables = ReadonlySet<string>;

/** Faults that a cluster would refuse, answer wrongly or run on every node; empty if the statement is one task on one node. */
export function clusterFaults({ text }: StatementText, identityTables: IdentityTables): string[] {
  const roots = scopesOf(tokensOf(text), 'expression');
  const scopes = roots.flatMap((root) => [...walk(root)]);
  if (!scopes.some(({ mentions }) => mentions.length > 0)) return [];
  return [
    ...bucketFaults(scopes),
    ...roots.flatMap((root) => conflictFaults(root)),
    ...scopes.flatMap((scope) => insertFaults(scope, scopes, identityTables)),
    ...scopes.flatMap(updateFaults),
    ...lockFaults(scopes),
  ];
}

/** Rule 1: every mention names the bucket by one and the same parameter. */
function bucketFaults(scopes: readonly Scope[]): string[] {
  const faults: string[] = [];
  const parameters = new Set<string>();
  for (const scope of scopes)
    for (const mention of scope.mentions) {
      const bucket = mention.isTarget ? insertedBucket(scope) : bucketOf(scope, mention);
      if (bucket === null) faults.push(`${mention.table} ${mention.alias} names no bucket`);
      else parameters.add(bucket);
    }
  if (parameters.size > 1) faults.push(`buckets of several parameters: ${[...parameters].join(', ')}`);
  return faults;
}

/** Rule 2: the select of an insert is pulled to the coordinator, and parameters behind `on conflict` lose their type. */
function conflictFaults({ tokens, mentions }: Scope): string[] {
  const conflict = tokens.indexOf('conflict');
  if (conflict < 0 || tokens.includes('values') || !mentions.some(({ isTarget }) => isTarget)) return [];
  return flat(tokens.slice(conflict)).some((token) => token.startsWith('$'))
    ? ['a parameter behind "on conflict" of an insert … select']
    : [];
}

/** Rule 2: sources of an insert … select. */
function insertFaults(scope: Scope, all: readonly Scope[], identityTables: IdentityTables): string[] {
  const target = scope.mentions.find(({ isTarget }) => isTarget);
  if (target === undefined || scope.tokens.includes('values')) return [];
  const faults: string[] = [];
  const fromItems = scope.children
    .filter(({ place }) => place === 'from')
    .flatMap((child) => [...walk(child)]);
  const sources = [scope, ...fromItems];
  if (sources.some(({ references }) => references.length > 0))
    faults.push(`the source of the insert into ${target.table} joins a reference table: ask it by "in"`);
  if (!identityTables.has(target.table)) return faults;
  if (sources.some(({ mentions }) => mentions.some(({ isTarget }) => !isTarget)))
    faults.push(
      `${target.table} counts ids: its source must be values, unnest or a materialized table expression`,
    );
  for (const name of inlinedNames(all))
    if (
      flat(scope.tokens).some(
        (token, i, tokens) => token === name && ['from', 'join'].includes(tokens[i - 1]!),
      )
    )
      faults.push(`${target.table} counts ids: ${name} must be materialized`);
  return faults;
}

/** Names of table expressions that the server may inline: plain selects of distributed tables, without locks. */
function inlinedNames(all: readonly Scope[]): string[] {
  return all.flatMap(({ tokens }) =>
    tokens.flatMap((token, i) => {
      if (
        typeof token === 'string' ||
        tokens[i - 1] !== 'as' ||
        !isWord(tokens[i - 2]) ||
        token[0] !== 'select' ||
        token.includes('for')
      )
        return [];
      const reads = scopesOf(token, 'with').some((child) =>
        [...walk(child)].some((s) => s.mentions.length > 0),
      );
      return reads ? [tokens[i - 2] as string] : [];
    }),
  );
}

/** Rule 3: the expressions of an update of a distributed table must be immutable. */
function updateFaults({ tokens, mentions }: Scope): string[] {
  const update = tokens.indexOf('update');
  const set = tokens.indexOf('set');
  if (update < 0 || set < 0 || mentions.length === 0) return [];
  const end = tokens.findIndex(
    (token, i) => i > set && ['from', 'where', 'returning'].includes(String(token)),
  );
  const values = flat(tokens.slice(set, end < 0 ? undefined : end));
  const faults: string[] = [];
  for (const [i, token] of values.entries()) {
    const next = values[i + 1];
    if (['now', 'random', 'clock_timestamp'].includes(token) && next === '(')
      faults.push(`${token}() in an update`);
    if (token === 'interval') faults.push('interval arithmetic in an update');
    if (next === '::' && isWord(token)) faults.push(`a cast of the column ${token} in an update`);
  }
  return faults;
}

/** Rule 4: a statement that locks rows names the bucket of every table, also one over all buckets. */
function lockFaults(scopes: readonly Scope[]): string[] {
  const locks = scopes.some(({ tokens }) =>
    tokens.some((token, i) => token === 'for' && ['update', 'share'].includes(String(tokens[i + 1]))),
  );
  return locks ? bucketFaults(scopes).map((fault) => `for update: ${fault}`) : [];
}

/** Faults of a statement over all buckets; empty if it can be planned. */
export function faultsOverAllBuckets({ text }: StatementText): string[] {
  const scopes = scopesOf(tokensOf(text), 'expression').flatMap((root) => [...walk(root)]);
  const faults = lockFaults(scopes);
  for (const scope of scopes) {
    const { tokens } = scope;
    if (tokens.includes('conflict')) faults.push('"on conflict" over all buckets');
    for (const [i, token] of tokens.entries())
      if (token === 'lateral' && typeof tokens[i + 1] !== 'string')
        if (flat(tokens[i + 1] as readonly Token[]).some((inner) => inner === 'limit' || inner === 'offset'))
          faults.push('limit or offset in a lateral over all buckets');
    const aliases = new Set(scope.mentions.map(({ alias }) => alias));
    if (aliases.size < 2) continue;
    const joined = flat(tokens).join(' ');
    for (const { alias } of scope.mentions.slice(1)) {
      const equality = new RegExp(
        `\\b${alias} \\. bucket = (\\w+) \\. bucket|\\b(\\w+) \\. bucket = ${alias} \\. bucket`,
        'g',
      );
      const partners = [...joined.matchAll(equality)].map(([, right, left]) => right ?? left ?? '');
      if (!partners.some((partner) => aliases.has(partner)))
        faults.push(`${alias} is not joined by the bucket of a distributed table`);
    }
  }
  return faults;
}
