// Decides whether a request for a customer may go to an address: only to public ones. Used by the HTTP client and by
// services that store URLs of customers. A host name is checked by all its addresses, and again when connecting, so that a
// name whose address changes in between (DNS rebinding) is refused.
import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

// IANA's special-purpose registries (RFC 6890 and its successors), and multicast.
const specialV4 = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  specialV4.addSubnet(net, prefix, 'ipv4');

// In IPv6 only global unicast is public, except ranges that contain an IPv4 address or are for documentation.
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');
const specialV6 = new BlockList();
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  specialV6.addSubnet(net, prefix, 'ipv6');

/** Also false for a text that is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialV4.check(address, 'ipv4');
    case 6:
      // A scoped address (fe80::1%eth0) is local.
      return !address.includes('%') && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** The address in a URL; null for a host name. WHATWG URLs have the canonical form. */
export function literalAddress(url: URL): string | null {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? null : host;
}

export type Resolve = typeof systemLookup;

export class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`${host} is, or resolves to, an address that is not public`);
    this.name = 'PrivateAddressError';
  }
}

/** A `lookup` for connections that fails for a host with any address that is not public. */
export function publicLookup(
  resolve: Resolve = systemLookup,
  isPublic: (address: string) => boolean = isPublicAddress,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) callback(error, []);
      else if (addresses.length === 0 || !addresses.every(({ address }) => isPublic(address)))
        callback(new PrivateAddressError(hostname), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/**
 * Whether the host of a URL is public. `unresolved`: the name has no address now. A later connection must check again in
 * any case.
 */
export function judgeUrl(
  url: URL,
  resolve: Resolve = systemLookup,
): Promise<'public' | 'private' | 'unresolved'> {
  const literal = literalAddress(url);
  if (literal !== null) return Promise.resolve(isPublicAddress(literal) ? 'public' : 'private');
  return new Promise((settle) => {
    publicLookup(resolve)(url.hostname, {}, (error) => {
      if (error === null) settle('public');
      else settle(error instanceof PrivateAddressError ? 'private' : 'unresolved');
    });
  });
}

/** In characters. */
const longestUrl = 2000;

/** Whether a customer may set this URL for callbacks. `allowPrivate` accepts private addresses too. */
export async function judgeCallbackUrl(
  written: string,
  allowPrivate: boolean,
): Promise<'callable' | 'malformed' | 'private'> {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol) || written.length > longestUrl) return 'malformed';
  return !allowPrivate && (await judgeUrl(url)) === 'private' ? 'private' : 'callable';
}

interface Block {
  readonly net: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Null for a text that is neither a CIDR block nor an address. */
function readBlock(text: string): Block | null {
  const [, net = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(net);
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (version === 0 || prefix > most) return null;
  return { net, prefix, family: version === 6 ? 'ipv6' : 'ipv4' };
}

export function isBlock(text: string): boolean {
  return readBlock(text) !== null;
}

/** Whether an address is in one of these CIDR blocks or equals one of these addresses. Ignores malformed blocks. */
export function isInBlocks(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const text of blocks) {
    const block = readBlock(text);
    if (block !== null) list.addSubnet(block.net, block.prefix, block.family);
  }
  // A socket for both families shows an IPv4 client as ::ffff:192.0.2.1.
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
