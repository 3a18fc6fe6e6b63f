// The replies to an account, including STOPs, for its customer, in pages. A customer can hide replies; they are not
// deleted.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter, ReceivedReply } from '#domain/delivery/history.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { hideReply, listRepliesBefore, readReceivedReply } from '#store/recipients/received-replies.ts';

/** Limit of ids in a list: the newest. */
const mostListed = 250_000;
const repliesAtOnce = 5_000;

interface InboxMethods {
  /** Ids in rising order: the newest 250,000. */
  list(account: Account, filter: HistoryFilter): Promise<readonly number[]>;
  /** Null for an unknown id in the scope, or a hidden reply. */
  read(account: Account, id: number, scope: ReceivedScope): Promise<ReceivedReply | null>;
  /** False if it could not be read before. */
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

/** The scope of a read: replies to one user's campaigns, or to one number of the account. */
type ReceivedScope = Pick<HistoryFilter, 'userId' | 'sender'>;

/** Newest first. `sender` is the number that was answered, in any notation. */
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

async function listReceived(
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

async function readReceived(
  { database }: Pick<Context, 'database'>,
  account: Account,
  id: number,
  { userId, sender }: ReceivedScope,
): Promise<ReceivedReply | null> {
  const reply = await readReceivedReply(database.query, account, id);
  if (reply === null || (userId !== undefined && reply.userId !== userId)) return null;
  return sender === undefined || foldAddress(reply.recipient) === foldAddress(sender) ? reply : null;
}

async function hideReceived(
  context: Pick<Context, 'database' | 'clock'>,
  account: Account,
  id: number,
  scope: ReceivedScope,
): Promise<boolean> {
  if ((await readReceived(context, account, id, scope)) === null) return false;
  await hideReply(context.database.query, account, id, context.clock.now());
  return true;
}
