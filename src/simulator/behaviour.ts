// How the simulated carrier misbehaves, for tests and demonstrations: each fault by probability or by schedule.
// Serves the carrier; chance and time are arguments, so a seed replays a run.

/** A probability; or every so many messages; or between two instants of the simulator's clock. */
export type Occasion =
  | number
  | { readonly every: number }
  | { readonly fromMs: number; readonly untilMs: number };

export interface Behaviour {
  /** Before a submit_sm is answered. */
  readonly latencyMs: number;
  /** Messages a second beyond which ESME_RTHROTTLED is said; 0 is no limit. */
  readonly throttlePerSecond: number;
  /** The connection is cut before the answer; the message was taken. */
  readonly drop: Occasion;
  /** The message is taken and never answered. */
  readonly silent: Occasion;
  /** A deliver_sm that ends in the middle comes before the answer. */
  readonly malformed: Occasion;
  /** Octets with an impossible command_length come instead of the answer; the message was taken. */
  readonly garbled: Occasion;
  /** The command_status every bind is answered with; 0 takes them. */
  readonly bindStatus: number;
  /** Receipts and replies are kept back until this is false again. */
  readonly holdReceipts: boolean;
}

export const goodBehaviour: Behaviour = {
  latencyMs: 0,
  throttlePerSecond: 0,
  drop: 0,
  silent: 0,
  malformed: 0,
  garbled: 0,
  bindStatus: 0,
  holdReceipts: false,
};

/** `count` numbers the messages from 1. */
export function happens(occasion: Occasion, count: number, nowMs: number, random: () => number): boolean {
  if (typeof occasion === 'number') return occasion > 0 && random() < occasion;
  if ('every' in occasion) return count % occasion.every === 0;
  return nowMs >= occasion.fromMs && nowMs < occasion.untilMs;
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (a 32-bit Weyl sequence, mixed). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
