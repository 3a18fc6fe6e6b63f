// Deletion of idempotency keys that have expired: no request is refused for them any more (store/pipeline/acceptance.ts).
// Used by pipeline/retention/delete-idempotency-keys.ts.
import { instant, int2, int4 } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { inBucket, statement } from '#store/database/statement.ts';

const remove = statement('delete_expired_keys', {
  params: { bucket: int2, now: instant, limit: int4 },
  // Index idempotency_keys_by_expiry. A key that is claimed again concurrently is skipped.
  text: (p) => `
with expired as (
  select bucket, account_id, scope, key from idempotency_keys
  where bucket = ${p.bucket} and expires_at < ${p.now}
  order by expires_at limit ${p.limit}
  for update skip locked
)
delete from idempotency_keys k using expired e
where k.bucket = e.bucket and k.account_id = e.account_id and k.scope = e.scope and k.key = e.key
  and ${inBucket('k', p.bucket)}`,
});

/** Up to `limit` of them, the oldest first. */
export async function deleteExpiredKeys(
  query: Query,
  bucket: number,
  nowMs: number,
  limit: number,
): Promise<void> {
  await remove.run(query, { bucket, now: nowMs, limit });
}
