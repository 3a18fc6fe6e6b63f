// Cleans the list of a slot: removes repeated and impossible numbers and, if that was paid, numbers that no network knows.
// Ordered and paid in one request, done by a job; the old list is kept in addition to the new one.
//
// Promises: the order, its price and its look-ups are one transaction. The list changes once, after a crash at any point,
// and only if it is still the ordered list and the process still holds its claim. Look-ups without an answer are refunded
// (operations/reading/number-lookups/lookup-orders.ts).
// Refusals: feature-unavailable (no carrier looks numbers up), credit-insufficient.

import type { Account } from '#domain/account/account.ts';
import { cleaningUnaffordable, noLookupCarrier } from '#domain/delivery/lookup-refusals.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import { ListReader, type ListRow } from '#domain/recipients/recipient-list.ts';
import type { SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { LookupRange, OpenCleaning, SlotCleaning } from '#domain/recipients/slot-cleaning.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { NumberSet } from '#lib/number-set.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { readCsv, renderCsv } from '#lib/text/csv-reader.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { chargeLookups, listLookupPrices } from '#store/money/lookup-prices.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { type Content, readContent, writeContent } from '#store/recipients/file-contents.ts';
import { insertLookups, type NewLookup } from '#store/recipients/lookup-orders.ts';
import { readSlot, replaceCleaned } from '#store/recipients/recipient-slots.ts';
import {
  claimCleaning,
  countOpenLookups,
  findUnknownNumbers,
  insertCleaning,
  listCleanings,
  readCleaning,
  releaseCleaning,
  stepCleaning,
} from '#store/recipients/slot-cleanings.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface CleaningOrder {
  /** Numbers are looked up at the account's expense. */
  readonly looksUp: boolean;
  /** Calculates the price without an order. */
  readonly isQuote: boolean;
}

export interface OrderedCleaning {
  /** Null for a quote. */
  readonly id: number | null;
  readonly costMicros: bigint;
}

export interface SlotCleanings {
  /** Null for an empty slot; `busy` during its cleaning. */
  order(
    access: AccountAccess,
    slot: Pick<SlotKey, 'userId' | 'slot'>,
    order: CleaningOrder,
  ): Promise<OrderedCleaning | 'busy' | null>;
  /** Ids in rising order, of every status if it is null; the newest 10,000. */
  list(access: AccountAccess, status: string | null): Promise<readonly number[]>;
  read(access: AccountAccess, id: number): Promise<SlotCleaning | null>;
}

export interface SlotCleaningNeeds {
  /** Whether a carrier looks numbers up. */
  readonly canLookUp: () => Promise<boolean>;
}

const mostCleanings = 10_000;

export function createSlotCleanings(context: Needs, { canLookUp }: SlotCleaningNeeds): SlotCleanings {
  const { query } = context.database;
  return {
    async order(access, { userId, slot }, order) {
      const account = authorize(access, 'cleanings.write');
      const key = { bucket: account.bucket, accountId: account.id, userId, slot };
      return orderCleaning(context, account, key, order, await canLookUp());
    },
    list: async (access, status) =>
      listCleanings(query, authorize(access, 'cleanings.read'), status, mostCleanings),
    read: async (access, id) => readCleaning(query, authorize(access, 'cleanings.read'), id),
  };
}

/** Rows that are read, looked up and written together. */
const partSize = 5_000;
/** Delay after a failure. */
const againAfterMs = 60_000;
/** Interval between two checks for the answers of the look-ups. */
const waitMs = 2_000;

/** Null for an empty slot; `busy` during its cleaning. */
export async function orderCleaning(
  { database, clock }: Needs,
  account: Account,
  key: SlotKey,
  order: CleaningOrder,
  canLookUp: boolean,
): Promise<OrderedCleaning | 'busy' | null> {
  if (order.looksUp && !canLookUp) throw noLookupCarrier();
  const slot = await readSlot(database.query, key);
  if (slot === null) return null;
  const content = { bucket: key.bucket, id: slot.contentId };
  if (order.isQuote) {
    const costMicros = order.looksUp ? await priceOf(database.query, account, content) : 0n;
    return { id: null, costMicros };
  }
  const nowMs = clock.now();
  try {
    return await database.transaction(async (query) => {
      const ordered = order.looksUp ? await orderLookups(query, account, content, nowMs) : null;
      const id = await insertCleaning(query, key, content.id, ordered?.range ?? null, nowMs);
      if (id === null) throw new BusyError();
      return { id, costMicros: ordered?.costMicros ?? 0n };
    });
  } catch (error) {
    if (error instanceof BusyError) return 'busy';
    throw error;
  }
}

/** Rolls back the order. */
class BusyError extends Error {}

async function priceOf(query: Query, account: Account, content: Content): Promise<bigint> {
  let costMicros = 0n;
  for await (const lookups of readLookups(query, account, content))
    for (const lookup of lookups) costMicros += lookup.costMicros;
  return costMicros;
}

async function orderLookups(query: Query, account: Account, content: Content, nowMs: number) {
  let costMicros = 0n;
  let count = 0;
  const ids: number[] = [];
  for await (const lookups of readLookups(query, account, content)) {
    for (const lookup of lookups) costMicros += lookup.costMicros;
    count += lookups.length;
    const made = await insertLookups(query, account, lookups, nowMs);
    ids.push(made[0]!, made.at(-1)!);
  }
  // Runs last: it locks the account for a moment only.
  if (count > 0 && !(await chargeLookups(query, account, count, costMicros, nowMs)))
    throw cleaningUnaffordable();
  const range: LookupRange | null = count === 0 ? null : { first: ids[0]!, last: ids.at(-1)! };
  return { range, costMicros };
}

async function* readLookups(query: Query, account: Account, content: Content): AsyncGenerator<NewLookup[]> {
  const prices = await listLookupPrices(query);
  for await (const part of readDistinct(query, account, content, () => {}))
    yield part.map(({ msisdn, country }) => ({
      msisdn,
      country,
      costMicros: lookupPriceOf(prices, country),
    }));
}

interface DistinctRow {
  readonly row: ListRow;
  readonly msisdn: number;
  readonly country: string;
}

/** Yields part by part, each possible number once; `onDropped` receives every other row. */
async function* readDistinct(
  query: Query,
  { settings }: Account,
  content: Content,
  onDropped: (isRepeated: boolean) => void,
  onColumns: (list: ListReader) => void = () => {},
): AsyncGenerator<DistinctRow[]> {
  const reader = new ListReader();
  const seen = new NumberSet();
  let part: DistinctRow[] = [];
  for await (const lines of readCsv(readContent(query, content))) {
    for (const row of reader.read(lines)) {
      const read = readMsisdn(row.number, settings.defaultCountry);
      if (!read.ok || !seen.add(read.msisdn)) {
        onDropped(read.ok);
        continue;
      }
      part.push({ row, msisdn: read.msisdn, country: read.country });
      if (part.length < partSize) continue;
      onColumns(reader);
      yield part;
      part = [];
    }
  }
  onColumns(reader);
  if (part.length > 0) yield part;
}

export interface CleaningOptions {
  readonly processId: number;
  readonly buckets: readonly number[];
  /** A report is sent to the account. */
  readonly mails: boolean;
}

/** Runs due cleanings: one round at a time in a process. */
export async function cleanSlots(context: Needs, options: CleaningOptions): Promise<void> {
  const { database, clock } = context;
  const { processId, buckets } = options;
  // One round: a cleaning that must wait is due after the start of this round.
  const nowMs = clock.now();
  for (const bucket of buckets)
    for (;;) {
      const cleaning = await claimCleaning(database.query, bucket, processId, nowMs);
      if (cleaning === null) break;
      try {
        await work(context, cleaning, options);
      } catch (error) {
        const again = { ...cleaning, dueAtMs: clock.now() + againAfterMs };
        await releaseCleaning(database.query, cleaning, processId, again);
        throw error;
      }
    }
}

async function work(context: Needs, cleaning: OpenCleaning, options: CleaningOptions): Promise<void> {
  const { query } = context.database;
  const { lookups, slot } = cleaning;
  const { processId } = options;
  if (lookups !== null && (await countOpenLookups(query, slot, lookups)) > 0) {
    const dueAtMs = context.clock.now() + waitMs;
    await releaseCleaning(query, cleaning, processId, { status: 'doing', step: 'waitForHlrs', dueAtMs });
    return;
  }
  if (!(await stepCleaning(query, cleaning, processId, 'finishing'))) return;
  const account = (await readAccount(query, slot.accountId))!;
  // A replaced list is deleted after some time: it can be missing here.
  const isThere = (await readSlot(query, slot))?.contentId === cleaning.contentId;
  const clean = isThere ? await writeClean(context, account, cleaning) : null;
  await finish(context, account, cleaning, clean, options);
}

/** The cleaned list, and the counts of removed rows. */
interface CleanList extends Content {
  readonly records: number;
  readonly repeated: number;
  readonly invalid: number;
  readonly unknown: number;
}

async function writeClean(
  { database: { query }, clock }: Needs,
  account: Account,
  { contentId, lookups, slot }: OpenCleaning,
): Promise<CleanList> {
  const { bucket } = slot;
  const counts = { records: 0, repeated: 0, invalid: 0, unknown: 0 };

  async function* render(): AsyncGenerator<Buffer> {
    let columns: ListReader['columns'] | null = null;
    const from = { bucket, id: contentId };
    const header: string[] = [];
    const onDropped = (isRepeated: boolean) => counts[isRepeated ? 'repeated' : 'invalid']++;
    const onColumns = (reader: ListReader) => {
      if (columns === null) header.push(renderCsv(reader.columns.names));
      columns = reader.columns;
    };
    for await (const part of readDistinct(query, account, from, onDropped, onColumns)) {
      const numberAt = columns!.numberAt;
      const msisdns = part.map(({ msisdn }) => msisdn);
      const unknown = lookups === null ? null : await findUnknownNumbers(query, slot, lookups, msisdns);
      const kept = unknown === null ? part : part.filter(({ msisdn }) => !unknown.has(msisdn));
      counts.unknown += part.length - kept.length;
      counts.records += kept.length;
      const lines = kept.map(({ row, msisdn }) => renderCsv(row.fields.with(numberAt, `+${msisdn}`)));
      yield Buffer.from(header.splice(0).concat(lines).join(''));
    }
    if (header.length > 0) yield Buffer.from(header.join(''));
  }

  const content = { bucket, id: newUuid(), accountId: account.id };
  // Never larger than the original list, which was within the limit.
  await writeContent(query, content, render(), { maxBytes: Number.POSITIVE_INFINITY }, clock.now());
  return { bucket, id: content.id, ...counts };
}

async function finish(
  { database, clock }: Needs,
  account: Account,
  cleaning: OpenCleaning,
  clean: CleanList | null,
  { processId, mails }: CleaningOptions,
): Promise<void> {
  const nowMs = clock.now();
  await database.transaction(async (query) => {
    const { slot, contentId } = cleaning;
    const step = mails ? 'sendMailReport' : 'finishing';
    // Runs first: the lock makes this process the only writer.
    if (!(await stepCleaning(query, cleaning, processId, step))) return;
    const isDone = clean !== null && (await replaceCleaned(query, slot, contentId, clean, nowMs));
    const text = isDone ? tell(cleaning, clean) : `The list of slot ${slot.slot} went meanwhile.\n`;
    const subject = `The list of slot ${slot.slot} of ${account.serviceName}`;
    if (mails)
      await insertNotifications(
        query,
        account,
        [{ media: 'mail', recipient: account.email, subject, text }],
        nowMs,
      );
    const status = isDone ? 'done' : 'error';
    await releaseCleaning(query, cleaning, processId, { status, step, dueAtMs: nowMs });
  });
}

function tell({ lookups, slot }: OpenCleaning, { records, repeated, invalid, unknown }: CleanList): string {
  return [
    `The list of slot ${slot.slot} was cleaned.`,
    `Numbers that are left: ${records}`,
    `Left out because they were there twice: ${repeated}`,
    `Left out because they cannot be the number of a mobile phone: ${invalid}`,
    ...(lookups === null ? [] : [`Left out because no network knows them: ${unknown}`]),
    '',
  ].join('\n');
}
