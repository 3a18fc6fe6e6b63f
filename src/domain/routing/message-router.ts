// Chooses the connector of each message by the routes, and remembers which carriers cannot take it. Used by the
// dispatcher. It holds no message, and knows a carrier's refusals only through the message that it is handed.
import type { Connector } from '#domain/delivery/connector.ts';
import { chooseConnector, type Routable, type Route } from './choose.ts';

export interface RoutedMessage extends Routable {
  /** Connectors whose carrier cannot take it. */
  avoided?: Set<number>;
  /** How often carriers said "later". */
  delays?: number;
}

export interface MessageRouterOptions {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly routes: () => readonly Route[];
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** After so many times "later", another carrier is tried where there is one. */
const maxDelays = 4;

export class MessageRouter {
  readonly #options: MessageRouterOptions;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
  }

  /** A connector that is up and may take it, or null. */
  choose(message: RoutedMessage, exceptId: number | null = null): number | null {
    const { connectors, routes, random } = this.#options;
    const isUsable = (id: number) =>
      id !== exceptId && connectors.get(id)?.isUp === true && message.avoided?.has(id) !== true;
    return chooseConnector(routes(), message, isUsable, random());
  }

  /** Its carrier cannot take the message; true when another one that is up may. */
  avoid(message: RoutedMessage, connectorId: number | null): boolean {
    if (connectorId !== null) {
      message.avoided ??= new Set();
      message.avoided.add(connectorId);
    }
    return this.choose(message) !== null;
  }

  /** Its carrier asked for it later; a connector to try at once instead, or null. */
  afterDelay(message: RoutedMessage, connectorId: number | null): number | null {
    message.delays = (message.delays ?? 0) + 1;
    return message.delays % maxDelays === 0 ? this.choose(message, connectorId) : null;
  }
}
