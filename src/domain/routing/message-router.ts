// Chooses the connector of each message by the routing rules, and records the carriers that cannot take it. Used by the
// dispatcher. Holds no message: the record is part of the message.
import type { Connector } from '#domain/delivery/connector.ts';
import { chooseConnector, type Routable, type Route } from './choose.ts';

export interface RoutedMessage extends Routable {
  /** Connectors whose carrier cannot take it. */
  avoided?: Set<number>;
  /** Number of "later" answers. */
  delays?: number;
}

export interface MessageRouterOptions {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly routes: () => readonly Route[];
  /** In [0, 1). */
  readonly random: () => number;
}

/** After this many "later" answers another carrier is tried if there is one. */
const maxDelays = 4;

export class MessageRouter {
  readonly #options: MessageRouterOptions;

  constructor(options: MessageRouterOptions) {
    this.#options = options;
  }

  /** An available connector that may take the message, or null. */
  choose(message: RoutedMessage, exceptId: number | null = null): number | null {
    const { connectors, routes, random } = this.#options;
    const isUsable = (id: number) =>
      id !== exceptId && connectors.get(id)?.isUp === true && message.avoided?.has(id) !== true;
    return chooseConnector(routes(), message, isUsable, random());
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
