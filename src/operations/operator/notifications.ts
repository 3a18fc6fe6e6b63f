// Sends notifications of the platform for accounts: an SMS as an ordinary submission, paid by the account; a mail through
// the relay. Run by a loop in any number of processes.
//
// Promises: an SMS is sent once, after a crash at any point (its notification is its idempotency key); a mail at least
// once. A failure is retried for a day. A notification is claimed by the process that sends it: while a slow relay hangs
// until its time-out, no other process sends the mail.
// until its own time-out, makes nobody else send the mail as well.

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

export interface NotificationOptions {
  readonly processId: number;
  readonly buckets: () => readonly number[];
  readonly submit: (account: Account, submission: Submission) => Promise<unknown>;
  /** Returns the reason of a failure, or null when the mail was sent. */
  readonly mail: (to: string, subject: string, text: string) => Promise<string | null>;
}

const retryMs = 5 * 60_000;
const giveUpMs = dayMs;
const claimLimit = 50;

/** Returns the number of notifications. One round at a time in a process. */
export async function sendNotifications(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  options: NotificationOptions,
): Promise<number> {
  const { database, clock } = context;
  let count = 0;
  for (const bucket of options.buckets()) {
    const due = await claimNotifications(database.query, bucket, options.processId, clock.now(), claimLimit);
    for (const stored of due) await runOne(context, options, stored);
    count += due.length;
  }
  return count;
}

async function runOne(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  options: NotificationOptions,
  stored: StoredNotification,
): Promise<void> {
  const { database, clock, log } = context;
  const { processId } = options;
  const release = (error: string) =>
    releaseNotification(database.query, stored, processId, error, clock.now() + retryMs);
  let error: string | null;
  try {
    error = await run(context, options, stored);
  } catch (breakdown) {
    await release((breakdown as Error).message);
    throw breakdown;
  }
  const isOver = clock.now() - stored.createdAtMs > giveUpMs;
  if (error !== null && !isOver) await release(error);
  else await deleteNotification(database.query, stored, processId);
  if (error !== null && isOver)
    log.warn('notification.given_up', {
      account: stored.accountId,
      notification: stored.id,
      err: error,
    });
}

/** Returns the reason of a failure, or null when it is sent. */
async function run(
  { database }: Pick<Context, 'database'>,
  { submit, mail }: NotificationOptions,
  { id, accountId, notification }: StoredNotification,
): Promise<string | null> {
  if (notification.media === 'mail')
    return mail(notification.recipient, notification.subject, notification.text);
  const account = await readAccount(database.query, accountId);
  if (account?.status !== 'active') return 'the account is not active';
  try {
    await submit(account, {
      ...terms,
      text: notification.text,
      recipients: [{ number: notification.recipient }],
      sender: notification.sender,
      idempotencyKey: `errand ${id}`,
    });
    return null;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { reason, detail } = error.refusal;
    return reason === 'request-already-seen' ? null : (detail ?? reason);
  }
}

const terms = {
  ...submissionDefaults,
  dialect: 'platform',
  purpose: 'transactional',
  stopClause: 'none',
} as const satisfies Partial<Submission>;
