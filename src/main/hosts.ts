// Refuses requests whose Host header is missing, doubled or malformed (RFC 9112 §3.2): a proxy could read another host than
// this platform, and links in responses contain the host. Used by http-server.ts for every path.
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. */
const hostForm = /^(?:[\w.-]{1,255}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** A hook of Fastify. The dialect of the path renders its error. */
export function refuseHosts(
  { raw }: FastifyRequest,
  _reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  done(isHostGood(raw) ? undefined : badHost());
}

interface Head {
  readonly rawHeaders: readonly string[];
  readonly headers: { readonly host?: string | undefined };
  readonly httpVersionMinor: number;
}

export function isHostGood({ rawHeaders, headers, httpVersionMinor }: Head): boolean {
  const { host } = headers;
  // Quirk: an empty Host is correct for a target without an authority; scripts with a plain socket send it.
  if (host === undefined) return httpVersionMinor === 0;
  if (host !== '' && !hostForm.test(host)) return false;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++;
  return hosts <= 1;
}

function badHost(): Error {
  return Object.assign(new Error('A request has one Host header, a name or an address and perhaps a port.'), {
    statusCode: 400,
  });
}
