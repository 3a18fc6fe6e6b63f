// A clock that tests move by hand. It runs at the rate of the real one, so that code that counts milliseconds
// continues, and it shows the time that the test sets. For tests only.
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

  /** Only forward: the platform does not support a clock that runs backwards. */
  moveTo(atMs: number): void {
    if (atMs < this.now()) throw new Error('the clock only moves forward');
    this.isUntouched = false;
    this.#offsetMs = atMs - Date.now();
  }
}
