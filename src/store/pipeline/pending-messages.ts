// Messages whose due time has not come: those of a deferred campaign, or of one that waits for its hours. Used by the
// pending messages of a customer.
import type { AccountKey } from '#domain/account/account.ts';
import { messageStatusCodes } from '#domain/base/message.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import { instant, int2, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const list = statement('list_waiting', {
  params: { bucket: int2, accountId: int4, now: instant, userId: nullable(int4), sender: nullable(text) },
  row: { id: int8 },
  // Index campaigns_waiting; messages by the ranges of their campaigns.
  text: (p) => `
select m.id from campaigns c cross join lateral (
  select * from messages m
  where m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
  offset 0
) m
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.last_due_at > ${p.now}
  and (${p.userId} is null or c.user_id = ${p.userId}) and (${p.sender} is null or c.sender = ${p.sender})
  and m.status = ${messageStatusCodes.accepted} and m.due_at > ${p.now}
order by m.id`,
});

/** Ids in ascending order. `sender` as it is sent: the digits of a number. */
export async function listWaiting(
  query: Query,
  { bucket, id: accountId }: AccountKey,
  { userId, sender }: Pick<HistoryFilter, 'userId' | 'sender'>,
  nowMs: number,
): Promise<number[]> {
  const found = await list.run(query, {
    bucket,
    accountId,
    now: nowMs,
    userId: userId ?? null,
    sender: sender ?? null,
  });
  return found.map(({ id }) => id);
}
