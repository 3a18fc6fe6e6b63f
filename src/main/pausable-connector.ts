// A connector that an operator can pause: the link stays connected, so that receipts and replies arrive, and the dispatcher finds it
// unavailable, so that its waiting messages take another route. Used by connector-set.ts.
import type { CapturedExchange, Connector, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import type { ConnectorHealth } from '#domain/delivery/connector-health.ts';

export class PausableConnector implements Connector {
  readonly #link: Connector;
  #isPaused = false;

  constructor(link: Connector) {
    this.#link = link;
  }

  get id(): number {
    return this.#link.id;
  }

  get name(): string {
    return this.#link.name;
  }

  get isUp(): boolean {
    return !this.#isPaused && this.#link.isUp;
  }

  /** Returns whether this changed it. */
  pause(isPaused: boolean): boolean {
    const isChange = isPaused !== this.#isPaused;
    this.#isPaused = isPaused;
    return isChange;
  }

  health(): ConnectorHealth {
    return this.#link.health();
  }

  exchanges(): readonly CapturedExchange[] {
    return this.#link.exchanges?.() ?? [];
  }

  capacity(): number {
    return this.#isPaused ? 0 : this.#link.capacity();
  }

  /** Also while paused: the dispatcher may have chosen it a moment before. */
  submit(message: OutboundMessage, done: (outcome: Outcome) => void): void {
    this.#link.submit(message, done);
  }

  share(processes: number): void {
    this.#link.share?.(processes);
  }

  startLease(index: number, learnt: object): void {
    this.#link.startLease?.(index, learnt);
  }

  async stopLease(index: number, graceMs: number): Promise<void> {
    await this.#link.stopLease?.(index, graceMs);
  }

  stop(graceMs: number): Promise<void> {
    return this.#link.stop(graceMs);
  }
}
