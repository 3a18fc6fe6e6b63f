// Chooses the route of each message by the routing rules, and records the carriers that cannot take it. Used by the
// dispatcher. Holds no message: the record is part of the message.
import type { Connector } from '#domain/delivery/connector.ts';
import { chooseRoute, type Routable, type Route, routeOver, segmentCost } from './choose.ts';
import { type CostTable, noCosts } from './costs.ts';
import type { CountryHealth } from './country-health.ts';

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
  /** Absent: no connector is ever in trouble. */
  readonly health?: CountryHealth;
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

/** Share of the messages that go to a connector in trouble as if it were not, so that its return is noticed. */
const probeShare = 0.01;
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
    const { connectors, routes, random, health } = this.#options;
    const isUp = (id: number) =>
      id !== exceptId && connectors.get(id)?.isUp === true && message.avoided?.has(id) !== true;
    const { costs, nowMs } = this.#costState();
    const isTroubled = (id: number) =>
      health?.isTroubled(id, message.country, nowMs) === true && random() >= probeShare;
    const state = { costs, nowMs, isUp, isTroubled, random: random() };
    return chooseRoute(routes(), message, state)?.connectorId ?? null;
  }

  /** The connector answered: it took the message, or it could not, or not for sure. */
  note({ country }: Pick<RoutedMessage, 'country'>, connectorId: number, isGood: boolean): void {
    this.#options.health?.record(connectorId, country, isGood, this.#options.clock.now());
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
