// The cookie of a console session, the token against forged requests that belongs to it, and the check of a request's origin.
// Used by the console and by the pages of OVH's keys, which accept its sessions.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hashSecret } from '#lib/security/secrets.ts';

/** Browsers accept `__Host-` only with `Secure` and without a domain. Over plain HTTP, on a loopback address, it has no prefix. */
function cookieNameOf(request: FastifyRequest, installationId: string): string {
  return `${request.protocol === 'https' ? '__Host-' : ''}chappe-${installationId}`;
}

/** Null: the request has no such cookie. */
export function readSessionToken(request: FastifyRequest, installationId: string): string | null {
  const name = cookieNameOf(request, installationId);
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim() || null;
  }
  return null;
}

const longSeconds = 30 * 24 * 3600;

/** `token` null deletes the cookie. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  installationId: string,
  session: { readonly token: string; readonly isLong: boolean } | null,
): void {
  const parts = [`${cookieNameOf(request, installationId)}=${session?.token ?? ''}`];
  if (session === null) parts.push('Max-Age=0');
  else if (session.isLong) parts.push(`Max-Age=${longSeconds}`);
  parts.push('Path=/', 'HttpOnly', 'SameSite=Lax');
  if (request.protocol === 'https') parts.push('Secure');
  reply.header('set-cookie', parts.join('; '));
}

/** Proves that a request was written by a page of this site, which alone can read it. Derived, so that it needs no storage. */
export function csrfTokenOf(sessionToken: string): string {
  return hashSecret(`csrf ${sessionToken}`).toString('base64url');
}

/**
 * False: another site sent the request. Browsers name the origin; a client without these headers is not a browser, so no
 * person can be tricked into sending it.
 */
export function isOwnOrigin({ headers }: FastifyRequest, publicUrls: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || URL.parse(origin)?.host === host || publicUrls.includes(origin);
}

/** True if nobody on a network can read the cookie: TLS, or a browser on the host that it names. */
export function isPrivateConnection({ protocol, headers }: FastifyRequest): boolean {
  if (protocol === 'https') return true;
  const name = (headers.host ?? '').replace(/:\d+$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}
