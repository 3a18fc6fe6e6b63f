// Stores the consequences of recorded replies: notifications, opt-outs, cancelled messages and callbacks. Used by the reply
// recorder, in its transaction.
import type { Account } from '#domain/account/account.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { notificationsOfReply, talkativeMs, talkativeReplies } from '#domain/delivery/notification.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import type { RecordedReply } from '#domain/recipients/recorded-reply.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { enqueueCallbacks, type NewCallback } from '#store/pipeline/callbacks.ts';
import { cancelWaiting } from '#store/pipeline/cancellations.ts';
import { listWithoutEnd } from '#store/pipeline/conversations.ts';
import { countReplies } from '#store/pipeline/replies.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { insertOptOuts } from '#store/recipients/opt-outs.ts';
import { wantsCallback } from './callback-wishes.ts';

/** Buckets in one order, so that two transactions cannot wait for each other. `forwardsMail`: replies leave by e-mail too. */
export async function followReplies(
  query: Query,
  forwardsMail: boolean,
  recorded: readonly RecordedReply[],
  nowMs: number,
): Promise<void> {
  for (const one of recorded) await insertReplyNotifications(query, one, nowMs);
  const buckets = [...Map.groupBy(recorded, ({ account }) => account.bucket)].sort(([a], [b]) => a - b);
  let hasCallbacks = false;
  for (const [bucket, ofBucket] of buckets) {
    const optOuts = ofBucket.filter(({ reply }) => reply.isOptOut);
    const entries = optOuts.map(({ id, reply: { msisdn }, account }) => ({
      accountId: account.id,
      msisdn,
      replyId: id,
    }));
    await insertOptOuts(query, bucket, entries, nowMs);
    const callbacksOfBucket = ofBucket.flatMap((one) => enqueueReplyCallback(one, forwardsMail));
    callbacksOfBucket.push(...(await stopWaiting(query, bucket, optOuts, nowMs)));
    if (callbacksOfBucket.length === 0) continue;
    await enqueueCallbacks(query, bucket, callbacksOfBucket, nowMs);
    hasCallbacks = true;
  }
  if (hasCallbacks) await notify(query, 'callbacks');
}

function enqueueReplyCallback(
  { id, reply: { isOptOut }, answered, account }: RecordedReply,
  forwardsMail: boolean,
): NewCallback[] {
  const { replyEmail } = account.settings.callbacks;
  const dialect = callbackDialectOf(answered.dialect, account);
  const kind = isOptOut ? 'opt-out' : 'reply';
  const reply = { accountId: account.id, dialect, replyId: id };
  const callbacksOfBucket: NewCallback[] = [];
  if (wantsCallback(account, dialect, kind)) callbacksOfBucket.push({ ...reply, kind });
  if (forwardsMail && replyEmail !== null) callbacksOfBucket.push({ ...reply, kind: 'mail' });
  return callbacksOfBucket;
}

/** A reply that answers no message leaves over a bind if the account has one and no address for replies. */
function callbackDialectOf(dialect: DialectName, { settings }: Account): DialectName {
  const isOverBind = dialect === 'platform' && settings.smpp !== null && settings.callbacks.replyUrl === null;
  return isOverBind ? 'smpp' : dialect;
}

/** Cancels the waiting messages for these phones. Returns their pending receipts. */
async function stopWaiting(
  query: Query,
  bucket: number,
  optOuts: readonly RecordedReply[],
  nowMs: number,
): Promise<NewCallback[]> {
  if (optOuts.length === 0) return [];
  const accounts = new Map(optOuts.map(({ account }) => [account.id, account]));
  const phones = optOuts.map(({ account, reply: { msisdn } }) => ({
    accountId: account.id,
    msisdn,
    coversEveryPurpose: account.settings.optOutsCoverTransactional,
  }));
  const ids = await listWithoutEnd(query, bucket, phones);
  if (ids.length === 0) return [];
  const stopped = await cancelWaiting(query, bucket, ids, optedOutError, nowMs);
  const stoppedIds = stopped.map(({ messageId }) => messageId);
  await returnReleased(query, bucket, stoppedIds, nowMs);
  return stopped
    .filter(({ accountId, dialect }) => wantsCallback(accounts.get(accountId)!, dialect, 'receipt'))
    .map(({ messageId, accountId, dialect }) => ({
      accountId,
      kind: 'receipt',
      dialect,
      messageIds: [messageId],
    }));
}

/** Notifications of a reply in addition to its callback. */
async function insertReplyNotifications(
  query: Query,
  { account, reply }: RecordedReply,
  nowMs: number,
): Promise<void> {
  const { answersWithText, forwards } = account.settings.replyPolicy;
  if (!answersWithText && forwards.length === 0) return;
  const count = await countReplies(query, account, reply.msisdn, nowMs - talkativeMs);
  const notifications = notificationsOfReply(account, reply, count > talkativeReplies);
  if (notifications.length > 0) await insertNotifications(query, account, notifications, nowMs);
}
