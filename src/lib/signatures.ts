// The signature of a push, for customers who want to know that it comes from us.
import { createHmac } from 'node:crypto';

/**
 * The headers of a push; with a key among them `x-chappe-signature`:
 * `t=<seconds>,v1=<hex HMAC-SHA-256 of "seconds.body">`.
 */
export function signedHeaders(
  { contentType, body }: { readonly contentType: string; readonly body: string },
  key: string | null,
  nowMs: number,
): Record<string, string> {
  if (key === null) return { 'content-type': contentType };
  const seconds = Math.floor(nowMs / 1000);
  const signature = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return { 'content-type': contentType, 'x-chappe-signature': `t=${seconds},v1=${signature}` };
}
