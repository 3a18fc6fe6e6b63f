// The OVH dialect's services of lists and files, implemented by operations. Used by the listeners.

import { capabilities } from '#dialects/capabilities.ts';
import { readDocumentPath } from '#dialects/ovh/api/document-address.ts';
import type { ListSource } from '#dialects/ovh/api/recipient-list-source.ts';
import type { ListDesk, OvhDesks } from '#dialects/ovh/api/services.ts';
import type { Account } from '#domain/account/account.ts';
import { createDownloader } from '#lib/net/http-download.ts';
import type { Documents } from '#operations/audience/documents.ts';
import { createPhonebooks } from '#operations/audience/phonebooks.ts';
import { createSlots } from '#operations/audience/recipient-slots.ts';
import { orderCleaning } from '#operations/audience/slot-cleanings.ts';
import { readListNumbers } from '#operations/sending/recipient-lists/read-list.ts';
import {
  type ListLimits,
  type StoredList,
  storeList,
} from '#operations/sending/recipient-lists/store-list.ts';
import type { ServiceParts } from '#operations/services.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { createSubmitList } from '#pipeline/submit-recipient-list.ts';
import {
  type Content,
  type ContentSums,
  holdContent,
  leaveUnlessKept,
  releaseContent,
} from '#store/recipients/file-contents.ts';
import { listCleanings, readCleaning } from '#store/recipients/slot-cleanings.ts';
import type { Config } from './config/settings.ts';
import { findLookupConnector } from './connector-set.ts';
import type { Runtime } from './runtime.ts';

export interface ListDeskOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly submit: SubmitCampaign;
  readonly parts: Pick<ServiceParts, 'documents'>;
  /** Called when messages wait for the dispatcher. */
  readonly wakeDispatch: () => void;
}

export type ListDesks = Pick<OvhDesks, 'documents' | 'lists' | 'cleanings' | 'phonebooks'>;

function sumsOf({ documentAccountMegabytes, documentTotalMegabytes }: Config): ContentSums {
  return {
    maxAccountBytes: documentAccountMegabytes * megabyte,
    maxTotalBytes: documentTotalMegabytes * megabyte,
  };
}

const megabyte = 1024 * 1024;

export function listDesksOf(options: ListDeskOptions): ListDesks {
  const { runtime } = options;
  const { documents } = options.parts;
  return {
    documents,
    lists: listDeskOf(options, documents),
    cleanings: cleaningDeskOf(runtime),
    phonebooks: createPhonebooks(runtime),
  };
}

/**
 * Finds a document of this platform by its address, under any host name: the platform does not fetch from itself, because
 * its address is often private. The token of the address gives access, as in a request.
 */
async function openOwn(documents: Documents, url: string): Promise<AsyncIterable<Uint8Array> | null> {
  const address = readDocumentPath(URL.parse(url)?.pathname ?? '');
  const reading = address && (await documents.openAddress(address));
  return reading === null ? null : reading.bytes;
}

/** Limit of ids in a list of tasks: the newest. */
const mostCleanings = 10_000;

function cleaningDeskOf(runtime: Runtime): OvhDesks['cleanings'] {
  const { query } = runtime.database;
  return {
    order: async (account, key, order) =>
      orderCleaning(runtime, account, key, order, (await findLookupConnector(runtime.database)) !== null),
    list: (account, status) => listCleanings(query, account, status, mostCleanings),
    read: (account, id) => readCleaning(query, account, id),
  };
}

/** Attempts to read a slot that is filled again during the read. */
const mostTries = 5;

type Owner = Pick<Account, 'bucket' | 'id'>;

function listDeskOf(
  { config, runtime, submit, wakeDispatch }: ListDeskOptions,
  documents: Documents,
): ListDesk {
  const { query } = runtime.database;
  const maxBytes = config.documentMegabytes * megabyte;
  const usualLimits: ListLimits = { maxBytes, sums: sumsOf(config) };
  const slots = createSlots(runtime);
  const submitList = createSubmitList(runtime, { submit, dialects: capabilities, wake: wakeDispatch });
  const downloader = createDownloader({
    maxBytes,
    timeoutMs: config.downloadSeconds * 1000,
    allowPrivate: config.allowPrivateDownloads,
  });

  async function fetchList(owner: Owner, url: string, limits = usualLimits): Promise<StoredList> {
    const bytes = (await openOwn(documents, url)) ?? downloader.fetch(url);
    return storeList(runtime, owner, bytes, limits);
  }

  async function takeIn(
    owner: Owner,
    source: Exclude<ListSource, { kind: 'slot' }>,
    limits = usualLimits,
  ): Promise<StoredList | null> {
    if (source.kind === 'url') return fetchList(owner, source.url, limits);
    const reading = await documents.open(source.customer, source.id);
    return reading && storeList(runtime, owner, reading.bytes, limits);
  }

  /** The current recipients. */
  function listOf(account: Account, source: ListSource): Promise<Content | null> {
    if (source.kind !== 'slot') return takeIn(account, source);
    return slots.listToSend(source.key, (url) => fetchList(account, url));
  }

  /** The list stays until the work is done, also if the slot is emptied or filled again. Null for an empty slot. */
  async function withList<T>(
    account: Account,
    source: ListSource,
    work: (list: Content) => Promise<T>,
  ): Promise<T | null> {
    for (let tries = 1; ; tries++) {
      const list = await listOf(account, source);
      if (list === null) return null;
      // Replaced since the slot was read: the slot has another list.
      if (!(await holdContent(query, list))) {
        if (tries === mostTries) throw new Error(`the list ${list.id} was replaced again and again`);
        continue;
      }
      try {
        return await work(list);
      } finally {
        // A list that was fetched for this request only is deleted.
        await leaveUnlessKept(query, list, runtime.clock.now());
        await releaseContent(query, list);
      }
    }
  }

  return {
    slots,
    async fill(key, { description, isUpdated, source }) {
      const owner = { bucket: key.bucket, id: key.accountId };
      const list = await takeIn(owner, source, { ...usualLimits, checksNumbers: true });
      const url = source.kind === 'url' ? source.url : null;
      return list && slots.fill(key, { description, isUpdated, url }, list);
    },
    submit: (account, order, source) => withList(account, source, (list) => submitList(account, order, list)),
    readNumbers: (account, source, most) =>
      withList(account, source, (list) => readListNumbers(runtime, list, most)),
  };
}
