// The ids of the simulated carrier: the one of the answer and the one of the receipt. Used by the carrier.
// Ids of a carrier that was started again do not repeat: the customer may still look for the old ones.

import type { CarrierHabits, IdNotation } from './habits.ts';
import { placeIn, type SubmitPdu } from './submit-pdu.ts';

export interface Ids {
  readonly answered: string;
  readonly told: string;
}

const maxOpenTexts = 10_000;

export class MessageIds {
  readonly #habits: CarrierHabits;
  readonly #prefix: string;
  #count: number;
  readonly #open = new Map<string, { readonly ids: Ids; readonly seen: Set<number> }>();

  constructor(habits: CarrierHabits, nowMs: number) {
    const seconds = Math.floor(nowMs / 1000);
    this.#habits = habits;
    this.#prefix = `S${seconds.toString(36)}`;
    this.#count = habits.idNotation === 'text' ? 0 : seconds * 1_000_000;
  }

  next(pdu: SubmitPdu): Ids {
    const number = ++this.#count;
    const ids = idsOf(this.#habits.idNotation, number, () => `${this.#prefix}-${number.toString(36)}`);
    const place = this.#habits.isOneIdForAll ? placeIn(pdu) : null;
    if (place === null) return ids;
    const key = `${pdu.source_addr} ${pdu.destination_addr} ${place.reference}`;
    const known = this.#open.get(key);
    // A reference comes round again after 256 texts: a part that is there already begins another one.
    if (known?.seen.has(place.part) === false) {
      known.seen.add(place.part);
      return known.ids;
    }
    if (this.#open.size >= maxOpenTexts) this.#open.clear();
    this.#open.set(key, { ids, seen: new Set([place.part]) });
    return ids;
  }
}

/** The two spellings of the id of the message with this number. `textId` is that of the notation `text`. */
function idsOf(notation: IdNotation, number: number, textId: () => string): Ids {
  const hexadecimal = number.toString(16);
  switch (notation) {
    case 'text': {
      const id = textId();
      return { answered: id, told: id };
    }
    case 'hexadecimal':
      return { answered: hexadecimal, told: String(number) };
    case 'decimal':
      return { answered: String(number), told: hexadecimal };
    case 'padded':
      return { answered: hexadecimal, told: hexadecimal.padStart(16, '0') };
    case 'upper':
      return { answered: `00${hexadecimal}`, told: hexadecimal.toUpperCase() };
  }
}
