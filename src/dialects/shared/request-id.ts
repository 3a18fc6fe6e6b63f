// Makes the idempotency key from a customer's request id. Used by the dialects that have one.

import { createHash } from 'node:crypto';

/** An index holds keys of up to about 2,700 bytes; real ids are far shorter. */
const longest = 255;

/** Null for an empty id, which many libraries always send. A longer id is replaced by its digest. */
export function idempotencyKeyOf(requestId: string): string | null {
  const key = requestId.trim();
  if (key === '') return null;
  return key.length <= longest ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
