// The job of slot cleanings: removes repeated and impossible numbers and, if that was paid, numbers that no network knows.
// Used by the role `jobs`. Keeps the old list in addition to the new one.
//
// Promises: the list changes once, after a crash at any point, and only if it is still the ordered list and the process
// still holds its claim. Look-ups without an answer are refunded (operations/reading/number-lookups/job.ts).
import type { Account } from '#domain/account/account.ts';
import type { ListReader } from '#domain/recipients/recipient-list.ts';
import type { OpenCleaning } from '#domain/recipients/slot-cleaning.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { renderCsv } from '#lib/text/csv-reader.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { type Content, writeContent } from '#store/recipients/file-contents.ts';
import { readSlot, replaceCleaned } from '#store/recipients/recipient-slots.ts';
import {
  claimCleaning,
  countOpenLookups,
  findUnknownNumbers,
  releaseCleaning,
  stepCleaning,
} from '#store/recipients/slot-cleanings.ts';
import { readDistinct } from './steps.ts';

export interface CleaningJobNeeds {
  readonly processId: number;
  /** A mail with the result is sent to the account. */
  readonly sendsReports: boolean;
}

export interface CleaningJob {
  /** Runs the due cleanings of the bucket: one round at a time in a process. */
  runOnce(bucket: number): Promise<void>;
}

/** Delay after a failure. */
const retryAfterMs = 60_000;
/** Interval between two checks for the answers of the look-ups. */
const lookupsEveryMs = 2_000;

/** The cleaned list, and the counts of removed rows. */
interface CleanList extends Content {
  readonly records: number;
  readonly repeated: number;
  readonly invalid: number;
  readonly unknown: number;
}

export function createCleaningJob(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { processId, sendsReports }: CleaningJobNeeds,
): CleaningJob {
  return {
    async runOnce(bucket) {
      // One round: a cleaning that must wait is due after the start of this round.
      const nowMs = clock.now();
      for (;;) {
        const cleaning = await claimCleaning(database.query, bucket, processId, nowMs);
        if (cleaning === null) return;
        try {
          await processCleaning(cleaning);
        } catch (error) {
          const retry = { ...cleaning, dueAtMs: clock.now() + retryAfterMs };
          await releaseCleaning(database.query, cleaning, processId, retry);
          throw error;
        }
      }
    },
  };

  async function processCleaning(cleaning: OpenCleaning): Promise<void> {
    const { query } = database;
    const { lookups, slot } = cleaning;
    if (lookups !== null && (await countOpenLookups(query, slot, lookups)) > 0) {
      const dueAtMs = clock.now() + lookupsEveryMs;
      await releaseCleaning(query, cleaning, processId, { status: 'doing', step: 'waitForHlrs', dueAtMs });
      return;
    }
    if (!(await stepCleaning(query, cleaning, processId, 'finishing'))) return;
    const account = (await readAccount(query, slot.accountId))!;
    // A replaced list is deleted after some time: it can be missing here.
    const isThere = (await readSlot(query, slot))?.contentId === cleaning.contentId;
    const clean = isThere ? await writeClean(account, cleaning) : null;
    await finish(account, cleaning, clean);
  }

  async function writeClean(
    account: Account,
    { contentId, lookups, slot }: OpenCleaning,
  ): Promise<CleanList> {
    const { query } = database;
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

  async function finish(account: Account, cleaning: OpenCleaning, clean: CleanList | null): Promise<void> {
    const nowMs = clock.now();
    await database.transaction(async (query) => {
      const { slot, contentId } = cleaning;
      const step = sendsReports ? 'sendMailReport' : 'finishing';
      // Runs first: the lock makes this process the only writer.
      if (!(await stepCleaning(query, cleaning, processId, step))) return;
      const isDone = clean !== null && (await replaceCleaned(query, slot, contentId, clean, nowMs));
      const text = isDone
        ? renderReport(cleaning, clean)
        : `The list of slot ${slot.slot} was replaced before the cleaning ended.\n`;
      const subject = `The list of slot ${slot.slot} of ${account.serviceName}`;
      if (sendsReports)
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
}

/** The text of the mail. */
function renderReport(
  { lookups, slot }: OpenCleaning,
  { records, repeated, invalid, unknown }: CleanList,
): string {
  return [
    `The list of slot ${slot.slot} was cleaned.`,
    `Numbers that are left: ${records}`,
    `Left out because they were there twice: ${repeated}`,
    `Left out because they cannot be the number of a mobile phone: ${invalid}`,
    ...(lookups === null ? [] : [`Left out because no network knows them: ${unknown}`]),
    '',
  ].join('\n');
}
