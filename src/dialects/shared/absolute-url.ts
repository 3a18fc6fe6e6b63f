// Rewrites the request target before Fastify routes it. Used by main/http-server.ts.
// Clients with a hard-coded host reach the platform through `http_proxy`, and requests to a proxy have the absolute form:
// `POST http://www.octopush-dm.com/api/sms HTTP/1.1` (RFC 9112 §3.2.2). Fastify routes by the path alone.

import type { IncomingMessage } from 'node:http';

/**
 * Blanks and slashes at the end of a path, a blank among them.
 * Quirk: the properties file of a published Java SDK has a blank after the path, which its library encodes.
 */
const blankEnd = /(?:\/|\+|%20|%09|%0[AD])*(?:\+|%20|%09|%0[AD])(?:\/|\+|%20|%09|%0[AD])*$/i;

/** The path and query of a request target in origin or absolute form: fastify's option `rewriteUrl`. */
export function rewriteUrl(request: Pick<IncomingMessage, 'url'>): string {
  const target = originForm(request.url ?? '/');
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const last = path.charCodeAt(path.length - 1);
  // Most paths end in a letter and are not searched.
  if (last !== 0x2f && last !== 0x2b && !/[09ad]/i.test(path.at(-1) ?? '')) return target;
  const bare = path.replace(blankEnd, '');
  if (bare.length === path.length) return target;
  // `/1.0` alone is not a path of its dialect, `/1.0/` is.
  return (bare.indexOf('/', 1) === -1 ? `${bare}/` : bare) + target.slice(path.length);
}

/** The target in origin form, otherwise unchanged, as a client signed it. */
export function originForm(url: string): string {
  if (url.charCodeAt(0) === 0x2f) return url;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url);
  if (scheme === null) return url;
  const end = url.slice(scheme[0].length).search(/[/?#]/);
  if (end === -1) return '/';
  const target = url.slice(scheme[0].length + end);
  return target.charCodeAt(0) === 0x2f ? target : `/${target}`;
}
