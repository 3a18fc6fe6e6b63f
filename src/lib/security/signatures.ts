// Signs callbacks, so that customers can verify their origin. Used by the callback pusher.
import { createHmac } from 'node:crypto';

interface Push {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * The headers of a callback; with a key also `x-chappe-signature`: `t=<seconds>,v1=<hex HMAC-SHA-256 of "seconds.body">`.
 * For a GET the query replaces the body.
 */
export function signedHeaders(push: Push, key: string | null, nowMs: number): Record<string, string> {
  const isGet = push.method === 'GET';
  const headers: Record<string, string> = isGet ? {} : { 'content-type': push.contentType };
  if (key === null) return headers;
  const seconds = Math.floor(nowMs / 1000);
  const signed = isGet ? push.url.slice(push.url.indexOf('?') + 1) : push.body;
  const signature = createHmac('sha256', key).update(`${seconds}.${signed}`).digest('hex');
  return { ...headers, 'x-chappe-signature': `t=${seconds},v1=${signature}` };
}
