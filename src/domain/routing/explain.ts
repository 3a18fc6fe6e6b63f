// Explains the way of a message: every route, and why it would or would not be taken. Used by the operator's carriers service. Agrees
// with chooseRoute (explain.test.ts).
import {
  failedCondition,
  isLoss,
  type Routable,
  type Route,
  type RouteCondition,
  type RoutingState,
  segmentCost,
  sharing,
} from './choose.ts';

/** usable: it takes messages now. Otherwise the reason why not. */
export type LinkState = 'usable' | 'down' | 'paused' | 'disabled' | 'not-dispatched';

type RouteVerdict =
  /** Taken, with the share of the messages that go this way: 1 without another route of its position. */
  | { readonly kind: 'taken'; readonly share: number }
  /** It fits, and is taken when the routes before it are not usable. */
  | { readonly kind: 'spare' }
  /** It fits, and its link takes no message now. */
  | { readonly kind: 'unusable'; readonly state: Exclude<LinkState, 'usable'> }
  /** It fits, and its carrier lately failed for this country: taken when no other can, and by one message in a hundred. */
  | { readonly kind: 'troubled' }
  /** It fits, and its carrier asks more than the message pays. */
  | { readonly kind: 'loss' }
  /** It does not fit: the first condition that fails. */
  | { readonly kind: 'other'; readonly condition: RouteCondition };

export interface ExplainedRoute<R extends Route> {
  readonly route: R;
  readonly verdict: RouteVerdict;
  /** Price of the carrier for a segment to this number; null: unknown. */
  readonly costMicros: bigint | null;
}

export interface ExplainState extends Pick<RoutingState, 'costs' | 'nowMs' | 'isTroubled'> {
  readonly stateOf: (connectorId: number) => LinkState;
}

/** `routes` are in order of position. */
export function explainRoutes<R extends Route>(
  routes: readonly R[],
  message: Routable,
  state: ExplainState,
): ExplainedRoute<R>[] {
  const open = routes.filter((route) => obstacleOf(route, message, state) === null);
  const isTroubled = (route: R) => state.isTroubled?.(route.connectorId) === true;
  const well = open.filter((route) => !isTroubled(route));
  const usable = well.length === 0 ? open : well;
  const first = usable.filter(({ position }) => position === usable[0]!.position);
  const taken = first.length === 0 ? [] : sharing(first, message, state);
  const weight = taken.reduce((sum, route) => sum + route.weight, 0);
  return routes.map((route) => ({
    route,
    costMicros: segmentCost(route, message, state),
    verdict:
      obstacleOf(route, message, state) ??
      (taken.includes(route)
        ? { kind: 'taken', share: route.weight / weight }
        : { kind: isTroubled(route) ? 'troubled' : 'spare' }),
  }));
}

/** The reason why the route cannot take the message now; null: it can. */
function obstacleOf(route: Route, message: Routable, state: ExplainState): RouteVerdict | null {
  const condition = failedCondition(route, message, state.nowMs);
  if (condition !== null) return { kind: 'other', condition };
  if (isLoss(route, message, state)) return { kind: 'loss' };
  const link = state.stateOf(route.connectorId);
  return link === 'usable' ? null : { kind: 'unusable', state: link };
}
