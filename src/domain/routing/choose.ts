// Chooses a connector by the routing rules: in order of position, by weight within a position, and from the next position
// if no connector of the earlier one is available. Used by the message router.
import type { Tier } from '#domain/base/campaign.ts';

export interface Route {
  readonly connectorId: number;
  /** Null matches everything. */
  readonly country: string | null;
  readonly tier: Tier | null;
  readonly sender: string | null;
  readonly position: number;
  readonly weight: number;
  /** Price of the carrier for a segment; null or absent: unknown. */
  readonly costMicros?: bigint | null;
}

export interface Routable {
  readonly country: string;
  readonly tier: Tier;
  readonly sender: string | null;
}

/**
 * The connector for a message, or null if no route has an available one. `routes` are in order of position; `random` is in
 * [0, 1).
 */
export function chooseConnector(
  routes: readonly Route[],
  message: Routable,
  isUp: (connectorId: number) => boolean,
  random: number,
): number | null {
  let index = 0;
  while (index < routes.length) {
    const position = routes[index]!.position;
    const start = index;
    let weight = 0;
    for (; index < routes.length && routes[index]!.position === position; index++) {
      const route = routes[index]!;
      if (matches(route, message) && isUp(route.connectorId)) weight += route.weight;
    }
    if (weight === 0) continue;
    let ticket = random * weight;
    for (let i = start; i < index; i++) {
      const route = routes[i]!;
      if (!matches(route, message) || !isUp(route.connectorId)) continue;
      ticket -= route.weight;
      if (ticket < 0) return route.connectorId;
    }
  }
  return null;
}

/**
 * Price of a segment of the message over a connector; null if it is unknown. It is that of the first matching route to the
 * connector: a later one would be chosen only if this connector were not available.
 */
export function segmentCostOf(
  routes: readonly Route[],
  message: Routable,
  connectorId: number,
): bigint | null {
  for (const route of routes)
    if (route.connectorId === connectorId && matches(route, message)) return route.costMicros ?? null;
  return null;
}

/** Whether every condition of the route fits. */
export function matches(route: Route, message: Routable): boolean {
  return (
    (route.country === null || route.country === message.country) &&
    (route.tier === null || route.tier === message.tier) &&
    (route.sender === null || route.sender === message.sender)
  );
}
