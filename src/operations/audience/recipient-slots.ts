// Lists of recipients kept under a number, for an account or one of its users: filled, read, fetched again, emptied.
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { Context } from '#pipeline/context.ts';
import { type Content, openContent } from '#store/recipients/file-contents.ts';
import {
  editSlot,
  emptySlot,
  fillSlot,
  listSlots,
  readSlot,
  type StoredSlot,
  updateSlotList,
} from '#store/recipients/recipient-slots.ts';

export interface SlotOrder {
  readonly description: string;
  /** Where the list came from; null: a document. */
  readonly url: string | null;
  readonly isUpdated: boolean;
}

/** A list that was taken in. */
export interface SlotList extends Content {
  readonly records: number;
}

export interface Slots {
  list(owner: Omit<SlotKey, 'slot'>): Promise<readonly number[]>;
  read(key: SlotKey): Promise<RecipientSlot | null>;
  /** Whatever was in it is replaced. */
  fill(key: SlotKey, order: SlotOrder, list: SlotList): Promise<RecipientSlot>;
  /** What is absent stays as it is. */
  edit(key: SlotKey, change: { readonly description?: string; readonly isUpdated?: boolean }): Promise<void>;
  /** False when there was nothing in it. */
  empty(key: SlotKey): Promise<boolean>;
  /** The list as it was taken in; null when there is none. */
  open(key: SlotKey): Promise<AsyncIterable<Uint8Array> | null>;
  /** The list to send to, fetched again where its owner asked for that; null when there is none. */
  listToSend(key: SlotKey, fetch: (url: string) => Promise<SlotList>): Promise<Content | null>;
}

export function createSlots({ database, clock }: Pick<Context, 'database' | 'clock'>): Slots {
  const { query } = database;
  const withoutContent = ({ contentId: _, ...slot }: StoredSlot): RecipientSlot => slot;

  return {
    list: (owner) => listSlots(query, owner),

    async read(key) {
      const slot = await readSlot(query, key);
      return slot && withoutContent(slot);
    },

    async fill(key, order, { id: contentId, records }) {
      const filled = { ...order, contentId, records };
      return withoutContent(
        await database.transaction((inside) => fillSlot(inside, key, filled, clock.now())),
      );
    },

    edit: (key, { description = null, isUpdated = null }) => editSlot(query, key, description, isUpdated),

    empty: (key) => emptySlot(query, key, clock.now()),

    async open(key) {
      const slot = await readSlot(query, key);
      return slot && openContent(query, { bucket: key.bucket, id: slot.contentId });
    },

    async listToSend(key, fetch) {
      const slot = await readSlot(query, key);
      if (slot === null) return null;
      if (!slot.isUpdated || slot.url === null) return { bucket: key.bucket, id: slot.contentId };
      const list = await fetch(slot.url);
      // Somebody may have filled it meanwhile: then this list is for this send alone.
      await updateSlotList(query, key, slot.contentId, list, clock.now());
      return list;
    },
  };
}
