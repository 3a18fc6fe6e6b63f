// Lists of recipients from an address, an uploaded document or a slot: submitted, read, stored in slots. Used by the OVH
// dialect. A list is kept while it is read: a replacement of its slot does not delete it.
// Refusals: permission-missing, those of a submission; ListError, CsvError and DownloadError for the list itself.

import type { ListReport, ListSubmission } from '#domain/acceptance/list-submission.ts';
import type { Account, AccountKey } from '#domain/account/account.ts';
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import type { SubmitList } from '#pipeline/submit-recipient-list.ts';
import {
  type Content,
  holdContent,
  leaveUnlessKept,
  releaseContent,
} from '#store/recipients/file-contents.ts';
import { readListNumbers } from './read-list.ts';
import { type ListLimits, type StoredList, storeList } from './store-list.ts';

type SlotName = Pick<SlotKey, 'userId' | 'slot'>;

/** The source of a list. `uploader` is the account that uploaded the document. */
export type ListSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'document'; readonly uploader: AccountAccess; readonly id: string }
  | ({ readonly kind: 'slot' } & SlotName);

export interface SlotFilling {
  readonly description: string;
  /** Fetched again before each send. */
  readonly isUpdated: boolean;
  readonly source: Exclude<ListSource, { kind: 'slot' }>;
}

export interface RecipientLists {
  /** Sends to all recipients or to none. Null for an empty slot or an unknown document. */
  submit(access: AccountAccess, order: ListSubmission, source: ListSource): Promise<ListReport | null>;
  /** The numbers as written. Throws ListError beyond `most`. Null as with submit. */
  readNumbers(access: AccountAccess, source: ListSource, most: number): Promise<readonly string[] | null>;
  /** Replaces the list of a slot. Null for an unknown document. */
  fillSlot(access: AccountAccess, name: SlotName, order: SlotFilling): Promise<RecipientSlot | null>;
}

/** The same for jobs of the process, which act for an account without an access value. */
export interface ListSubmitter {
  submitToSlot(account: Account, order: ListSubmission, slot: SlotName): Promise<ListReport | null>;
}

type Bytes = AsyncIterable<Uint8Array>;
export interface RecipientListNeeds {
  readonly submitList: SubmitList;
  readonly fetchUrl: (url: string) => Bytes;
  /** Reads documents of this platform without a request: null for every other address. */
  readonly openOwnUrl: (url: string) => Promise<Bytes | null>;
  readonly openDocument: (account: Account, id: string) => Promise<Bytes | null>;
  readonly listToSend: (key: SlotKey, fetch: (url: string) => Promise<StoredList>) => Promise<Content | null>;
  readonly fillSlot: (
    key: SlotKey,
    order: { readonly description: string; readonly isUpdated: boolean; readonly url: string | null },
    list: StoredList,
  ) => Promise<RecipientSlot>;
  readonly limits: ListLimits;
}

type KnownSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'document'; readonly uploader: Account; readonly id: string }
  | { readonly kind: 'slot'; readonly key: SlotKey };

/** Attempts to read a slot that is filled again during the read. */
const mostTries = 5;

export function createRecipientLists(
  context: Pick<Context, 'database' | 'clock'>,
  needs: RecipientListNeeds,
): RecipientLists & ListSubmitter {
  const { query } = context.database;
  const { submitList, limits } = needs;

  async function fetchList(account: AccountKey, url: string, within: ListLimits): Promise<StoredList> {
    const bytes = (await needs.openOwnUrl(url)) ?? needs.fetchUrl(url);
    return storeList(context, account, bytes, within);
  }

  async function storeSource(
    account: AccountKey,
    source: Exclude<KnownSource, { kind: 'slot' }>,
    within: ListLimits,
  ): Promise<StoredList | null> {
    if (source.kind === 'url') return fetchList(account, source.url, within);
    const bytes = await needs.openDocument(source.uploader, source.id);
    return bytes && storeList(context, account, bytes, within);
  }

  function listOf(account: Account, source: KnownSource): Promise<Content | null> {
    if (source.kind !== 'slot') return storeSource(account, source, limits);
    return needs.listToSend(source.key, (url) => fetchList(account, url, limits));
  }

  /** Keeps the list until the work is done, also if its slot changes. Null if there is no list. */
  async function withList<T>(
    account: Account,
    source: KnownSource,
    work: (list: Content) => Promise<T>,
  ): Promise<T | null> {
    for (let tries = 1; ; tries++) {
      const list = await listOf(account, source);
      if (list === null) return null;
      // Deleted since the slot was read: the slot has another list now.
      if (!(await holdContent(query, list))) {
        if (tries === mostTries) throw new Error(`the list ${list.id} was replaced ${mostTries} times`);
        continue;
      }
      try {
        return await work(list);
      } finally {
        // A list that was fetched for this work only is deleted.
        await leaveUnlessKept(query, list, context.clock.now());
        await releaseContent(query, list);
      }
    }
  }

  return {
    async submit(access, order, source) {
      const account = authorize(access, 'recipient-lists.send');
      return withList(account, knownSource(account, source), (list) => submitList(account, order, list));
    },
    async readNumbers(access, source, most) {
      const account = authorize(access, 'recipient-lists.read');
      return withList(account, knownSource(account, source), (list) => readListNumbers(context, list, most));
    },
    async fillSlot(access, name, { description, isUpdated, source }) {
      const account = authorize(access, 'slots.write');
      const known = knownSource(account, source) as Exclude<KnownSource, { kind: 'slot' }>;
      const list = await storeSource(account, known, { ...limits, checksNumbers: true });
      const url = source.kind === 'url' ? source.url : null;
      return list && needs.fillSlot(keyOf(account, name), { description, isUpdated, url }, list);
    },
    submitToSlot: (account, order, name) =>
      withList(account, { kind: 'slot', key: keyOf(account, name) }, (list) =>
        submitList(account, order, list),
      ),
  };
}

function keyOf({ bucket, id: accountId }: Account, { userId, slot }: SlotName): SlotKey {
  return { bucket, accountId, userId, slot };
}

function knownSource(account: Account, source: ListSource): KnownSource {
  if (source.kind === 'slot') return { kind: 'slot', key: keyOf(account, source) };
  if (source.kind === 'url') return source;
  return { ...source, uploader: authorize(source.uploader, 'documents.read') };
}
