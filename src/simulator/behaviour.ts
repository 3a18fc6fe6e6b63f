// Faults of the simulated carrier, for tests and demonstrations: by probability, by count or by time. Used by
// carrier.ts. Randomness and time are arguments, so that a seed repeats a run.

/** A probability; or every n-th message; or between two instants of the simulator's clock. */
export type Occasion =
  | number
  | { readonly every: number }
  | { readonly fromMs: number; readonly untilMs: number };

export interface Behaviour {
  /** Delay of submit_sm_resp. */
  readonly latencyMs: number;
  /** Messages a second; more are refused with ESME_RTHROTTLED. 0: no limit. */
  readonly throttlePerSecond: number;
  /** The message is taken and the connection cut before the response. */
  readonly drop: Occasion;
  /** The message is taken and gets no response. */
  readonly silent: Occasion;
  /** An incomplete deliver_sm precedes the response. */
  readonly malformed: Occasion;
  /** The message is taken; octets with an impossible command_length replace the response. */
  readonly garbled: Occasion;
  /** The command_status of every bind response; 0 accepts binds. */
  readonly bindStatus: number;
  /** A lost session is held for this time: binds of its system_id get ESME_RALYBND. 0: never. */
  readonly alreadyBoundMs: number;
  /** Receipts and replies wait while this is true. */
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
  alreadyBoundMs: 0,
  holdReceipts: false,
};

/** `count` numbers the messages from 1. */
export function happens(occasion: Occasion, count: number, nowMs: number, random: () => number): boolean {
  if (typeof occasion === 'number') return occasion > 0 && random() < occasion;
  if ('every' in occasion) return count % occasion.every === 0;
  return nowMs >= occasion.fromMs && nowMs < occasion.untilMs;
}

/** Returns a generator of numbers in [0, 1): a mixed 32-bit Weyl sequence, equal for equal seeds. */
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
