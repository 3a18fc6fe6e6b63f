// Calls a function often while work is in progress, and seldom otherwise. Used by the SMPP connector and the simulated
// carrier for timeouts. Never keeps a process alive.

import { commonPause } from './common-pause.ts';

export interface TickerOptions {
  readonly busyMs: number;
  /** Maximum delay in noticing a timeout of an idle session. */
  readonly idleMs: number;
  /** Returns true while there is work whose timeouts need frequent ticks. */
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

  /** Work began: the next tick comes within `busyMs`. Cheap while ticks are frequent. */
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
    this.#timer = setTimeout(this.#onTimer, isBusy ? busyMs : commonPause(idleMs)).unref();
  }

  readonly #onTimer = (): void => {
    // A tick can call stop() or hurry(), so the state is set before it.
    this.#isSlow = false;
    const isBusy = this.#options.tick();
    if (this.#isRunning) this.#schedule(isBusy);
  };
}
