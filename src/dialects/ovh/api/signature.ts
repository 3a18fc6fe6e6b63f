// Checks the signature of a call (docs/dialects/ovh.md#keys-and-signatures): SHA-1 of secret, consumer key, method, URL, body and
// time. Used by authorize.ts. Clients sign different forms of the URL, so several are tried.
import { hash, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** The target as in the request line, with the query string. */
  readonly target: string;
  readonly body: Buffer;
  /** The time as in its header. */
  readonly timestamp: string;
  readonly signature: string;
}

const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * The addresses under which a client may have signed: both schemes, with the received Host header and without its port
 * (node-ovh never signs the port), and the operator's public addresses. No path; no duplicates.
 */
export function signedOrigins(hostHeader: string | undefined, publicUrls: readonly string[]): string[] {
  const origins = new Set<string>(publicUrls.map((url) => url.replace(/\/$/, '')));
  if (hostHeader !== undefined && host.test(hostHeader))
    for (const name of [hostHeader, hostHeader.replace(/:\d+$/, '')])
      for (const scheme of ['https', 'http']) origins.add(`${scheme}://${name}`);
  return [...origins];
}

/** Whether the signature matches one of the origins. All are tried, so the duration reveals nothing. */
export function isSignedBy(
  secret: string,
  consumerKey: string,
  request: SignedRequest,
  origins: readonly string[],
): boolean {
  const given = Buffer.from(request.signature);
  const end = Buffer.concat([Buffer.from('+'), request.body, Buffer.from(`+${request.timestamp}`)]);
  let isSigned = false;
  for (const origin of origins) {
    const start = [secret, consumerKey, request.method, origin + request.target].join('+');
    const made = Buffer.from(`$1$${hash('sha1', Buffer.concat([Buffer.from(start), end]), 'hex')}`);
    isSigned = (made.length === given.length && timingSafeEqual(made, given)) || isSigned;
  }
  return isSigned;
}
