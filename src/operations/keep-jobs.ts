// What still waits of an account's messages, one by one: listed, and called off with its credit given back.
import type { Account } from '#domain/account.ts';
import { foldAddress } from '#domain/conversation.ts';
import type { HistoryFilter } from '#domain/history.ts';
import { cancelWaiting } from '#store/cancellations.ts';
import { returnReleased } from '#store/quotas.ts';
import { listWaiting } from '#store/waiting.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

/** Ids of messages whose time has not come. */
export function listJobs(
  { database, clock }: Needs,
  account: Account,
  { userId, sender }: Pick<HistoryFilter, 'userId' | 'sender'>,
): Promise<number[]> {
  const filter = {
    ...(userId === undefined ? {} : { userId }),
    ...(sender === undefined ? {} : { sender: foldAddress(sender) }),
  };
  return listWaiting(database.query, account, filter, clock.now());
}

/** `messageId` is one of the account's. False when it waits no longer, or a dispatcher has it in hand. */
export function cancelJob(
  { database, clock }: Needs,
  { bucket }: Account,
  messageId: number,
): Promise<boolean> {
  return database.transaction(async (query) => {
    const nowMs = clock.now();
    const cancelled = await cancelWaiting(query, bucket, [messageId], null, nowMs);
    const ids = cancelled.map((message) => message.messageId);
    await returnReleased(query, bucket, ids, nowMs);
    return cancelled.length > 0;
  });
}
