// The fate of a message, decided by its number: by the last two digits, or by a fates file with numbers or endings.
// Used by the simulated carrier and by tests.

import { commandStatus } from '#smpp/protocol/status.ts';

export interface Fate {
  /** Refusals before the message is taken. */
  readonly refusals: number;
  /** The command_status of a refusal. */
  readonly refusalStatus: number;
  /** State in its final receipt; null: no receipt. */
  readonly stat: string | null;
  readonly err: string;
  /** Time from the response to the receipt. */
  readonly afterMs: number;
  /** Number of equal receipts. */
  readonly receipts: number;
  /** The receipt is sent before submit_sm_resp. */
  readonly isOvertaking: boolean;
  /** Reply of the phone after the receipt; null: none. */
  readonly reply: string | null;
}

const delivered: Fate = {
  refusals: 0,
  refusalStatus: commandStatus.ESME_RTHROTTLED,
  stat: 'DELIVRD',
  err: '000',
  afterMs: 0,
  receipts: 1,
  isOvertaking: false,
  reply: null,
};

export const fates = {
  delivered,
  undelivered: { ...delivered, stat: 'UNDELIV', err: '001' },
  refused: { ...delivered, refusals: Number.POSITIVE_INFINITY, refusalStatus: commandStatus.ESME_RINVDSTADR },
  expired: { ...delivered, stat: 'EXPIRED', err: '002' },
  rejected: { ...delivered, stat: 'REJECTD', err: '003' },
  never: { ...delivered, stat: null },
  late: { ...delivered, afterMs: 30_000 },
  throttled: { ...delivered, refusals: 2 },
  twice: { ...delivered, receipts: 2 },
  overtaking: { ...delivered, isOvertaking: true },
  'reply-ok': { ...delivered, reply: 'OK' },
  'reply-stop': { ...delivered, reply: 'STOP' },
} as const satisfies Record<string, Fate>;

export type FateName = keyof typeof fates;

export const fatesByLastTwoDigits: Readonly<Record<string, FateName>> = {
  '90': 'undelivered',
  '91': 'refused',
  '92': 'expired',
  '93': 'never',
  '94': 'late',
  '95': 'throttled',
  '96': 'twice',
  '97': 'overtaking',
  '98': 'reply-ok',
  '99': 'reply-stop',
};

/** A fates file: number or ending → name of a fate, or the differences from `delivered`. */
export type FatesFile = Readonly<Record<string, FateName | Partial<Fate>>>;

export class FateTable {
  readonly #byEnding = new Map<string, Fate>();
  /** Lengths of the known endings, longest first: the longest ending that fits decides. */
  readonly #lengths: readonly number[];

  /** Throws for an unknown fate, with a message for the operator. */
  constructor(file: FatesFile = {}) {
    for (const [ending, fate] of Object.entries({ ...fatesByLastTwoDigits, ...file })) {
      if (typeof fate === 'string' && !(fate in fates))
        throw new Error(`Unknown fate "${fate}". Fates: ${Object.keys(fates).join(', ')}.`);
      const named = typeof fate === 'string' ? fates[fate] : { ...delivered, ...fate };
      this.#byEnding.set(ending.replace(/^\+/, ''), named);
    }
    this.#lengths = [...new Set([...this.#byEnding.keys()].map((ending) => ending.length))].sort(
      (a, b) => b - a,
    );
  }

  fateOf(number: string): Fate {
    for (const length of this.#lengths) {
      const fate = this.#byEnding.get(number.slice(-length));
      if (fate !== undefined) return fate;
    }
    return delivered;
  }
}

const maxCounted = 100_000;

/** Refusals so far of messages that will be taken. */
export class RefusalCount {
  readonly #counts = new Map<string, number>();

  /** `key` is equal for a message that is sent again. */
  refuses(fate: Fate, key: string): boolean {
    if (fate.refusals === Number.POSITIVE_INFINITY) return true;
    const count = this.#counts.get(key) ?? 0;
    if (count >= fate.refusals) {
      this.#counts.delete(key);
      return false;
    }
    if (this.#counts.size >= maxCounted) this.#counts.clear();
    this.#counts.set(key, count + 1);
    return true;
  }
}
