// Chooses the route of each message by the routing rules, and records the carriers that cannot take it. Used by the
// dispatcher. Holds no message: the record is part of the message.
import type { Connector } from '#domain/delivery/connector.ts';
import { chooseRoute, type Routable, type Route, segmentCost } from './choose.ts';
import { type CostTable, noCosts } from './costs.ts';
import type { CountryHealth } from './country-health.ts';

/** The route that was chosen for a message, as it was at that time. */
interface TakenRoute {
  /** Null: the simulated carrier. */
  readonly routeId: number | null;
  readonly segmentCostMicros: bigint | null;
  /** Null: the sender of the message. */
  readonly newSender: string | null;
  /** How long the message waits for this carrier; null: for four "later" answers. */
  readonly patienceMs: number | null;
}

export interface RoutedMessage extends Routable {
  /** Of the last choice. Absent: none yet. */
  taken?: TakenRoute;
  /** Connectors whose carrier cannot take it. */
  avoided?: Set<number>;
  /** Number of "later" answers. */
  delays?: number;
  /** Since when it waits for the carrier of its route. */
  waitingSinceMs?: number;
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

/** Share of the messages that go to a connector in trouble as if it were not, so that its return is noticed. */
const probeShare = 0.01;
/** After this many "later" answers another carrier is tried if there is one. */
const maxDelays = 4;

export class MessageRouter {
  readonly #options: MessageRouterOptions;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
  }

  /** An available connector that may take the message, or null. The route becomes the one that the message has taken. */
  choose(message: RoutedMessage, exceptId: number | null = null): number | null {
    const { connectors, routes, random, health, clock } = this.#options;
    const isUp = (id: number) =>
      id !== exceptId && connectors.get(id)?.isUp === true && message.avoided?.has(id) !== true;
    const costs = this.#options.costs?.() ?? noCosts;
    const nowMs = clock.now();
    const isTroubled = (id: number) =>
      health?.isTroubled(id, message.country, nowMs) === true && random() >= probeShare;
    const state = { costs, nowMs, isUp, isTroubled, random: random() };
    const route = chooseRoute(routes(), message, state);
    if (route === null) return null;
    message.taken = {
      routeId: route.id ?? null,
      segmentCostMicros: segmentCost(route, message, state),
      newSender: route.newSender ?? null,
      patienceMs: route.patienceS == null ? null : route.patienceS * 1000,
    };
    return route.connectorId;
  }

  /** The connector answered: it took the message, or it could not, or not for sure. */
  note({ country }: Pick<RoutedMessage, 'country'>, connectorId: number, isGood: boolean): void {
    this.#options.health?.record(connectorId, country, isGood, this.#options.clock.now());
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
    if (message.taken?.patienceMs != null) return this.afterWait(message, connectorId);
    return message.delays % maxDelays === 0 ? this.choose(message, connectorId) : null;
  }

  /** Its carrier takes no message now. Returns a connector to try instead once the patience of its route is over, or null. */
  afterWait(message: RoutedMessage, connectorId: number | null): number | null {
    const patienceMs = message.taken?.patienceMs ?? null;
    const nowMs = this.#options.clock.now();
    message.waitingSinceMs ??= nowMs;
    if (patienceMs === null || nowMs - message.waitingSinceMs < patienceMs) return null;
    const otherId = this.choose(message, connectorId);
    if (otherId !== null) delete message.waitingSinceMs;
    return otherId;
  }
}
