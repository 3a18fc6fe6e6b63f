// The job of slot cleanings: removes repeated and impossible numbers and, if that was paid, numbers that no network knows.
// Used by the role `jobs`. Keeps the old list in addition to the new one.
//
// Promises: the list changes once, after a crash at any point, and only if it is still the ordered list and the process
// still holds its claim. Look-ups without an answer are refunded (operations/reading/number-lookups/job.ts).
import type { Account } from '#domain/account/account.ts';
import type { OpenCleaning } from '#domain/recipients/slot-cleaning.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { readSlot, replaceCleaned } from '#store/recipients/recipient-slots.ts';
import {
  claimCleaning,
  countOpenLookups,
  releaseCleaning,
  stepCleaning,
} from '#store/recipients/slot-cleanings.ts';
import { type CleanList, renderReport, writeClean } from './clean-list.ts';

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
    const clean = isThere ? await writeClean(query, account, cleaning, clock.now()) : null;
    await finish(account, cleaning, clean);
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
