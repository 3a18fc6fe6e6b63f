// Downloads a file for a customer as a stream: from public addresses only, within a time and a size, which also limits the
// decompressed file. Used by the services of recipient lists. Each redirect is checked like the first address, and
// connections go to the very address that was checked (lib/net/address-guard.ts).
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Agent, Dispatcher } from 'undici';
import { isPublicAddress, literalAddress, publicLookup, type Resolve } from './address-guard.ts';
import { undici } from './undici.ts';

export interface DownloadOptions {
  /** For the whole download, with redirects. */
  readonly timeoutMs: number;
  /** For the body, compressed and decompressed. */
  readonly maxBytes: number;
  /** Accepts private addresses too. */
  readonly allowPrivate?: boolean;
  /** Replaces the system's DNS in tests. */
  readonly resolve?: Resolve;
  /** Replaces the check of addresses in tests. */
  readonly isPublic?: (address: string) => boolean;
}

/** The reason for a failed download, as a sentence for the customer. */
export class DownloadError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'DownloadError';
  }
}

export interface Downloader {
  /** Throws DownloadError, also while it is read. */
  fetch(url: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export function createDownloader(options: DownloadOptions): Downloader {
  const { timeoutMs, maxBytes, resolve } = options;
  const isPublic = options.allowPrivate ? () => true : (options.isPublic ?? isPublicAddress);
  let agent: Agent | undefined;

  function open(url: URL, signal: AbortSignal) {
    const { Agent, request } = undici();
    agent ??= new Agent({
      pipelining: 1,
      // Each file is downloaded once, so connections are not kept.
      keepAliveTimeout: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: timeoutMs, lookup: publicLookup(resolve, isPublic) },
    });
    const authorization = credentialsOf(url);
    return request(url, {
      dispatcher: agent,
      signal,
      headers: {
        accept: 'text/csv, text/plain, */*',
        'accept-encoding': 'gzip, identity',
        'user-agent': 'Chappe',
        ...(authorization === null ? {} : { authorization }),
      },
    });
  }

  async function* fetch(address: string): AsyncGenerator<Uint8Array> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      let url = readUrl(address, undefined, isPublic);
      let answer = await open(url, signal);
      for (let hops = 0; redirects.has(answer.statusCode); hops++) {
        answer.body.on('error', () => {}).destroy();
        if (hops === maxRedirects)
          throw new DownloadError(`The address redirects more than ${maxRedirects} times`);
        url = readUrl(oneOf(answer.headers['location']), url, isPublic);
        answer = await open(url, signal);
      }
      yield* bodyOf(answer, maxBytes);
    } catch (error) {
      throw error instanceof DownloadError ? error : new DownloadError(tell(error, timeoutMs));
    }
  }

  return { fetch, close: async () => agent?.destroy() };
}

function readUrl(address: string, from: URL | undefined, isPublic: (address: string) => boolean): URL {
  const url = URL.parse(address, from?.href);
  if (url === null) throw new DownloadError('The address is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new DownloadError('The address must begin with http:// or https://');
  const literal = literalAddress(url);
  if (literal !== null && !isPublic(literal)) throw new DownloadError(notPublic);
  return url;
}

const notPublic = 'The address is not public';

/** Credentials as in `https://user:password@host/`. */
function credentialsOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const text = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

type Answer = Dispatcher.ResponseData;

async function* bodyOf({ statusCode, headers, body }: Answer, maxBytes: number): AsyncGenerator<Uint8Array> {
  body.on('error', () => {});
  try {
    if (statusCode !== 200) throw new DownloadError(`The address answers with status ${statusCode}`);
    const coding = (oneOf(headers['content-encoding']) || 'identity').toLowerCase();
    const unpack = unpackers[coding];
    if (unpack === undefined && coding !== 'identity')
      throw new DownloadError(`The address answers in a coding that is not known: ${coding.slice(0, 40)}`);
    const packed = within(body, maxBytes);
    if (unpack === undefined) yield* packed;
    else yield* within(unpacked(packed, unpack()), maxBytes);
  } finally {
    body.destroy();
  }
}

/** A few kilobytes can decompress to gigabytes: the next piece is decompressed after the previous one was read. */
async function* unpacked(packed: AsyncIterable<Uint8Array>, unpacker: Transform): AsyncGenerator<Uint8Array> {
  // An error ends the loop below.
  pipeline(Readable.from(packed), unpacker, () => {});
  for await (const piece of unpacker) yield piece as Uint8Array;
}

async function* within(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxBytes) throw new DownloadError(`The file has more than ${maxBytes} bytes`);
    yield piece;
  }
}

function oneOf(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}

function tell(error: unknown, timeoutMs: number): string {
  const { name, code = '', cause } = error as Error & { code?: string };
  const description = `${name} ${code} ${(cause as Error | undefined)?.name ?? ''}`;
  if (/Timeout|ABORT/i.test(description))
    return `The address does not answer within ${timeoutMs / 1000} seconds`;
  if (description.includes('PrivateAddress')) return notPublic;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The address names a host that is not found';
  if (/^Z_|ERR_BROTLI|ERR__ERROR/.test(code)) return 'The file cannot be unpacked';
  return 'The address cannot be read';
}
