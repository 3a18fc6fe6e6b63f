// Clients with a hard-coded host reach us through `http_proxy`, and a proxy is asked in absolute form:
// `POST http://www.octopush-dm.com/api/sms HTTP/1.1` (RFC 9112 §3.2.2). Fastify routes on the path alone.

import type { IncomingMessage } from 'node:http';

/** The path and query of a request target in origin or absolute form: fastify's option `rewriteUrl`. */
export function rewriteUrl(request: Pick<IncomingMessage, 'url'>): string {
  const url = request.url ?? '/';
  if (url.charCodeAt(0) === 0x2f) return url;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url);
  if (scheme === null) return url;
  const end = url.slice(scheme[0].length).search(/[/?#]/);
  if (end === -1) return '/';
  const target = url.slice(scheme[0].length + end);
  return target.charCodeAt(0) === 0x2f ? target : `/${target}`;
}
