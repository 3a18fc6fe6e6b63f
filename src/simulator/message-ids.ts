// Message ids of the simulated carrier, in responses and in receipts. Used by carrier.ts.
// Ids do not repeat after a restart: a customer can still wait for receipts of the old ones.

import type { IdNotation, ReceiptProfile } from './receipt-profile.ts';
import { concatenationOf, type SubmitPdu } from './submit-pdu.ts';

export interface Ids {
  readonly inResponse: string;
  readonly inReceipt: string;
}

const maxOpenTexts = 10_000;

export class MessageIds {
  readonly #profile: ReceiptProfile;
  readonly #prefix: string;
  #count: number;
  readonly #open = new Map<string, { readonly ids: Ids; readonly seen: Set<number> }>();

  constructor(profile: ReceiptProfile, nowMs: number) {
    const seconds = Math.floor(nowMs / 1000);
    this.#profile = profile;
    this.#prefix = `S${seconds.toString(36)}`;
    this.#count = profile.idNotation === 'text' ? 0 : seconds * 1_000_000;
  }

  next(pdu: SubmitPdu): Ids {
    const number = ++this.#count;
    const ids = idsOf(this.#profile.idNotation, number, () => `${this.#prefix}-${number.toString(36)}`);
    const place = this.#profile.isOneIdForAll ? concatenationOf(pdu) : null;
    if (place === null) return ids;
    const key = `${pdu.source_addr} ${pdu.destination_addr} ${place.reference}`;
    const known = this.#open.get(key);
    // References repeat after 256 texts: a part that is present already begins another text.
    if (known?.seen.has(place.part) === false) {
      known.seen.add(place.part);
      return known.ids;
    }
    if (this.#open.size >= maxOpenTexts) this.#open.clear();
    this.#open.set(key, { ids, seen: new Set([place.part]) });
    return ids;
  }
}

/** Both forms of the id of message `number`. `textId` returns the one of the notation `text`. */
function idsOf(notation: IdNotation, number: number, textId: () => string): Ids {
  const hexadecimal = number.toString(16);
  switch (notation) {
    case 'text': {
      const id = textId();
      return { inResponse: id, inReceipt: id };
    }
    case 'hexadecimal':
      return { inResponse: hexadecimal, inReceipt: String(number) };
    case 'decimal':
      return { inResponse: String(number), inReceipt: hexadecimal };
    case 'padded':
      return { inResponse: hexadecimal, inReceipt: hexadecimal.padStart(16, '0') };
    case 'upper':
      return { inResponse: `00${hexadecimal}`, inReceipt: hexadecimal.toUpperCase() };
  }
}
