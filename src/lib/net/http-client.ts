// HTTP requests to servers of customers and carriers: persistent connections, a timeout, no redirects. Used by the callback
// pusher and the HTTP connectors. Only the status counts: a body is discarded, except the begin of a failure if it is asked
// for, and a long or endless one is cut off. A
// guarded request goes to public addresses only (lib/net/address-guard.ts).

import type { Dispatcher } from 'undici';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { steadyClock } from '#lib/time/clock.ts';
import {
  isPublicAddress,
  literalAddress,
  PrivateAddressError,
  publicLookup,
  type Resolve,
} from './address-guard.ts';
import { undici } from './undici.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Never goes to an address that is not public, whether written or resolved. */
  readonly isGuarded: boolean;
  /** Keeps so many bytes of the body of an answer that is not 2xx. 0 and absent: none. */
  readonly keptBytes?: number;
}

export interface HttpAnswer {
  /** The HTTP status, or 0 without an answer. */
  readonly status: number;
  /** Description of a failure below HTTP; null after an answer. */
  readonly error: string | null;
  /** The begin of the body, as text. Only if it was asked for, of an answer that is not 2xx. */
  readonly body?: string;
}

export interface HttpClient {
  /** Never rejects. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Aborts requests in progress. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** From the start of a request to the headers of its answer. */
  readonly timeoutMs: number;
  readonly connectionsPerOrigin: number;
  /** Guarded requests go to any address too. */
  readonly allowPrivate?: boolean;
  /** Replaces the system's DNS in tests. */
  readonly resolve?: Resolve;
}

/** A connection is used again if the discarded body ends within this time and this number of bytes. */
const maxBodyMs = 2_000;
const maxBodyBytes = 64 * 1024;
/** Maximum number of cached URLs. */
const maxOrigins = 1_000;

interface Parts {
  readonly origin: string;
  readonly path: string;
  /** The host is a literal address that is not public. */
  readonly isPrivate: boolean;
  /** From the name and password in the URL; null without them. */
  readonly authorization: string | null;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agentWith = (connect: { lookup?: ReturnType<typeof publicLookup> }) =>
    new (undici().Agent)({
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: options.timeoutMs,
      bodyTimeout: Math.min(options.timeoutMs, maxBodyMs),
      connect: { timeout: options.timeoutMs, ...connect },
    });
  const agent = agentWith({});
  // A separate agent, so that it never uses a connection of a trusted request.
  const guarded = options.allowPrivate ? agent : agentWith({ lookup: publicLookup(options.resolve) });
  const origins = new ExpiringCache<string, Parts>({ maxEntries: maxOrigins });

  /** Cached: all POSTs to a customer have the same URL. GETs differ in their query. */
  function split(url: string): Parts {
    let parts = origins.get(url);
    if (parts === undefined) {
      parts = parse(url);
      origins.set(url, parts);
    }
    return parts;
  }

  function send({ url, isGuarded, keptBytes = 0, ...request }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      let status = 0;
      let bodyBytes = 0;
      let startedMs = 0;
      /** Of a failure whose body is kept. */
      let kept: Buffer[] | null = null;
      const end = () => {
        if (kept === null) return;
        const body = Buffer.concat(kept).subarray(0, keptBytes).toString('utf8');
        kept = null;
        resolve({ status, error: null, body });
      };
      let parts: Parts;
      try {
        parts = request.method === 'GET' ? parse(url) : split(url);
      } catch {
        resolve({ status: 0, error: 'the address is not a URL' });
        return;
      }
      if (isGuarded && !options.allowPrivate && parts.isPrivate) {
        resolve({ status: 0, error: new PrivateAddressError(parts.origin).message });
        return;
      }
      // The dispatch interface: no stream and no promise chain for a discarded body.
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          // A provisional 1xx status precedes the answer.
          if (statusCode < 200) return;
          status = statusCode;
          startedMs = steadyClock.now();
          if (keptBytes > 0 && (status < 200 || status > 299)) kept = [];
          else resolve({ status, error: null });
        },
        onResponseData(controller, chunk) {
          bodyBytes += chunk.length;
          if (kept !== null) {
            kept.push(chunk);
            if (bodyBytes >= keptBytes) end();
          }
          // bodyTimeout limits the time between two pieces: a body of single bytes could take for ever.
          if (bodyBytes > maxBodyBytes || steadyClock.now() - startedMs > maxBodyMs)
            controller.abort(new Error('the body of the answer is too long'));
        },
        onResponseEnd: end,
        onResponseError(_controller, error) {
          // After the headers an error changes nothing: the connection is not used again.
          if (status === 0) resolve({ status: 0, error: error.message || error.name });
          else end();
        },
      };
      try {
        const { origin, path, authorization } = parts;
        const headers = authorization === null ? request.headers : { ...request.headers, authorization };
        (isGuarded ? guarded : agent).dispatch({ ...request, headers, origin, path }, handler);
      } catch (error) {
        resolve({ status: 0, error: (error as Error).message });
      }
    });
  }

  return {
    send,
    async close() {
      await Promise.all([agent.destroy(), guarded === agent ? null : guarded.destroy()]);
    },
  };
}

function parse(url: string): Parts {
  const parsed = new URL(url);
  const literal = literalAddress(parsed);
  const isPrivate = literal !== null && !isPublicAddress(literal);
  const { origin, pathname, search } = parsed;
  return { origin, path: pathname + search, isPrivate, authorization: basicOf(parsed) };
}

/** RFC 7617, in UTF-8. A percent sign without two digits stays as it is. */
function basicOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const decode = (written: string) => {
    try {
      return decodeURIComponent(written);
    } catch {
      return written;
    }
  };
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}
