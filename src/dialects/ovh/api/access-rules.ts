// Matches calls with the access rules of a consumer key: a method and a path in which * matches anything, also slashes
// (docs/dialects/ovh.md#keys-and-signatures). Used by authorize.ts, the calls and the key pages.

const methods: readonly unknown[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

export interface AccessRule {
  readonly method: string;
  readonly path: string;
}

/** Rules of one key. */
export const maxRules = 100;
const maxPathLength = 500;
/** Address blocks of one key. */
export const maxBlocks = 50;

/** Paths are stored unchanged: a rule with a superfluous blank matches nothing (docs/dialects/ovh.md#keys-and-signatures). */
export function isRule(method: unknown, path: unknown): boolean {
  return (
    methods.includes(method) &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    path.length <= maxPathLength
  );
}

/** `path` without the version and without trailing slashes; not decoded. */
export function isGranted(rules: readonly AccessRule[], method: string, path: string): boolean {
  return rules.some((rule) => rule.method === method && matches(withoutEndSlash(rule.path), path));
}

/** Matches wildcards without a regular expression: a customer's pattern could make one run for hours. */
function matches(pattern: string, path: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === path;
  if (!path.startsWith(first!)) return false;
  const last = rest.pop()!;
  let at = first!.length;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}

export function withoutEndSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}
