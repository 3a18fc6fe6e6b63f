// Chooses the route of each message by the routing rules, and records the carriers that cannot take it. Used by the
// dispatcher. Holds no message: the record is part of the message.
import type { Connector } from '#domain/delivery/connector.ts';
import { chooseRoute, type Routable, type Route, routeOver, segmentCost } from './choose.ts';
import { type CostTable, noCosts } from './costs.ts';

export interface RoutedMessage extends Routable {
  /** Connectors whose carrier cannot take it. */
  avoided?: Set<number>;
  /** Number of "later" answers. */
  delays?: number;
}

export interface MessageRouterOptions {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly routes: () => readonly Route[];
  /** Absent: no carrier has a table of costs. */
  readonly costs?: () => CostTable;
  readonly clock: { now(): number };
  /** In [0, 1). */
  readonly random: () => number;
}

/** How a connector has a message. */
export interface TakenRoute {
  /** Null: the simulated carrier, or a route that was removed meanwhile. */
  readonly routeId: number | null;
  readonly segmentCostMicros: bigint | null;
  /** Null: the sender of the message. */
  readonly newSender: string | null;
}

const noRoute: TakenRoute = { routeId: null, segmentCostMicros: null, newSender: null };

/** After this many "later" answers another carrier is tried if there is one. */
const maxDelays = 4;

export class MessageRouter {
  readonly #options: MessageRouterOptions;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
  }

  #costState() {
    const { costs, clock } = this.#options;
    return { costs: costs?.() ?? noCosts, nowMs: clock.now() };
  }

  /** An available connector that may take the message, or null. */
  choose(message: RoutedMessage, exceptId: number | null = null): number | null {
    const { connectors, routes, random } = this.#options;
    const isUp = (id: number) =>
      id !== exceptId && connectors.get(id)?.isUp === true && message.avoided?.has(id) !== true;
    const state = { ...this.#costState(), isUp, random: random() };
    return chooseRoute(routes(), message, state)?.connectorId ?? null;
  }

  /** The route over which the connector has the message. */
  over(message: RoutedMessage, connectorId: number | null): TakenRoute {
    if (connectorId === null) return noRoute;
    const state = this.#costState();
    const route = routeOver(this.#options.routes(), message, connectorId, state);
    if (route === null) return noRoute;
    return {
      routeId: route.id ?? null,
      segmentCostMicros: segmentCost(route, message, state),
      newSender: route.newSender ?? null,
    };
  }

  /** The carrier of `connectorId` cannot take the message. True if another available one may. */
  avoid(message: RoutedMessage, connectorId: number | null): boolean {
    if (connectorId !== null) {
      message.avoided ??= new Set();
      message.avoided.add(connectorId);
    }
    return this.choose(message) !== null;
  }

  /** The carrier asked for a later attempt. Returns a connector to try now, or null. */
  afterDelay(message: RoutedMessage, connectorId: number | null): number | null {
    message.delays = (message.delays ?? 0) + 1;
    return message.delays % maxDelays === 0 ? this.choose(message, connectorId) : null;
  }
}
