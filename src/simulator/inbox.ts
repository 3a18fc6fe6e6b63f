// What the phones of the simulated carrier have received: the last thousand texts, whole. Serves the console's
// phone and tests. It keeps parts as they came, and reads and joins them only when somebody looks.

import { decodeGsm7 } from '#gsm/alphabet.ts';
import { type Concatenation, readUserDataHeader } from '#gsm/udh.ts';

export interface ReceivedPart {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** User data, an octet in each character: cheaper to keep than a typed array, and tied to no buffer. */
  readonly octets: string;
  readonly hasHeader: boolean;
  readonly dataCoding: number;
  /** From TLVs; null when there are none. */
  readonly place: Concatenation | null;
  readonly atMs: number;
  /** How its receipt ended or will end it. */
  readonly stat: string | null;
}

export interface ReceivedText {
  /** Carrier references of its parts, in order; shorter than `parts` while some are missing. */
  readonly ids: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly parts: number;
  readonly atMs: number;
}

const maxParts = 4_000;
const maxTexts = 1_000;

export class Inbox {
  readonly #ring: ReceivedPart[] = [];
  #next = 0;

  add(part: ReceivedPart): void {
    if (this.#ring.length < maxParts) this.#ring.push(part);
    else this.#ring[this.#next] = part;
    this.#next = (this.#next + 1) % maxParts;
  }

  find(id: string): ReceivedPart | undefined {
    return this.#ring.find((part) => part.id === id);
  }

  /** Oldest first, each where its first part came. */
  texts(): ReceivedText[] {
    const inOrder =
      this.#ring.length < maxParts
        ? this.#ring
        : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    const open = new Map<string, Pile>();
    const piles: Pile[] = [];
    for (const part of inOrder) {
      const { text, place } = read(part);
      const key = place === null ? '' : `${part.from} ${part.to} ${place.reference} ${place.total}`;
      let pile = place === null ? undefined : open.get(key);
      // A reference comes round again after 256 texts: a part that is there already begins another text.
      if (pile === undefined || pile.texts.has(place!.part)) {
        pile = { first: part, total: place?.total ?? 1, texts: new Map(), ids: new Map() };
        piles.push(pile);
        if (place !== null) open.set(key, pile);
      }
      pile.texts.set(place?.part ?? 1, text);
      pile.ids.set(place?.part ?? 1, part.id);
    }
    return piles.slice(-maxTexts).map(wholeText);
  }
}

interface Pile {
  readonly first: ReceivedPart;
  readonly total: number;
  readonly texts: Map<number, string>;
  readonly ids: Map<number, string>;
}

function wholeText(pile: Pile): ReceivedText {
  const { from, to, atMs } = pile.first;
  return { ids: byPart(pile.ids), from, to, text: byPart(pile.texts).join(''), parts: pile.total, atMs };
}

function byPart(values: ReadonlyMap<number, string>): string[] {
  return [...values].sort(([a], [b]) => a - b).map(([, value]) => value);
}

function read(part: ReceivedPart): { text: string; place: Concatenation | null } {
  const octets = Buffer.from(part.octets, 'latin1');
  const header = part.hasHeader ? readUserDataHeader(octets) : null;
  const body = header === null ? octets : octets.subarray(header.length);
  const isUcs2 = (part.dataCoding & 0x0c) === 0x08 && part.dataCoding < 0xf0;
  const text = isUcs2
    ? Buffer.from(body.subarray(0, body.length & ~1))
        .swap16()
        .toString('utf16le')
    : decodeGsm7(body);
  return { text, place: header?.concatenation ?? part.place };
}
