// Finds values in bodies of carriers: by JSON pointers (RFC 6901, with * for each element), by patterns, or literal. Used by the
// answer rules and by the readers of receipts and replies. A body that is no JSON has no members.

/** A body, parsed once. */
export interface ReadBody {
  readonly text: string;
  /** Undefined if it is neither JSON nor a form. */
  readonly json: unknown;
  /** What patterns found in the text, which the elements of a list share: 3,000 elements do not search it 3,000 times. */
  readonly matches?: Map<RegExp, readonly string[]>;
}

/** Each element of a list in a body as a body of its own. */
export function elementsOf({ text }: ReadBody, list: readonly unknown[]): ReadBody[] {
  const matches = new Map<RegExp, readonly string[]>();
  return list.map((json) => ({ text, json, matches }));
}

export type Finder =
  | { readonly kind: 'pointer'; readonly path: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'literal'; readonly value: string };

/** Alternatives, the first that finds something counts. */
export type Finders = readonly Finder[];

/** As an operator writes one: `/a/0/b`, `/a/*\/b`, `~pattern` or `=literal`. Null if it is none of them. */
export function parseFinder(text: string): Finder | null {
  if (text.startsWith('=')) return { kind: 'literal', value: text.slice(1) };
  if (text.startsWith('~')) {
    const pattern = parsePattern(text.slice(1));
    return pattern === null ? null : { kind: 'pattern', pattern };
  }
  return text.startsWith('/') ? { kind: 'pointer', path: parsePath(text) } : null;
}

/** Separated by blanks. */
export function parseFinders(text: string): Finders | null {
  const finders = text.trim().split(/\s+/).map(parseFinder);
  return finders.includes(null) || text.trim() === '' ? null : (finders as Finder[]);
}

function parsePattern(text: string): RegExp | null {
  try {
    return text === '' ? null : new RegExp(text, 'su');
  } catch {
    return null;
  }
}

function parsePath(text: string): string[] {
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function readJsonBody(text: string): ReadBody {
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: undefined };
  }
}

/** Texts, numbers and booleans, as text. */
export function findAll(finders: Finders, body: ReadBody): readonly string[] {
  for (const finder of finders) {
    const found = findWith(finder, body);
    if (found.length > 0) return found;
  }
  return [];
}

export function findFirst(finders: Finders, body: ReadBody): string | null {
  return findAll(finders, body)[0] ?? null;
}

function findWith(finder: Finder, body: ReadBody): readonly string[] {
  switch (finder.kind) {
    case 'literal':
      return [finder.value];
    case 'pattern': {
      const known = body.matches?.get(finder.pattern);
      if (known !== undefined) return known;
      const match = finder.pattern.exec(body.text);
      const found = match === null ? [] : [match[1] ?? match[0]];
      body.matches?.set(finder.pattern, found);
      return found;
    }
    case 'pointer':
      return elementsAt(finder.path, body.json).flatMap(textOf);
  }
}

function textOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

/** Values of any type at a path. */
export function elementsAt(path: readonly string[], root: unknown): unknown[] {
  let found = [root];
  for (const step of path) {
    found = found.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (step === '*') return Array.isArray(value) ? value : [];
      return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
    });
  }
  return found.filter((value) => value !== undefined && value !== null);
}
