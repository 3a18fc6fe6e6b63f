// Idempotency keys whose time is over: nobody is refused for them any more (acceptance.ts), so they can go.
import type { Query, Statement } from '#store/database/database.ts';

const deleteStatement: Statement = {
  name: 'delete_expired_keys',
  // Index idempotency_keys_by_expiry. One that is claimed anew meanwhile is left alone.
  text: `
with expired as (
  select bucket, account_id, scope, key from idempotency_keys
  where bucket = $1 and expires_at < to_timestamp($2::float8 / 1000)
  order by expires_at limit $3
  for update skip locked
)
delete from idempotency_keys k using expired e
where k.bucket = e.bucket and k.account_id = e.account_id and k.scope = e.scope and k.key = e.key`,
};

/** Up to `limit` of them, the oldest first. */
export async function deleteExpiredKeys(
  query: Query,
  bucket: number,
  nowMs: number,
  limit: number,
): Promise<void> {
  await query(deleteStatement, [bucket, nowMs, limit]);
}
