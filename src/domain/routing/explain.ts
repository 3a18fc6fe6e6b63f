// Explains the way of a message: every route, and why it would or would not be taken. Used by the operator's carriers service. Agrees
// with chooseConnector (explain.test.ts).
import { matches, type Routable, type Route } from './choose.ts';

/** usable: it takes messages now. Otherwise the reason why not. */
export type LinkState = 'usable' | 'down' | 'paused' | 'disabled' | 'not-dispatched';

type RouteVerdict =
  /** Taken, with the share of the messages that go this way: 1 without another route of its position. */
  | { readonly kind: 'taken'; readonly share: number }
  /** It fits, and is taken when the routes before it are not usable. */
  | { readonly kind: 'spare' }
  /** It fits, and its link takes no message now. */
  | { readonly kind: 'unusable'; readonly state: Exclude<LinkState, 'usable'> }
  /** It does not fit: the first condition that fails. */
  | { readonly kind: 'other'; readonly condition: 'country' | 'tier' | 'sender' };

export interface ExplainedRoute<R extends Route> {
  readonly route: R;
  readonly verdict: RouteVerdict;
}

/** `routes` are in order of position. */
export function explainRoutes<R extends Route>(
  routes: readonly R[],
  message: Routable,
  stateOf: (connectorId: number) => LinkState,
): ExplainedRoute<R>[] {
  const isTaken = (route: R) => matches(route, message) && stateOf(route.connectorId) === 'usable';
  const first = routes.find(isTaken)?.position;
  const weight = routes
    .filter((route) => route.position === first && isTaken(route))
    .reduce((sum, route) => sum + route.weight, 0);
  return routes.map((route) => ({ route, verdict: verdictOf(route, message, stateOf, { first, weight }) }));
}

function verdictOf(
  route: Route,
  message: Routable,
  stateOf: (connectorId: number) => LinkState,
  { first, weight }: { readonly first: number | undefined; readonly weight: number },
): RouteVerdict {
  for (const condition of ['country', 'tier', 'sender'] as const)
    if (route[condition] !== null && route[condition] !== message[condition])
      return { kind: 'other', condition };
  const state = stateOf(route.connectorId);
  if (state !== 'usable') return { kind: 'unusable', state };
  return route.position === first ? { kind: 'taken', share: route.weight / weight } : { kind: 'spare' };
}
