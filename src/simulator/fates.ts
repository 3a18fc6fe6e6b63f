// What becomes of a message, decided by the number it is sent to. Serves the simulated carrier, and people and tests
// who script it: by the last two digits, or by a fates file that names numbers or endings.

import { commandStatus } from '#smpp/protocol/status.ts';

export interface Fate {
  /** Refused so many times before it is taken. */
  readonly refusals: number;
  /** The command_status of a refusal. */
  readonly refusalStatus: number;
  /** How its receipt calls the end; null: never a receipt. */
  readonly stat: string | null;
  readonly err: string;
  /** From the answer to the receipt. */
  readonly afterMs: number;
  /** How often the receipt is sent. */
  readonly receipts: number;
  /** The receipt leaves before the answer to submit_sm. */
  readonly isOvertaking: boolean;
  /** What the phone answers, once the receipt is out. */
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

const fatesByLastTwoDigits: Readonly<Record<string, FateName>> = {
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

/** A fates file: number or ending → name of a fate, or what differs from `delivered`. */
export type FatesFile = Readonly<Record<string, FateName | Partial<Fate>>>;

export class FateTable {
  readonly #byEnding = new Map<string, Fate>();
  /** Lengths of the endings known, longest first: the longest that fits decides. */
  readonly #lengths: readonly number[];

  /** Throws when the file names a fate that does not exist: its author is there to read it. */
  constructor(file: FatesFile = {}) {
    for (const [ending, fate] of Object.entries({ ...fatesByLastTwoDigits, ...file })) {
      if (typeof fate === 'string' && !(fate in fates)) throw new Error(`no such fate: ${fate}`);
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

/** How often a message has been refused that will be taken in the end. */
export class RefusalCount {
  readonly #counts = new Map<string, number>();

  /** `key` is the same for the same message sent again. */
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
