// What OVH's dialect may ask of the house about lists and files, answered by operations, and the work that nobody waits
// for. Serves the doors.

import { capabilities } from '#dialects/capabilities.ts';
import { readDocumentPath } from '#dialects/ovh/api/document-address.ts';
import type { ListSource } from '#dialects/ovh/api/recipient-list-source.ts';
import type { ListDesk, OvhDesks } from '#dialects/ovh/api/services.ts';
import type { Account } from '#domain/account/account.ts';
import { createDownloader } from '#lib/net/http-download.ts';
import { dayMs } from '#lib/time/duration.ts';
import { createDocuments, type Documents } from '#operations/audience/documents.ts';
import { createPhonebooks } from '#operations/audience/phonebooks.ts';
import { createSlots } from '#operations/audience/recipient-slots.ts';
import { cleanSlots, orderCleaning } from '#operations/audience/slot-cleanings.ts';
import { readListNumbers } from '#operations/sending/recipient-lists/read-list.ts';
import {
  type ListLimits,
  type StoredList,
  storeList,
} from '#operations/sending/recipient-lists/store-list.ts';
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
import { findLookupConnector } from './lookup-connector.ts';
import type { Runtime } from './runtime.ts';

export interface ListOfficeOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly processId: number;
  readonly buckets: () => readonly number[];
  readonly submit: SubmitCampaign;
  /** There is something to send. */
  readonly wakeDispatch: () => void;
}

export interface ListOffice {
  readonly desks: Pick<OvhDesks, 'documents' | 'lists' | 'cleanings' | 'phonebooks'>;
  /** What customers do not wait for: lists are cleaned, what expired is deleted. */
  work(): Promise<void>;
}

function sumsOf({ documentAccountMegabytes, documentTotalMegabytes }: Config): ContentSums {
  return {
    maxAccountBytes: documentAccountMegabytes * megabyte,
    maxTotalBytes: documentTotalMegabytes * megabyte,
  };
}

const megabyte = 1024 * 1024;

export function openListOffice(options: ListOfficeOptions): ListOffice {
  const { config, runtime, processId, buckets } = options;
  const documents = createDocuments(runtime, {
    maxBytes: config.documentMegabytes * megabyte,
    lifeMs: config.documentDays * dayMs,
    sums: sumsOf(config),
  });
  return {
    desks: {
      documents,
      lists: listDeskOf(options, documents),
      cleanings: cleaningDeskOf(runtime),
      phonebooks: createPhonebooks(runtime),
    },
    async work() {
      await cleanSlots(runtime, { processId, buckets: buckets(), mails: config.mailRelay !== null });
      await documents.clean(buckets());
    },
  };
}

/**
 * A document of ours by its address, whatever host the customer calls us by: the house does not fetch from itself, which on
 * many installations is no public address. Its token opens it, as it would at the door.
 */
async function openOwn(documents: Documents, url: string): Promise<AsyncIterable<Uint8Array> | null> {
  const address = readDocumentPath(URL.parse(url)?.pathname ?? '');
  const reading = address && (await documents.openAddress(address));
  return reading === null ? null : reading.bytes;
}

/** Ids a list of tasks has at most: the newest. */
const mostCleanings = 10_000;

function cleaningDeskOf(runtime: Runtime): OvhDesks['cleanings'] {
  const { query } = runtime.database;
  return {
    order: async (account, key, order) =>
      orderCleaning(runtime, account, key, order, (await findLookupConnector(query)) !== null),
    list: (account, status) => listCleanings(query, account, status, mostCleanings),
    read: (account, id) => readCleaning(query, account, id),
  };
}

/** How often a slot may be filled while its list is being taken. */
const mostTries = 5;

type Owner = Pick<Account, 'bucket' | 'id'>;

function listDeskOf(
  { config, runtime, submit, wakeDispatch }: ListOfficeOptions,
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

  /** What is to be sent to now. */
  function listOf(account: Account, source: ListSource): Promise<Content | null> {
    if (source.kind !== 'slot') return takeIn(account, source);
    return slots.listToSend(source.key, (url) => fetchList(account, url));
  }

  /** Whoever empties or fills the slot meanwhile: the list stays until the work is done. Null when there is none. */
  async function withList<T>(
    account: Account,
    source: ListSource,
    work: (list: Content) => Promise<T>,
  ): Promise<T | null> {
    for (let tries = 1; ; tries++) {
      const list = await listOf(account, source);
      if (list === null) return null;
      // Gone between the look at the slot and now: the slot holds another.
      if (!(await holdContent(query, list))) {
        if (tries === mostTries) throw new Error(`the list ${list.id} was replaced again and again`);
        continue;
      }
      try {
        return await work(list);
      } finally {
        // What was fetched for this alone is needed no more.
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
