// Access rules for people: read from a text of one rule a line, and told in words. Serves the pages where keys are made and
// decided about.
import { type AccessRule, withoutEndSlash } from './access-rules.ts';
import { matchRoute } from './contract.ts';

export interface ToldRule {
  readonly path: string;
  readonly methods: readonly string[];
  readonly verbs: readonly string[];
  readonly words: string;
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  POST: 'create and send',
  PUT: 'change',
  PATCH: 'change',
  DELETE: 'delete',
};

/** Rules of the same path together. */
export function tellRules(rules: readonly AccessRule[]): readonly ToldRule[] {
  return [...Map.groupBy(rules, ({ path }) => path)].map(([path, same]) => {
    const methods = [...new Set(same.map(({ method }) => method))];
    return {
      path,
      methods,
      verbs: [...new Set(methods.map((method) => verbs[method] ?? method))],
      words: tellPath(path, methods),
    };
  });
}

/** A star at the end stands for everything below; elsewhere the published description says what a call does. */
function tellPath(path: string, methods: readonly string[]): string {
  if (path === '/*') return 'everything: all accounts, their credit, and these keys';
  if (path.endsWith('/*')) return `everything below ${path.slice(0, -2)}`;
  const meanings = methods.flatMap((method) => {
    const match = matchRoute(method, withoutEndSlash(path));
    return match === null || match === 'no-method' ? [] : [match.route.meaning];
  });
  return meanings.length === 0 ? 'this address' : meanings.join('; ');
}

export function writeRules(rules: readonly AccessRule[]): string {
  return rules.map(({ method, path }) => `${method} ${path}`).join('\n');
}

/** Of lines like `GET /sms/*`; a line that is no such thing comes back as it is. Empty lines are passed over. */
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
