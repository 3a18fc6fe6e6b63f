// Waiting messages of an account: lists them, and cancels single ones with a release of their credit.
// Used by the jobs of the OVH dialect.
import type { HistoryFilter } from '#domain/delivery/history.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { readSentMessage } from '#store/campaigns/history.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { cancelWaiting } from '#store/pipeline/cancellations.ts';
import { listWaiting } from '#store/pipeline/pending-messages.ts';

export interface PendingMessages {
  /** Ids of messages that are not due. */
  list(access: AccountAccess, filter: Pick<HistoryFilter, 'userId' | 'sender'>): Promise<readonly number[]>;
  /** False if the message is no longer pending, or a dispatcher has claimed it. */
  cancel(access: AccountAccess, messageId: number): Promise<boolean>;
}

type Needs = Pick<Context, 'database' | 'clock'>;

export function createPendingMessages({ database, clock }: Needs): PendingMessages {
  return {
    async list(access, { userId, sender }) {
      const account = authorize(access, 'pending-messages.read');
      const filter = {
        ...(userId === undefined ? {} : { userId }),
        ...(sender === undefined ? {} : { sender: foldAddress(sender) }),
      };
      return listWaiting(database.query, account, filter, clock.now());
    },
    async cancel(access, messageId) {
      const account = authorize(access, 'pending-messages.cancel');
      return database.transaction(async (query) => {
        if ((await readSentMessage(query, account, messageId)) === null) return false;
        const nowMs = clock.now();
        const cancelled = await cancelWaiting(query, account.bucket, [messageId], null, nowMs);
        const ids = cancelled.map((message) => message.messageId);
        await returnReleased(query, account.bucket, ids, nowMs);
        return cancelled.length > 0;
      });
    },
  };
}
