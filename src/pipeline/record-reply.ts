// A short message from a handset becomes durable with all that follows from it: the message it answers, the opt-out it
// may be, what still waits for that phone stopped and given back, and the word of it that is owed to the customer.
//
// One transaction; the carrier gets its answer after the commit. The carrier may repeat a reply whose answer it missed:
// the same words about the same message count once. A reply that answers nobody is kept (account 0) for the operator.
import type { Account } from '#domain/account/account.ts';
import { isSetForAny } from '#domain/account/callback-urls.ts';
import type { CarrierReply } from '#domain/delivery/connector.ts';
import {
  type AnswerableReply,
  notificationsOfReply,
  talkativeMs,
  talkativeReplies,
} from '#domain/delivery/notification.ts';
import { foldAddress, repeatWindowMs, replyWindowMs, stopWindowMs } from '#domain/recipients/conversation.ts';
import { isStop, optedOutError } from '#domain/recipients/opt-out.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { enqueueCallbacks, type NewCallback } from '#store/pipeline/callbacks.ts';
import { cancelWaiting } from '#store/pipeline/cancellations.ts';
import { type Conversation, findConversation, listWithoutEnd } from '#store/pipeline/conversations.ts';
import { countReplies, insertReply, isKnownReply, lockPhone } from '#store/pipeline/replies.ts';
import { insertNotifications } from '#store/platform/notifications.ts';
import { findNumberOwner } from '#store/platform/reply-numbers.ts';
import { insertOptOut } from '#store/recipients/opt-outs.ts';
import type { Context } from './context.ts';

export interface ReplyOptions {
  /** The number that texts name for a STOP, shared by all accounts. */
  readonly stopShortCode: string;
  /** Whether replies can be forwarded by e-mail. */
  readonly forwardsMail: boolean;
}

export interface ReplyRecorder {
  /** Takes a reply from a connector; `saved` is called once, after the commit (true) or its failure (false). */
  record(connectorId: number, reply: CarrierReply, saved: (ok: boolean) => void): void;
}

export function createReplyRecorder(
  context: Pick<Context, 'database' | 'clock' | 'log'>,
  options: ReplyOptions,
): ReplyRecorder {
  return {
    record(connectorId, reply, saved) {
      recordReply(context, options, connectorId, reply).then(
        () => saved(true),
        (error: Error) => {
          context.log.warn(
            { err: error.message },
            'a reply could not be stored; the carrier is asked to repeat it',
          );
          saved(false);
        },
      );
    },
  };
}

function recordReply(
  context: Pick<Context, 'database' | 'clock'>,
  options: ReplyOptions,
  connectorId: number,
  reply: CarrierReply,
): Promise<void> {
  const nowMs = context.clock.now();
  const isOptOut = isStop(reply.text);
  return context.database.transaction(async (query) => {
    await lockPhone(query, reply.from);
    const answered = await findAnswered(query, options, reply, isOptOut, nowMs);
    const bucket = answered?.bucket ?? 0;
    const stored = {
      accountId: answered?.accountId ?? 0,
      connectorId,
      msisdn: reply.from,
      recipient: reply.to,
      text: reply.text,
      isOptOut,
      messageId: answered?.messageId ?? null,
      campaignId: answered?.campaignId ?? null,
      atMs: reply.atMs,
    };
    if (await isKnownReply(query, bucket, stored, nowMs - repeatWindowMs)) return;
    const replyId = await insertReply(query, bucket, stored);
    if (answered === null) return;

    const account = (await readAccount(query, answered.accountId))!;
    await sendOff(query, account, stored, nowMs);
    const owed = enqueueReplyCallback(account, options, answered, replyId, isOptOut);
    if (isOptOut) {
      await insertOptOut(query, bucket, account.id, reply.from, replyId, nowMs);
      owed.push(...(await stopWaiting(query, account, reply.from, nowMs)));
    }
    if (owed.length === 0) return;
    await enqueueCallbacks(query, bucket, owed, nowMs);
    await notify(query, 'callbacks');
  });
}

/** What the account wants to follow a reply beside being told of it. */
async function sendOff(query: Query, account: Account, reply: AnswerableReply, nowMs: number): Promise<void> {
  const { answersWithText, forwards } = account.settings.replyPolicy;
  if (!answersWithText && forwards.length === 0) return;
  const count = await countReplies(query, account, reply.msisdn, nowMs - talkativeMs);
  const notifications = notificationsOfReply(account, reply, count > talkativeReplies);
  if (notifications.length > 0) await insertNotifications(query, account, notifications, nowMs);
}

/** Whom it is for: the message it answers, as far as one is known. */
interface Answered extends Pick<Conversation, 'bucket' | 'accountId' | 'dialect'> {
  readonly messageId: number | null;
  readonly campaignId: number | null;
}

/** A STOP to the shared number is for whoever wrote last, from whatever sender; what nobody asked for, for its owner. */
async function findAnswered(
  query: Query,
  { stopShortCode }: ReplyOptions,
  { from, to }: CarrierReply,
  isOptOut: boolean,
  nowMs: number,
): Promise<Answered | null> {
  const number = foldAddress(to);
  const isToAll = isOptOut && number === foldAddress(stopShortCode);
  const sinceMs = nowMs - (isOptOut ? stopWindowMs : replyWindowMs);
  const conversation = await findConversation(query, from, isToAll ? null : number, sinceMs, nowMs);
  if (conversation !== null) return conversation;
  const owner = await findNumberOwner(query, number);
  return owner && { ...owner, dialect: 'ovh', messageId: null, campaignId: null };
}

function enqueueReplyCallback(
  account: Account,
  { forwardsMail }: ReplyOptions,
  { dialect }: Answered,
  replyId: number,
  isOptOut: boolean,
): NewCallback[] {
  const { callbacks } = account.settings;
  const { replyUrl, replyEmail } = callbacks;
  const reply = { accountId: account.id, dialect, replyId };
  const owed: NewCallback[] = [];
  if (isOptOut ? isSetForAny(callbacks, 'optOutUrl') : replyUrl !== null)
    owed.push({ ...reply, kind: isOptOut ? 'opt-out' : 'reply' });
  if (forwardsMail && replyEmail !== null) owed.push({ ...reply, kind: 'mail' });
  return owed;
}

/** Cancels what waits for the phone, and answers the receipts owed for it. */
async function stopWaiting(
  query: Query,
  account: Account,
  msisdn: number,
  nowMs: number,
): Promise<NewCallback[]> {
  const { optOutsCoverTransactional, callbacks } = account.settings;
  const ids = await listWithoutEnd(query, account.bucket, account.id, msisdn, optOutsCoverTransactional);
  const stopped = await cancelWaiting(query, account.bucket, ids, optedOutError, nowMs);
  const stoppedIds = stopped.map(({ messageId }) => messageId);
  await returnReleased(query, account.bucket, stoppedIds, nowMs);
  if (!isSetForAny(callbacks, 'receiptUrl')) return [];
  return stopped.map(({ messageId, dialect }) => ({
    accountId: account.id,
    kind: 'receipt',
    dialect,
    messageIds: [messageId],
  }));
}
