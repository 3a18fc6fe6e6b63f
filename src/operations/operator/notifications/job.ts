// The job of notifications: sends an SMS of the platform as an ordinary submission, paid by the account, and a mail through
// the relay. Used by the role `jobs`, in any number of processes.
//
// Promises: an SMS is sent once, after a crash at any point (its notification is its idempotency key); a mail at least
// once. A failure is retried for a day. A notification belongs to the process that sends it: while a slow relay hangs until
// its time-out, no other process sends the mail.
import type { Account } from '#domain/account/account.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import {
  claimNotifications,
  deleteNotification,
  releaseNotification,
  type StoredNotification,
} from '#store/platform/notifications.ts';

export interface NotificationJobNeeds {
  readonly processId: number;
  readonly submit: (account: Account, submission: Submission) => Promise<unknown>;
  /** Returns the reason of a failure, or null when the mail was sent. */
  readonly mail: (to: string, subject: string, text: string) => Promise<string | null>;
}

export interface NotificationJob {
  /** Returns the number of due notifications of the bucket, at most 50. One round at a time in a process. */
  runOnce(bucket: number): Promise<number>;
}

const retryMs = 5 * 60_000;
const giveUpMs = dayMs;
const claimLimit = 50;

const terms = {
  ...submissionDefaults,
  dialect: 'platform',
  purpose: 'transactional',
  stopClause: 'none',
} as const satisfies Partial<Submission>;

export function createNotificationJob(
  { database, clock, log }: Pick<Context, 'database' | 'clock' | 'log'>,
  { processId, submit, mail }: NotificationJobNeeds,
): NotificationJob {
  const { query } = database;

  return {
    async runOnce(bucket) {
      const due = await claimNotifications(query, bucket, processId, clock.now(), claimLimit);
      for (const stored of due) await processNotification(stored);
      return due.length;
    },
  };

  async function processNotification(stored: StoredNotification): Promise<void> {
    const release = (error: string) =>
      releaseNotification(query, stored, processId, error, clock.now() + retryMs);
    let error: string | null;
    try {
      error = await send(stored);
    } catch (unexpected) {
      await release((unexpected as Error).message);
      throw unexpected;
    }
    const isOver = clock.now() - stored.createdAtMs > giveUpMs;
    if (error !== null && !isOver) await release(error);
    else await deleteNotification(query, stored, processId);
    if (error !== null && isOver)
      log.warn('notification.given_up', { account: stored.accountId, notification: stored.id, err: error });
  }

  /** Returns the reason of a failure, or null when it is sent. */
  async function send({ id, accountId, notification }: StoredNotification): Promise<string | null> {
    if (notification.media === 'mail')
      return mail(notification.recipient, notification.subject, notification.text);
    const account = await readAccount(query, accountId);
    if (account?.status !== 'active') return 'the account is not active';
    try {
      await submit(account, {
        ...terms,
        text: notification.text,
        recipients: [{ number: notification.recipient }],
        sender: notification.sender,
        idempotencyKey: `notification ${id}`,
      });
      return null;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const { reason, detail } = error.refusal;
      return reason === 'request-already-seen' ? null : (detail ?? reason);
    }
  }
}
