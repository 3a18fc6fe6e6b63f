// The signature of a call (docs/dialects/ovh.md#keys-and-signatures): SHA-1 of secret, consumer key, method, URL, body
// and time. The URL is what the client believes to call, so that several forms of it are tried; which, and why, is told
// there by client.
import { hash, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  /** As it stands in the request line, query string included. */
  readonly target: string;
  readonly body: Buffer;
  /** As it stands in its header. */
  readonly timestamp: string;
  readonly signature: string;
}

const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * The addresses under which a client may have signed: both schemes, with the Host header as it came and without its port
 * (node-ovh never signs the port), and the operator's public addresses. No path; no duplicates.
 */
export function signedOrigins(hostHeader: string | undefined, publicUrls: readonly string[]): string[] {
  const origins = new Set<string>(publicUrls.map((url) => url.replace(/\/$/, '')));
  if (hostHeader !== undefined && host.test(hostHeader))
    for (const name of [hostHeader, hostHeader.replace(/:\d+$/, '')])
      for (const scheme of ['https', 'http']) origins.add(`${scheme}://${name}`);
  return [...origins];
}

/** Whether any of the origins makes this signature. All are tried, so that the time tells nothing. */
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
