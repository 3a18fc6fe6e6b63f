// What the platform is yet to send of itself on behalf of accounts.
import type { Notification } from '#domain/delivery/notification.ts';
import { type Query, texts } from '#store/database/database.ts';

export interface StoredNotification {
  readonly bucket: number;
  readonly accountId: number;
  readonly id: number;
  readonly notification: Notification;
  readonly createdAtMs: number;
}

/** In the transaction of what sets them off. */
export async function insertNotifications(
  query: Query,
  { bucket, id }: { readonly bucket: number; readonly id: number },
  notifications: readonly Notification[],
  nowMs: number,
): Promise<void> {
  await query(
    `insert into errands (bucket, account_id, media, recipient, sender, subject, text, created_at, retry_at)
     select $1, $2, e.media, e.recipient, e.sender, e.subject, e.text, at, at
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       as e(media, recipient, sender, subject, text), to_timestamp($8::float8 / 1000) as at`,
    [
      bucket,
      id,
      texts(notifications.map((e) => e.media)),
      texts(notifications.map((e) => e.recipient)),
      texts(notifications.map((e) => (e.media === 'sms' ? e.sender : null))),
      texts(notifications.map((e) => (e.media === 'mail' ? e.subject : null))),
      texts(notifications.map((e) => e.text)),
      nowMs,
    ],
  );
}

interface NotificationRow {
  bucket: number;
  accountId: number;
  id: number;
  media: 'mail' | 'sms';
  recipient: string;
  sender: string | null;
  subject: string | null;
  text: string;
  createdAtMs: number;
}

function readNotificationRow({
  bucket,
  accountId,
  id,
  createdAtMs,
  ...row
}: NotificationRow): StoredNotification {
  const { media, recipient, sender, subject, text } = row;
  const notification: Notification =
    media === 'sms' ? { media, recipient, sender, text } : { media, recipient, subject: subject ?? '', text };
  return { bucket, accountId, id, notification, createdAtMs };
}

/** What is due, oldest first, for this process alone, which has none in its hands. */
export async function claimNotifications(
  query: Query,
  bucket: number,
  process: number,
  nowMs: number,
  limit: number,
): Promise<StoredNotification[]> {
  const rows = await query<NotificationRow>(
    `with due as (
       select bucket, account_id, id from errands
       where bucket = $1 and retry_at <= to_timestamp($2::float8 / 1000) and (owner is null or owner = $3)
       order by retry_at limit $4 for update skip locked
     )
     update errands e set owner = $3
     from due where e.bucket = due.bucket and e.account_id = due.account_id and e.id = due.id
     returning e.bucket, e.account_id as "accountId", e.id, e.media, e.recipient, e.sender, e.subject, e.text,
       e.created_at as "createdAtMs"`,
    [bucket, nowMs, process, limit],
  );
  return rows.map(readNotificationRow);
}

/** It is done, or given up; unless it is another's now, who sees to it. */
export async function deleteNotification(
  query: Query,
  { bucket, accountId, id }: StoredNotification,
  process: number,
): Promise<void> {
  await query('delete from errands where bucket = $1 and account_id = $2 and id = $3 and owner = $4', [
    bucket,
    accountId,
    id,
    process,
  ]);
}

/** Given back, to be tried again at its time, when it is still this process's. */
export async function releaseNotification(
  query: Query,
  { bucket, accountId, id }: StoredNotification,
  process: number,
  error: string,
  retryAtMs: number,
): Promise<void> {
  await query(
    `update errands set owner = null, error = $5, retry_at = to_timestamp($6::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and owner = $4`,
    [bucket, accountId, id, process, error, retryAtMs],
  );
}
