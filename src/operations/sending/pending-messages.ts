// What still waits of an account's messages, one by one: listed, and called off with its credit given back.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import type { Context } from '#pipeline/context.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { cancelWaiting } from '#store/pipeline/cancellations.ts';
import { listWaiting } from '#store/pipeline/pending-messages.ts';

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
