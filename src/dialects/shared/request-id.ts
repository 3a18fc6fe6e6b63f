// The idempotency key in a customer's own request id. Serves the dialects that have one.

import { createHash } from 'node:crypto';

/** An index holds keys of up to some 2,700 bytes; nobody's ids are near this. */
const longest = 255;

/** Null for an empty id, which many libraries always send. A very long one counts by its digest. */
export function idempotencyKeyOf(requestId: string): string | null {
  const key = requestId.trim();
  if (key === '') return null;
  return key.length <= longest ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
