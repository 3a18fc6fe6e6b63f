// SMS and mails that the platform sends for accounts: stored until they are sent or given up. Used by the notifications job
// and by the subjects that cause them.
import type { AccountKey } from '#domain/account/account.ts';
import type { Notification } from '#domain/delivery/notification.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int2, int4, int8, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface StoredNotification {
  readonly bucket: number;
  readonly accountId: number;
  readonly id: number;
  readonly notification: Notification;
  readonly createdAtMs: number;
}

const insert = statement('insert_notifications', {
  params: {
    ...accountParams,
    notifications: rows<Notification>({
      media: of(text, (n) => n.media),
      recipient: of(text, (n) => n.recipient),
      sender: of(text, (n) => (n.media === 'sms' ? n.sender : null)),
      subject: of(text, (n) => (n.media === 'mail' ? n.subject : null)),
      text: of(text, (n) => n.text),
    }),
    now: instant,
  },
  text: (p) => `
insert into notifications (bucket, account_id, media, recipient, sender, subject, text, created_at, retry_at)
select ${p.bucket}, ${p.accountId}, n.media, n.recipient, n.sender, n.subject, n.text, ${p.now}, ${p.now}
from ${p.notifications.as('n')}`,
});

/** Call it in the transaction of their cause. */
export async function insertNotifications(
  query: Query,
  account: AccountKey,
  notifications: readonly Notification[],
  nowMs: number,
): Promise<void> {
  await insert.run(query, { ...valuesOf(account), notifications, now: nowMs });
}

// Index notifications_due.
const jobs = jobTable({
  table: 'notifications',
  key: ['id', int8],
  order: 'retry_at',
  claim: {
    row: {
      bucket: int2,
      accountId: int4,
      id: int8,
      media: word<Notification['media']>(),
      recipient: text,
      sender: nullable(text),
      subject: nullable(text),
      text,
      createdAtMs: instant,
    },
    columns: `j.bucket, j.account_id as "accountId", j.id, j.media, j.recipient, j.sender, j.subject, j.text,
  j.created_at as "createdAtMs"`,
  },
});

/** Claims up to `limit` that are due. The process must work on none: its own rows are claimed again. */
export async function claimNotifications(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
  limit: number,
): Promise<StoredNotification[]> {
  const claimed = await jobs.claim(query, bucket, { processId, nowMs, limit });
  return claimed.map(({ bucket, accountId, id, createdAtMs, media, recipient, sender, subject, text }) => ({
    bucket,
    accountId,
    id,
    notification:
      media === 'sms'
        ? { media, recipient, sender, text }
        : { media, recipient, subject: subject ?? '', text },
    createdAtMs,
  }));
}

const accountOf = ({ bucket, accountId }: StoredNotification): AccountKey => ({ bucket, id: accountId });

/** Deletes one that was sent or given up, if it still belongs to this process. */
export async function deleteNotification(
  query: Query,
  notification: StoredNotification,
  processId: number,
): Promise<void> {
  await jobs.delete(query, accountOf(notification), notification.id, processId);
}

const release = jobs.step('release_notification', {
  params: { error: text, retryAt: instant },
  set: (p) => `process_id = null, error = ${p.error}, retry_at = ${p.retryAt}`,
});

/** Releases one after a failed attempt, to be tried again, if it still belongs to this process. */
export async function releaseNotification(
  query: Query,
  notification: StoredNotification,
  processId: number,
  error: string,
  retryAtMs: number,
): Promise<void> {
  const values = { error, retryAt: retryAtMs };
  await release(query, accountOf(notification), notification.id, processId, values);
}
