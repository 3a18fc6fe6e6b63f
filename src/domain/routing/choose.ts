// Chooses a route by the routing rules: in order of position, by the choice within a position, and from the next position if no
// route of the earlier one has an available connector. Used by the message router. Pure.
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import type { CostTable } from './costs.ts';
import { isWithinHours } from './route-hours.ts';

/**
 * Of the routes of one position: `weight` shares the messages by weight, `cheapest` takes the lowest cost (an unknown one last,
 * equal ones by weight), `first` takes the first that is available.
 */
export const routeChoices = ['weight', 'cheapest', 'first'] as const;
export type RouteChoice = (typeof routeChoices)[number];

export interface Route {
  /** Absent: the route of the simulated carrier. */
  readonly id?: number;
  readonly connectorId: number;
  /** Null or absent: matches everything. */
  readonly country: string | null;
  /** Digits with which the number begins, in E.164. */
  readonly prefix?: string | null;
  readonly tier: Tier | null;
  readonly sender: string | null;
  readonly accountId?: number | null;
  readonly encoding?: Encoding | null;
  readonly purpose?: Purpose | null;
  /** Of the submission, exactly. */
  readonly tag?: string | null;
  /** When it takes messages (route-hours.ts). */
  readonly hours?: string | null;
  readonly position: number;
  /** `weight` if it is absent. The same for every route of a position. */
  readonly choice?: RouteChoice;
  readonly weight: number;
  /** Price of the carrier for a segment, for carriers without a table of costs; null or absent: unknown. */
  readonly costMicros?: bigint | null;
  /** Also messages that cost more than their price. */
  readonly allowsLoss?: boolean;
  /** Replaces the sender; null or absent: it stays. */
  readonly newSender?: string | null;
  /** Receipts of failure after which a message is sent again over another carrier (resend.ts). Absent or empty: none. */
  readonly resendOn?: readonly string[];
  readonly resendLimit?: number;
  readonly resendWithinS?: number;
  /** How long a message waits while the carrier takes none, before another one is tried; null or absent: see MessageRouter. */
  readonly patienceS?: number | null;
}

/** What the routing knows of a message. */
export interface Routable {
  readonly country: string;
  readonly msisdn: number;
  readonly tier: Tier;
  readonly sender: string | null;
  readonly accountId: number;
  readonly encoding: Encoding;
  readonly purpose: Purpose;
  /** Of the submission; null: none. */
  readonly tag: string | null;
  readonly segments: number;
  /** Price of the message. 0: it is free, and no cost is a loss. */
  readonly costMicros: bigint;
}

export interface RoutingState {
  readonly isUp: (connectorId: number) => boolean;
  /** Whether the connector lately failed for the country of the message: it is the last choice. Absent: none did. */
  readonly isTroubled?: (connectorId: number) => boolean;
  readonly costs: CostTable;
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

const routeConditions = [
  'country',
  'prefix',
  'tier',
  'sender',
  'account',
  'encoding',
  'purpose',
  'tag',
  'hours',
] as const;
export type RouteCondition = (typeof routeConditions)[number];

/** The route of a message, or null if none has an available connector. `routes` are in order of position. */
export function chooseRoute<R extends Route>(
  routes: readonly R[],
  message: Routable,
  state: RoutingState,
): R | null {
  const { isTroubled, isUp } = state;
  if (isTroubled === undefined) return firstRoute(routes, message, state);
  const isWell = (id: number) => isUp(id) && !isTroubled(id);
  return firstRoute(routes, message, { ...state, isUp: isWell }) ?? firstRoute(routes, message, state);
}

function firstRoute<R extends Route>(routes: readonly R[], message: Routable, state: RoutingState): R | null {
  const fitting = routesTo(routes, message.country);
  let index = 0;
  while (index < fitting.length) {
    const { position } = fitting[index]!;
    const usable: R[] = [];
    for (; index < fitting.length && fitting[index]!.position === position; index++) {
      const route = fitting[index]!;
      if (state.isUp(route.connectorId) && isCandidate(route, message, state)) usable.push(route);
    }
    if (usable.length > 0) return pick(sharing(usable, message, state), state.random);
  }
  return null;
}

/** The routes of one position among which the weights decide. */
export function sharing<R extends Route>(
  usable: readonly R[],
  message: Routable,
  state: Pick<RoutingState, 'costs' | 'nowMs'>,
): readonly R[] {
  const choice = usable[0]!.choice ?? 'weight';
  if (choice === 'weight' || usable.length === 1) return usable;
  if (choice === 'first') return usable.slice(0, 1);
  const costs = usable.map((route) => segmentCost(route, message, state));
  const known = costs.filter((cost) => cost !== null);
  if (known.length === 0) return usable;
  const least = known.reduce((a, b) => (b < a ? b : a));
  return usable.filter((_, at) => costs[at] === least);
}

function pick<R extends Route>(routes: readonly R[], random: number): R {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  let ticket = random * total;
  for (const route of routes) {
    ticket -= route.weight;
    if (ticket < 0) return route;
  }
  return routes.at(-1)!;
}

/** Price of the carrier for a segment of the message; null if it is unknown. Its table of costs comes before the route. */
export function segmentCost(
  route: Route,
  { country, msisdn }: Pick<Routable, 'country' | 'msisdn'>,
  { costs, nowMs }: Pick<RoutingState, 'costs' | 'nowMs'>,
): bigint | null {
  return costs.find(route.connectorId, country, msisdn, nowMs) ?? route.costMicros ?? null;
}

function isCandidate(route: Route, message: Routable, state: Pick<RoutingState, 'costs' | 'nowMs'>): boolean {
  return failedCondition(route, message, state.nowMs) === null && !isLoss(route, message, state);
}

/** Whether the carrier asks more than the customer pays, and the route does not allow it. An unknown cost is none. */
export function isLoss(
  route: Route,
  message: Routable,
  state: Pick<RoutingState, 'costs' | 'nowMs'>,
): boolean {
  if (route.allowsLoss === true || message.costMicros <= 0n) return false;
  const cost = segmentCost(route, message, state);
  return cost !== null && cost * BigInt(message.segments) > message.costMicros;
}

/** The first condition of the route that the message does not meet now; null: it meets all. */
export function failedCondition(route: Route, message: Routable, nowMs: number): RouteCondition | null {
  if (route.country !== null && route.country !== message.country) return 'country';
  const { prefix = null, accountId = null, encoding = null } = route;
  if (prefix !== null && !String(message.msisdn).startsWith(prefix)) return 'prefix';
  if (route.tier !== null && route.tier !== message.tier) return 'tier';
  if (route.sender !== null && route.sender !== message.sender) return 'sender';
  if (accountId !== null && accountId !== message.accountId) return 'account';
  if (encoding !== null && encoding !== message.encoding) return 'encoding';
  return failedMore(route, message, nowMs);
}

function failedMore(
  { purpose = null, tag = null, hours = null }: Route,
  message: Routable,
  nowMs: number,
): RouteCondition | null {
  if (purpose !== null && purpose !== message.purpose) return 'purpose';
  if (tag !== null && tag !== message.tag) return 'tag';
  return hours === null || isWithinHours(hours, nowMs) ? null : 'hours';
}

/** Whether two routes lead the same messages to the same carrier at the same position: the second would never count. */
export function isSameRoute(a: Route, b: Route): boolean {
  return (
    a.connectorId === b.connectorId &&
    a.position === b.position &&
    a.country === b.country &&
    (a.prefix ?? null) === (b.prefix ?? null) &&
    a.tier === b.tier &&
    a.sender === b.sender &&
    (a.accountId ?? null) === (b.accountId ?? null) &&
    (a.encoding ?? null) === (b.encoding ?? null) &&
    (a.purpose ?? null) === (b.purpose ?? null) &&
    (a.tag ?? null) === (b.tag ?? null) &&
    (a.hours ?? null) === (b.hours ?? null)
  );
}

/** A thousand routes are mostly for other countries. A changed list of routes is another array. */
const byCountry = new WeakMap<readonly Route[], Map<string, readonly Route[]>>();

function routesTo<R extends Route>(routes: readonly R[], country: string): readonly R[] {
  let lists = byCountry.get(routes);
  if (lists === undefined) {
    lists = new Map();
    byCountry.set(routes, lists);
  }
  let list = lists.get(country);
  if (list === undefined) {
    list = routes.filter((route) => route.country === null || route.country === country);
    lists.set(country, list);
  }
  return list as readonly R[];
}
