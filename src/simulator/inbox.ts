// The last thousand texts that the phones of the simulated carrier received. Used by the simulated phone, query_sm and
// tests. It keeps parts as received; texts() decodes and joins them.

import { decodeGsm7 } from '#gsm/alphabet.ts';
import { type Concatenation, readUserDataHeader } from '#gsm/udh.ts';

export interface ReceivedPart {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** User data, an octet in each character: cheaper than a typed array, and it keeps no buffer alive. */
  readonly octets: string;
  readonly hasHeader: boolean;
  readonly dataCoding: number;
  /** From TLVs; null without them. */
  readonly concatenation: Concatenation | null;
  /** Of the customer. */
  readonly systemId: string;
  readonly atMs: number;
  /** State and error of its final receipt; null: it gets none. */
  readonly stat: string | null;
  readonly err: string;
  readonly finalAtMs: number;
}

export interface ReceivedText {
  /** Message ids of its parts, in order; fewer than `parts` while some are missing. */
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

  /** Oldest first, in the order of their first parts. */
  texts(): ReceivedText[] {
    const inOrder =
      this.#ring.length < maxParts
        ? this.#ring
        : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    const open = new Map<string, OpenText>();
    const texts: OpenText[] = [];
    for (const part of inOrder) {
      const { text, place } = read(part);
      const key = place === null ? '' : `${part.from} ${part.to} ${place.reference} ${place.total}`;
      let joined = place === null ? undefined : open.get(key);
      // References repeat after 256 texts: a part that is present already begins another text.
      if (joined === undefined || joined.texts.has(place!.part)) {
        joined = { first: part, total: place?.total ?? 1, texts: new Map(), ids: new Map() };
        texts.push(joined);
        if (place !== null) open.set(key, joined);
      }
      joined.texts.set(place?.part ?? 1, text);
      joined.ids.set(place?.part ?? 1, part.id);
    }
    return texts.slice(-maxTexts).map(wholeText);
  }
}

interface OpenText {
  readonly first: ReceivedPart;
  readonly total: number;
  readonly texts: Map<number, string>;
  readonly ids: Map<number, string>;
}

function wholeText({ first, total, texts, ids }: OpenText): ReceivedText {
  const { from, to, atMs } = first;
  return { ids: byPart(ids), from, to, text: byPart(texts).join(''), parts: total, atMs };
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
  return { text, place: header?.concatenation ?? part.concatenation };
}
