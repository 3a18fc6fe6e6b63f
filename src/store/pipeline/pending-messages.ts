// Messages whose time has not come: those of a deferred campaign, or of one that waits for its hours.

import { messageStatusCodes } from '#domain/base/message.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Query, Statement } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

const listStatement: Statement = {
  name: 'list_waiting',
  // Index campaigns_waiting; messages by the ranges of their campaigns.
  text: `
select m.id from campaigns c cross join lateral (
  select * from messages m
  where m.bucket = c.bucket and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
  offset 0
) m
where c.bucket = $1 and c.account_id = $2 and c.last_due_at > to_timestamp($3::float8 / 1000)
  and ($4::int is null or c.user_id = $4) and ($5::text is null or c.sender = $5)
  and m.status = ${messageStatusCodes.accepted} and m.due_at > to_timestamp($3::float8 / 1000)
order by m.id`,
};

/** Rising. `sender` as it goes on the air: of a number, its digits. */
export async function listWaiting(
  query: Query,
  owner: Owner,
  { userId, sender }: Pick<HistoryFilter, 'userId' | 'sender'>,
  nowMs: number,
): Promise<number[]> {
  const rows = await query<{ id: number }>(listStatement, [
    owner.bucket,
    owner.id,
    nowMs,
    userId ?? null,
    sender ?? null,
  ]);
  return rows.map(({ id }) => id);
}
