// A clock that tests move by hand. It runs at the pace of the real one, so that nothing that counts milliseconds
// stands still, but it shows the time that the test wants. For tests only.
import type { Clock } from '../../src/lib/time/clock.ts';

export class MovableClock implements Clock {
  #offsetMs: number;
  /** False after a test has moved it. */
  isUntouched = true;

  constructor(nowMs: number) {
    this.#offsetMs = nowMs - Date.now();
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  advance(ms: number): void {
    this.isUntouched = false;
    this.#offsetMs += ms;
  }

  /** Only forward: nothing in the house has to bear a clock that runs backwards. */
  moveTo(atMs: number): void {
    if (atMs < this.now()) throw new Error('the clock only moves forward');
    this.isUntouched = false;
    this.#offsetMs = atMs - Date.now();
  }
}
