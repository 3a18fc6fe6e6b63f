// What an account has received, as its customer looks back on it: the replies to what it sent, STOPs among them, in pages.
// What he puts away is hidden, not destroyed.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter, ReceivedReply } from '#domain/delivery/history.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { hideReply, listRepliesBefore, readReceivedReply } from '#store/recipients/received-replies.ts';

/** Ids a list has at most: the newest. */
const mostListed = 250_000;
const repliesAtOnce = 5_000;

interface InboxMethods {
  /** Ids in rising order: the newest 250,000. */
  list(account: Account, filter: HistoryFilter): Promise<readonly number[]>;
  /** Null when there is none of this id in the scope, or it was hidden. */
  read(account: Account, id: number, scope: ReceivedScope): Promise<ReceivedReply | null>;
  /** False when it could not be read before. */
  hide(account: Account, id: number, scope: ReceivedScope): Promise<boolean>;
}

/** `sender` in a filter is the number of the account that the reply was sent to. */
export type Inbox = Guarded<InboxMethods>;

export function createInbox(context: Pick<Context, 'database' | 'clock'>): Inbox {
  return guard<InboxMethods>(
    {
      list: (account, filter) => listReceived(context, account, filter),
      read: (account, id, scope) => readReceived(context, account, id, scope),
      hide: (account, id, scope) => hideReceived(context, account, id, scope),
    },
    { list: 'inbox.read', read: 'inbox.read', hide: 'inbox.hide' },
  );
}

/** Where a customer looks: in what one user's campaigns, or one number of his, received. */
export type ReceivedScope = Pick<HistoryFilter, 'userId' | 'sender'>;

/** Newest first. `sender` is the number that was answered, in any way of writing it. */
export async function* walkReceived(
  { database: { query } }: Pick<Context, 'database'>,
  account: Account,
  filter: HistoryFilter,
): AsyncGenerator<readonly ReceivedReply[]> {
  const { sender, ...others } = filter;
  const folded = sender === undefined ? others : { ...others, sender: foldAddress(sender) };
  let beforeId: number | null = null;
  for (;;) {
    const page: ReceivedReply[] = await listRepliesBefore(query, account, folded, {
      beforeId,
      limit: repliesAtOnce,
    });
    if (page.length > 0) yield page;
    if (page.length < repliesAtOnce) return;
    beforeId = page.at(-1)!.id;
  }
}

/** Ids in rising order, at most the newest `mostListed`. */
export async function listReceived(
  context: Pick<Context, 'database'>,
  account: Account,
  filter: HistoryFilter,
): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of walkReceived(context, account, filter)) {
    for (const { id } of page) ids.push(id);
    if (ids.length >= mostListed) break;
  }
  return ids.slice(0, mostListed).reverse();
}

/** Null when there is none of this id in the scope, or it was put away. */
export async function readReceived(
  { database }: Pick<Context, 'database'>,
  account: Account,
  id: number,
  { userId, sender }: ReceivedScope,
): Promise<ReceivedReply | null> {
  const reply = await readReceivedReply(database.query, account, id);
  if (reply === null || (userId !== undefined && reply.userId !== userId)) return null;
  return sender === undefined || foldAddress(reply.recipient) === foldAddress(sender) ? reply : null;
}

/** False when it could not be read before. */
export async function hideReceived(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  id: number,
  scope: ReceivedScope,
): Promise<boolean> {
  if ((await readReceived(context, account, id, scope)) === null) return false;
  await hideReply(context.database.query, account, id, context.clock.now());
  return true;
}
