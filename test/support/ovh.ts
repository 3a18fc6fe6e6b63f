// Signed calls of OVH's API, as a client makes them. For tests only.
import { createHash } from 'node:crypto';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';

export interface OvhAnswer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** A client reduced to its calls. A body that is a string is sent unchanged. */
export interface OvhClient {
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<OvhAnswer<T>>;
  /** The body of an answer that must be 200. */
  ok<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
}

export function ovhClient(
  url: string,
  keys: OvhKeys,
  nowMs: () => number = Date.now,
  contentType = 'application/json',
): OvhClient {
  async function call<T>(method: string, path: string, body?: unknown): Promise<OvhAnswer<T>> {
    const address = `${url}/1.0${path}`;
    const bytes = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const timestamp = String(Math.floor(nowMs() / 1000));
    const signed = [keys.applicationSecret, keys.consumerKey, method, address, bytes, timestamp].join('+');
    const response = await fetch(address, {
      method,
      headers: {
        'x-ovh-application': keys.applicationKey,
        'x-ovh-consumer': keys.consumerKey,
        'x-ovh-timestamp': timestamp,
        'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
        'content-type': contentType,
      },
      ...(bytes === '' ? {} : { body: bytes }),
    });
    return { status: response.status, body: (await response.json()) as T, headers: response.headers };
  }

  return {
    call,
    async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await call<T>(method, path, body);
      if (answer.status !== 200)
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
  };
}
