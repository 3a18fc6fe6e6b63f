// The timers of a session (SMPP 3.4 §7.2) as a plain value: it receives events with their time and returns, on each tick,
// the action to take. Used by the session; sets no timer and reads no clock. A limit of 0 means never.

export interface TimerLimits {
  /** From the opened connection to its bind (session_init_timer). */
  readonly bindMs: number;
  /** Silence of the peer after which enquire_link is sent (enquire_link_timer). */
  readonly enquireLinkMs: number;
  /** How long the peer may stay silent after that question, or owe the answer to unbind. */
  readonly answerMs: number;
  /** Without any PDU but enquire_link in either direction (inactivity_timer). */
  readonly idleMs: number;
}

export type TimerVerdict =
  | 'carry-on'
  | 'enquire-link'
  | 'bind-overdue'
  | 'link-silent'
  | 'unbind-overdue'
  | 'idle';

export class Timers {
  readonly #limits: TimerLimits;
  readonly #openedAtMs: number;
  #isBound = false;
  #heardAtMs: number;
  #activeAtMs: number;
  #enquiredAtMs: number | null = null;
  #unbindingAtMs: number | null = null;

  constructor(limits: TimerLimits, nowMs: number) {
    this.#limits = limits;
    this.#openedAtMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#activeAtMs = nowMs;
  }

  bound(nowMs: number): void {
    this.#isBound = true;
    this.#activeAtMs = nowMs;
  }

  /** Octets arrived: with any content, the peer is alive. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#enquiredAtMs = null;
  }

  /** A PDU with a purpose went one way or the other. */
  active(nowMs: number): void {
    this.#activeAtMs = nowMs;
  }

  unbinding(nowMs: number): void {
    this.#unbindingAtMs = nowMs;
  }

  /** enquire_link was sent for another reason than silence. */
  enquired(nowMs: number): void {
    this.#enquiredAtMs ??= nowMs;
  }

  /** `enquire-link` is returned once for each silence; the next tick then waits for the response. */
  tick(nowMs: number): TimerVerdict {
    const { bindMs, enquireLinkMs, answerMs, idleMs } = this.#limits;
    if (this.#unbindingAtMs !== null) {
      return isOver(answerMs, this.#unbindingAtMs, nowMs) ? 'unbind-overdue' : 'carry-on';
    }
    if (!this.#isBound) return isOver(bindMs, this.#openedAtMs, nowMs) ? 'bind-overdue' : 'carry-on';
    if (this.#enquiredAtMs !== null) {
      return isOver(answerMs, this.#enquiredAtMs, nowMs) ? 'link-silent' : 'carry-on';
    }
    if (isOver(idleMs, this.#activeAtMs, nowMs)) return 'idle';
    if (!isOver(enquireLinkMs, this.#heardAtMs, nowMs)) return 'carry-on';
    this.#enquiredAtMs = nowMs;
    return 'enquire-link';
  }
}

function isOver(limitMs: number, sinceMs: number, nowMs: number): boolean {
  return limitMs > 0 && nowMs - sinceMs >= limitMs;
}
