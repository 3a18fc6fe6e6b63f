// The state of an HTTP link: up; paused (the carrier throttles: no capacity); down (it fails, or refuses the account: after a delay
// one message at a time tries it). Used by the connector. A success ends both. Pure but for the log.
//
//   up      three failures in succession, or a refusal of the account   down
//   down    the delay ends                                              up, trying
//   trying  a failure: down, for longer. Any other answer: up
import type { Log } from '#domain/base/log-events.ts';
import { type Answer, type AnswerMeaning, retryAfterMs } from './answers.ts';

/** Consecutive failures after which the link is down. */
const maxFailures = 3;
const firstDownMs = 1_000;
const maxDownMs = 60_000;
const misconfiguredMs = 60_000;
const maxMisconfiguredMs = 600_000;
const maxPauseMs = 60_000;

export interface LinkStateOptions {
  /** First pause after an answer that throttles. */
  readonly pauseMs: number;
  readonly log: Log;
  /** In [0, 1): spreads delays. */
  readonly random: () => number;
  readonly nowMs: number;
}

export class LinkState {
  readonly #options: LinkStateOptions;
  #failures = 0;
  #refusals = 0;
  #throttles = 0;
  #downUntilMs = 0;
  #pausedUntilMs = 0;
  #isDown = false;
  /** One message at a time, until an answer shows that the link works. */
  #isProbing = false;
  #sinceMs: number;
  #reason: string | null = null;

  constructor(options: LinkStateOptions) {
    this.#options = options;
    this.#sinceMs = options.nowMs;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get isProbing(): boolean {
    return this.#isProbing;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Of the last failure since the last success. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Null while it is not down. */
  get retryAtMs(): number | null {
    return this.#isDown ? this.#downUntilMs : null;
  }

  succeeded(): void {
    this.#reason = null;
  }

  /** The delay of a link that is down has ended: returns whether it is up now. */
  wakeUp(nowMs: number): boolean {
    if (!this.#isDown || nowMs < this.#downUntilMs) return false;
    this.#isDown = false;
    return true;
  }

  /** After an answer. Returns whether the link went down. */
  note(meaning: AnswerMeaning, answer: Answer, nowMs: number): boolean {
    if (meaning === 'misconfigured') return this.refuse(`HTTP status ${answer.status}`, nowMs);
    this.#refusals = 0;
    if (meaning === 'doubt' || (meaning === 'temporary' && answer.status >= 500))
      return this.fail(`HTTP status ${answer.status}`, nowMs);
    if (this.#isProbing || this.#failures >= maxFailures) this.#options.log.info('http_carrier.recovered');
    if (this.#isProbing) this.#sinceMs = nowMs;
    this.#failures = 0;
    this.#isProbing = false;
    if (meaning === 'throttled') this.#throttle(answer, nowMs);
    else if (meaning === 'taken') this.#throttles = 0;
    return false;
  }

  #throttle(answer: Answer, nowMs: number): void {
    const asked = retryAfterMs(answer, nowMs);
    const usualMs = Math.min(this.#options.pauseMs * 2 ** Math.min(this.#throttles, 10), maxPauseMs);
    // Requests in flight are throttled together: one pause for all.
    if (nowMs >= this.#pausedUntilMs) this.#throttles++;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + (asked ?? usualMs));
  }

  /** Without a usable answer. Returns whether the link went down. */
  fail(reason: string, nowMs: number): boolean {
    this.#reason = reason;
    // Requests that were in flight together fail together: they are one outage, and do not make it longer.
    if (this.#isDown) return false;
    this.#failures++;
    if (!this.#isProbing && this.#failures < maxFailures) return false;
    const delayMs = Math.min(
      firstDownMs * 2 ** Math.min(Math.max(this.#failures - maxFailures, 0), 20),
      maxDownMs,
    );
    this.#options.log.warn('http_carrier.failed', { reason, times: this.#failures });
    this.#goDown(delayMs, nowMs);
    return true;
  }

  /** The carrier does not accept the account or the address; the operator must change the options. Returns whether the link went down. */
  refuse(reason: string, nowMs: number): boolean {
    if (this.#isDown) return false;
    this.#refusals++;
    this.#options.log.error('http_carrier.refused', { reason });
    this.#reason = reason;
    this.#goDown(Math.min(misconfiguredMs * 2 ** (this.#refusals - 1), maxMisconfiguredMs), nowMs);
    return true;
  }

  #goDown(delayMs: number, nowMs: number): void {
    // An attempt that fails again continues the same outage.
    if (!this.#isProbing) this.#sinceMs = nowMs;
    this.#isDown = true;
    this.#isProbing = true;
    this.#downUntilMs = nowMs + Math.round(delayMs * (0.75 + this.#options.random() / 2));
  }
}
