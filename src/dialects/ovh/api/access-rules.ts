// What a consumer key may call: rules of a method and a path in which * stands for anything, slashes included
// (docs/dialects/ovh.md#keys-and-signatures).

const methods: readonly unknown[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

export interface AccessRule {
  readonly method: string;
  readonly path: string;
}

/** Of one key, here and below. */
export const maxRules = 100;
const maxPathLength = 500;
/** Of addresses that it may be used from. */
export const maxBlocks = 50;

/** A path is kept as it comes: a rule with a stray blank matches nothing (docs/dialects/ovh.md#keys-and-signatures). */
export function isRule(method: unknown, path: unknown): boolean {
  return (
    methods.includes(method) &&
    typeof path === 'string' &&
    path.startsWith('/') &&
    path.length <= maxPathLength
  );
}

/** `path` without the version in front and without slashes at its end; as it came, not decoded. */
export function isGranted(rules: readonly AccessRule[], method: string, path: string): boolean {
  return rules.some((rule) => rule.method === method && matches(withoutEndSlash(rule.path), path));
}

/** Wild cards by hand: a pattern of a customer's, made into a regular expression, could be made to run for hours. */
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
