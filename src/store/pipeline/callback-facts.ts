// Facts of messages that some callback channels report besides the final status. Used by pipeline/push-callbacks.ts: one
// statement for each callback of these channels, none for the others.

import type { ReturnPath } from '#domain/base/return-path.ts';
import type { CallbackFacts } from '#domain/delivery/callback.ts';
import { boolean, instant, int2, int4, int8, json, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const read = statement('read_callback_facts', {
  params: { bucket: int2, messageIds: list(int8) },
  row: {
    id: int8,
    tag: nullable(text),
    userId: nullable(int4),
    wasTaken: boolean,
    returnPath: nullable(json<ReturnPath>()),
    textStart: text,
    acceptedAtMs: instant,
  },
  text: (p) => `
select m.id, c.tag, c.user_id as "userId", m.submitted_at is not null as "wasTaken",
  c.return_path as "returnPath", left(coalesce(m.text, c.text), 20) as "textStart", c.created_at as "acceptedAtMs"
from unnest(${p.messageIds}) as t(id)
cross join lateral (
  select * from messages m where m.bucket = ${p.bucket} and m.id = t.id offset 0
) m
cross join lateral (
  select * from campaigns c
  where c.bucket = ${p.bucket} and c.account_id = m.account_id and c.id = m.campaign_id offset 0
) c`,
});

/** By the ids of the messages. */
export async function readCallbackFacts(
  query: Query,
  bucket: number,
  messageIds: readonly number[],
): Promise<ReadonlyMap<number, CallbackFacts>> {
  const found = await read.run(query, { bucket, messageIds });
  return new Map(found.map(({ id, ...facts }) => [id, facts]));
}
