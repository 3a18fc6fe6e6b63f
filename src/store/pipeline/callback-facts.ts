// What some channels tell of a message beside its end: one look-up for each callback row of theirs, none for the others.
import type { CallbackFacts } from '#domain/delivery/callback.ts';
import { numbers, type Query, type Statement } from '#store/database/database.ts';

const readStatement: Statement = {
  name: 'read_callback_facts',
  text: `
select m.id, c.tag, c.user_id as "userId", m.submitted_at is not null as "wasTaken"
from (select $1::smallint as bucket, t.id from unnest($2::bigint[]) as t(id)) t
cross join lateral (
  select * from messages m where m.bucket = t.bucket and m.id = t.id offset 0
) m
cross join lateral (
  select * from campaigns c where c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id offset 0
) c`,
};

/** By the ids of the messages. */
export async function readCallbackFacts(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<ReadonlyMap<number, CallbackFacts>> {
  const rows = await query<CallbackFacts & { id: number }>(readStatement, [bucket, numbers(messageIds)]);
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
}
