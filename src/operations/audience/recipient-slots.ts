// Recipient lists in numbered slots of an account or of a user: filled, read, fetched again, emptied.
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Permission } from '#operations/access/permissions.ts';
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
  /** The address of the list; null: a document. */
  readonly url: string | null;
  readonly isUpdated: boolean;
}

/** A stored list. */
export interface SlotList extends Content {
  readonly records: number;
}

export interface Slots {
  list(key: Omit<SlotKey, 'slot'>): Promise<readonly number[]>;
  read(key: SlotKey): Promise<RecipientSlot | null>;
  /** Replaces the content of the slot. */
  fill(key: SlotKey, order: SlotOrder, list: SlotList): Promise<RecipientSlot>;
  /** An absent field is not changed. */
  edit(key: SlotKey, change: { readonly description?: string; readonly isUpdated?: boolean }): Promise<void>;
  /** False for an empty slot. */
  empty(key: SlotKey): Promise<boolean>;
  /** The list as stored; null for an empty slot. */
  open(key: SlotKey): Promise<AsyncIterable<Uint8Array> | null>;
  /** The list to send to, fetched again if its owner requested that; null for an empty slot. */
  listToSend(key: SlotKey, fetch: (url: string) => Promise<SlotList>): Promise<Content | null>;
}

/** A slot of the account, or of one of its users. */
export type SlotName = Pick<SlotKey, 'userId' | 'slot'>;

export interface SlotChange {
  readonly description?: string;
  readonly isUpdated?: boolean;
}

export interface RecipientSlots {
  /** `userId` null: the slots of the account. */
  list(access: AccountAccess, userId: number | null): Promise<readonly number[]>;
  read(access: AccountAccess, name: SlotName): Promise<RecipientSlot | null>;
  /** An absent field is not changed. */
  edit(access: AccountAccess, name: SlotName, change: SlotChange): Promise<void>;
  /** False for an empty slot. */
  empty(access: AccountAccess, name: SlotName): Promise<boolean>;
  /** The list as stored; null for an empty slot. */
  open(access: AccountAccess, name: SlotName): Promise<AsyncIterable<Uint8Array> | null>;
}

export function createRecipientSlots(context: Pick<Context, 'database' | 'clock'>): RecipientSlots {
  const slots = createSlots(context);
  function keyOf(access: AccountAccess, { userId, slot }: SlotName, permission: Permission): SlotKey {
    const { bucket, id: accountId } = authorize(access, permission);
    return { bucket, accountId, userId, slot };
  }
  return {
    async list(access, userId) {
      const { bucket, id: accountId } = authorize(access, 'slots.read');
      return slots.list({ bucket, accountId, userId });
    },
    read: async (access, name) => slots.read(keyOf(access, name, 'slots.read')),
    edit: async (access, name, change) => slots.edit(keyOf(access, name, 'slots.write'), change),
    empty: async (access, name) => slots.empty(keyOf(access, name, 'slots.write')),
    open: async (access, name) => slots.open(keyOf(access, name, 'slots.read')),
  };
}

export function createSlots({ database, clock }: Pick<Context, 'database' | 'clock'>): Slots {
  const { query } = database;
  const withoutContent = ({ contentId: _, ...slot }: StoredSlot): RecipientSlot => slot;

  return {
    list: (key) => listSlots(query, key),

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
      // If the slot was filled since then, this list serves this submission only.
      await updateSlotList(query, key, slot.contentId, list, clock.now());
      return list;
    },
  };
}
