// Puts the parts of long replies together again. Serves the connector; the time is an argument.
// Each part keeps its answer until the whole is saved, so a carrier sends again what a crash made us forget.
// A reply whose parts do not all come within the limit is handed on as far as it came.

import type { CarrierReply } from '#domain/delivery/connector.ts';
import type { Concatenation } from '#gsm/udh.ts';

export type Answer = (ok: boolean) => void;
export type HandOn = (reply: CarrierReply, saved: Answer) => void;

interface Unfinished {
  readonly first: CarrierReply;
  readonly startedAtMs: number;
  readonly total: number;
  readonly texts: Map<number, string>;
  readonly answers: Answer[];
}

/** Replies under way at once; beyond, the oldest is handed on unfinished. */
const maxUnfinished = 10_000;

export class Joiner {
  readonly #handOn: HandOn;
  readonly #joinMs: number;
  /** In the order in which they began. */
  readonly #unfinished = new Map<string, Unfinished>();

  constructor(handOn: HandOn, joinMs: number) {
    this.#handOn = handOn;
    this.#joinMs = joinMs;
  }

  add(reply: CarrierReply, place: Concatenation, answer: Answer): void {
    if (place.total === 1) {
      this.#handOn(reply, answer);
      return;
    }
    const key = `${reply.from} ${reply.to} ${place.reference} ${place.total}`;
    let whole = this.#unfinished.get(key);
    if (whole === undefined) {
      whole = { first: reply, startedAtMs: reply.atMs, total: place.total, texts: new Map(), answers: [] };
      this.#unfinished.set(key, whole);
    }
    // A part that comes again (its answer was too slow) only adds an answer to give.
    whole.texts.set(place.part, reply.text);
    whole.answers.push(answer);
    if (whole.texts.size === whole.total) this.#finish(key, whole);
    else if (this.#unfinished.size > maxUnfinished) this.#finishOldest();
  }

  get isEmpty(): boolean {
    return this.#unfinished.size === 0;
  }

  /** Hands on what has waited long enough. */
  tick(nowMs: number): void {
    for (const [key, whole] of this.#unfinished) {
      if (nowMs - whole.startedAtMs < this.#joinMs) break;
      this.#finish(key, whole);
    }
  }

  #finishOldest(): void {
    for (const [key, whole] of this.#unfinished) {
      this.#finish(key, whole);
      return;
    }
  }

  #finish(key: string, whole: Unfinished): void {
    this.#unfinished.delete(key);
    const parts = [...whole.texts.keys()].sort((a, b) => a - b);
    const text = parts.map((part) => whole.texts.get(part)).join('');
    this.#handOn({ ...whole.first, text }, (ok) => {
      for (const answer of whole.answers) answer(ok);
    });
  }
}
