// Calls for several objects: several ids in the last segment of a path (X-Ovh-Batch), and lists of objects instead of ids
// (X-Pagination-Mode). OVH's pages and some wrappers use them (docs/dialects/ovh.md#how-a-call-is-read). Used by routes.ts. Each
// object is authorized and answered like a separate call.
import { servedRoutes } from './call-table.ts';
import type { Match, Route } from './contract.ts';
import { badParameter, OvhRefusal, ovhRefusalOf } from './errors.ts';

/** Answers one call; throws if the key has no right to it. `path` is below the version. */
export type Ask = (match: Match, path: string) => Promise<unknown>;

/** Headers of a call, in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const maxBatch = 1_000;
const maxPage = 1_000;
const atOnce = 8;

/** One object: its id and its call. */
interface One {
  readonly id: string;
  readonly match: Match;
}

/** Null: the call is for one object. The header holds the separator of the ids. */
export function batchOf(headers: Headers, { route, places }: Match): readonly One[] | null {
  const separator = headers['x-ovh-batch'];
  const place = lastPlaceOf(route);
  if (typeof separator !== 'string' || separator === '' || route.method !== 'GET' || place === null)
    return null;
  const ids = places[place]!.split(separator).filter((id) => id !== '');
  if (ids.length > maxBatch) throw badParameter(place, `${maxBatch} at most`);
  return ids.map((id) => ({ id, match: { route, places: { ...places, [place]: id } } }));
}

function lastPlaceOf({ path }: Route): string | null {
  return /\{(\w+)\}$/.exec(path)?.[1] ?? null;
}

/** The error of one object is a member of the list. */
export function answerBatch(batch: readonly One[], path: string, ask: Ask): Promise<unknown[]> {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return someAtOnce(batch, ({ id, match }) =>
    ask(match, below(parent, id)).then(
      (value) => ({ key: id, value, error: null }),
      (error: unknown) => ({ key: id, value: null, error: bodyOf(error) }),
    ),
  );
}

function below(path: string, id: string): string {
  return `${path}/${encodeURIComponent(id)}`;
}

function bodyOf(error: unknown): unknown {
  const told = ovhRefusalOf(error);
  if (told === null) throw error;
  return told.body;
}

/** The route of the objects of a list. Null: the call wants ids, or there is no such route. */
export function objectsOf(headers: Headers, list: Route): Route | null {
  if (headers['x-pagination-mode'] !== 'CachedObjectList-Pages' || list.method !== 'GET') return null;
  const isObject = ({ method, path }: Route) =>
    method === 'GET' &&
    path.startsWith(`${list.path}/`) &&
    /^\{\w+\}$/.test(path.slice(list.path.length + 1));
  return servedRoutes.find(isObject) ?? null;
}

export interface Page {
  readonly objects: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Pages count from 1. Objects deleted since the listing are omitted. */
export async function answerPage(
  list: { readonly ids: readonly unknown[]; readonly match: Match; readonly objects: Route },
  path: string,
  headers: Headers,
  ask: Ask,
): Promise<Page> {
  for (const name of ['x-pagination-sort', 'x-pagination-filter'])
    if (headers[name] !== undefined) throw new OvhRefusal(501, 'This platform does not sort or filter pages');
  const number = readCount(headers['x-pagination-number'], 1);
  const size = Math.min(readCount(headers['x-pagination-size'], maxPage), maxPage);
  const { ids, match, objects: route } = list;
  const place = lastPlaceOf(route)!;
  const page = ids.slice((number - 1) * size, number * size).map(String);
  const objects = await someAtOnce(page, (id) =>
    ask({ route, places: { ...match.places, [place]: id } }, below(path, id)).catch((error: unknown) => {
      if (ovhRefusalOf(error)?.status === 404) return null;
      throw error;
    }),
  );
  return {
    objects: objects.filter((object) => object !== null),
    headers: {
      'x-pagination-mode': 'CachedObjectList-Pages',
      'x-pagination-number': String(number),
      'x-pagination-size': String(size),
      'x-pagination-elements': String(ids.length),
      'x-pagination-total': String(Math.ceil(ids.length / size)),
    },
  };
}

function readCount(header: string | string[] | undefined, fallback: number): number {
  const count = Number(header);
  return Number.isSafeInteger(count) && count > 0 ? count : fallback;
}

/** Results in the order of the ids. */
async function someAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  return results;
}
