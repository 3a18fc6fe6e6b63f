// Reads access rules from a text with one rule per line, and describes them in words. Used by the key pages.
import { type AccessRule, withoutEndSlash } from './access-rules.ts';
import { matchRoute } from './contract.ts';

export interface ToldRule {
  readonly path: string;
  readonly methods: readonly string[];
  readonly words: string;
}

const verbs: Readonly<Record<string, readonly string[]>> = {
  GET: ['read'],
  POST: ['send', 'create'],
  PUT: ['change'],
  PATCH: ['change'],
  DELETE: ['delete'],
};

/** Rules grouped by path. */
export function tellRules(rules: readonly AccessRule[]): readonly ToldRule[] {
  return [...Map.groupBy(rules, ({ path }) => path)].map(([path, same]) => {
    const methods = [...new Set(same.map(({ method }) => method))];
    return { path, methods, words: tellRule(path, methods) };
  });
}

/** A final * means everything below a path; the published description explains other calls. */
function tellRule(path: string, methods: readonly string[]): string {
  const doing = listed([...new Set(methods.flatMap((method) => verbs[method] ?? []))]);
  if (path === '/*') return `${doing} everything: all accounts, their credit, and these keys`;
  if (path.endsWith('/*')) return `${doing} everything below ${path.slice(0, -2)}`;
  const matches = methods.map((method) => matchRoute(method, withoutEndSlash(path)));
  const meanings = matches.flatMap((match) =>
    match === null || match === 'no-method' ? [] : match.route.meaning,
  );
  return meanings.length === methods.length ? meanings.join('; ') : `${doing} at ${path}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function writeRules(rules: readonly AccessRule[]): string {
  return rules.map(({ method, path }) => `${method} ${path}`).join('\n');
}

/** Reads lines such as `GET /sms/*`; returns an invalid line unchanged. Ignores empty lines. */
export function readRules(text: string): readonly (AccessRule | string)[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, method, path] = /^([a-z]+)\s+(\/\S*)$/i.exec(line) ?? [];
      return method === undefined ? line : { method: method.toUpperCase(), path: path! };
    });
}
