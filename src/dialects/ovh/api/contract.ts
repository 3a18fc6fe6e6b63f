// The published description of OVH's API from api.json: routes, models, enums. Used to match calls, to read their parameters and
// to publish the description of this platform.
import { readFileSync } from 'node:fs';
import { cleanText } from '#lib/text/text-bytes.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly type: string;
  readonly required: boolean;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the version; parameters in braces. */
  readonly path: string;
  /** Tiers 1 and 2 are served; some calls of tier 3 belong to options that no account has (calls/options.ts). */
  readonly tier: 1 | 2 | 3;
  readonly meaning: string;
  /** False: needs no key. */
  readonly signed: boolean;
  readonly params: readonly Parameter[];
  readonly returns: string;
  /** The body is one object of this model; only these of its fields may be written. */
  readonly bodyModel?: string;
  readonly bodyWritable?: readonly string[];
  readonly bodyRequired?: readonly string[];
}

export interface Field {
  readonly type: string;
  readonly nullable: boolean;
  readonly readOnly: boolean;
  readonly required?: boolean;
  /** The descriptions that contain it: `order` for /order.json. Absent: all of them. */
  readonly parts?: readonly string[];
}

export type Model = Readonly<Record<string, Field>>;

export type EnumValue = string | number;

interface Contract {
  readonly routes: readonly Route[];
  readonly models: Readonly<Record<string, Model>>;
  readonly enums: Readonly<Record<string, readonly EnumValue[]>>;
}

export const contract: Contract = JSON.parse(
  readFileSync(new URL('./api.json', import.meta.url), 'utf8'),
) as Contract;

/** The description that contains a path: `sms` for `/sms/{serviceName}`. */
export function partOf(path: string): string {
  return path.split('/')[1]!;
}

/** A model of one description. Undefined: not a model. */
export function modelOf(name: string, part: string): Model | undefined {
  const model = Object.hasOwn(contract.models, name) ? contract.models[name] : undefined;
  if (model === undefined) return undefined;
  return Object.fromEntries(Object.entries(model).filter(([, { parts }]) => parts?.includes(part) ?? true));
}

/** The name of a route in code: `POST /sms/{serviceName}/jobs`. */
export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

export interface Match {
  readonly route: Route;
  /** The path's parameters, decoded once. */
  readonly places: Readonly<Record<string, string>>;
}

interface Node {
  readonly fixed: Map<string, Node>;
  place: Node | null;
  readonly routes: Map<string, Route>;
}

const newNode = (): Node => ({ fixed: new Map(), place: null, routes: new Map() });

const root = newNode();
for (const route of contract.routes) {
  let node = root;
  for (const segment of route.path.split('/').slice(1)) {
    let next = segment.startsWith('{') ? node.place : (node.fixed.get(segment) ?? null);
    if (next === null) {
      next = newNode();
      if (segment.startsWith('{')) node.place = next;
      else node.fixed.set(segment, next);
    }
    node = next;
  }
  node.routes.set(route.method, route);
}

/**
 * The route of a call; `no-method` for a path that has routes, but not with this method. Literal segments take precedence over
 * parameters: `/sms/ptts` is not an account.
 */
export function matchRoute(method: string, path: string): Match | 'no-method' | null {
  const segments = path.split('/').slice(1);
  const node = find(root, segments, 0);
  if (node === null) return null;
  const route = node.routes.get(method);
  if (route === undefined) return 'no-method';
  const places: Record<string, string> = {};
  for (const [i, name] of route.path.split('/').slice(1).entries())
    if (name.startsWith('{')) places[name.slice(1, -1)] = decode(segments[i]!);
  return { route, places };
}

function find(node: Node, segments: readonly string[], at: number): Node | null {
  if (at === segments.length) return node.routes.size > 0 ? node : null;
  const segment = segments[at]!;
  const fixed = node.fixed.get(segment);
  const found = fixed === undefined ? null : find(fixed, segments, at + 1);
  if (found !== null || node.place === null || segment === '') return found;
  return find(node.place, segments, at + 1);
}

/** Decodes once; returns a name with an invalid escape unchanged. */
function decode(segment: string): string {
  try {
    return cleanText(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}

/** The methods of a path. Empty: the path is not in the description. */
export function methodsOf(path: string): readonly string[] {
  return [...(find(root, path.split('/').slice(1), 0)?.routes.keys() ?? [])];
}
