// Calls a function often while something is under way, and seldom otherwise. Used by the SMPP connector and the simulated
// carrier, whose timeouts are checked by the clock. Never keeps a process alive.

export interface TickerOptions {
  readonly busyMs: number;
  /** How late a timeout of an idle session may be noticed. */
  readonly idleMs: number;
  /** Returns whether something is under way that the next tick must not be late for. */
  readonly tick: () => boolean;
}

export class Ticker {
  readonly #options: TickerOptions;
  #timer: NodeJS.Timeout | undefined;
  #isSlow = false;
  #isRunning = false;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(true);
  }

  /** Something began: the next tick comes within `busyMs`. Cheap while ticks are frequent. */
  hurry(): void {
    if (!this.#isSlow || !this.#isRunning) return;
    this.#schedule(true);
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  #schedule(isBusy: boolean): void {
    const { busyMs, idleMs } = this.#options;
    this.#isSlow = !isBusy;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTimer, isBusy ? busyMs : idleMs).unref();
  }

  readonly #onTimer = (): void => {
    // In a tick, the owner may stop the ticker, or hurry it: what follows is decided here alone.
    this.#isSlow = false;
    const isBusy = this.#options.tick();
    if (this.#isRunning) this.#schedule(isBusy);
  };
}
