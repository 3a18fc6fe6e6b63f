// Requests to other people's servers: kept-alive connections, a deadline, no redirects, the answer's body thrown away. The
// status is the answer: a body that is long or never ends is cut off.
// A guarded request goes to public addresses only (lib/net/address-guard.ts).

import { Agent, type Dispatcher } from 'undici';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import {
  isPublicAddress,
  literalAddress,
  PrivateAddressError,
  publicLookup,
  type Resolve,
} from './address-guard.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Never to an address that is not public, by name or by number. */
  readonly isGuarded: boolean;
}

export interface HttpAnswer {
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number;
  /** What went wrong below HTTP, in words; null when there was an answer. */
  readonly error: string | null;
}

export interface HttpClient {
  /** Never rejects. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** From the start of a request to the head of its answer. */
  readonly timeoutMs: number;
  readonly connectionsPerOrigin: number;
  /** Guarded requests go anywhere too. */
  readonly allowPrivate?: boolean;
  /** Instead of the system's DNS, for tests. */
  readonly resolve?: Resolve;
}

/** A connection waits for the rest of an answer nobody reads, so long and for so many bytes, to be used again. */
const maxBodyMs = 2_000;
const maxBodyBytes = 64 * 1024;
/** Parsed URLs that are kept. */
const maxOrigins = 1_000;

interface Parts {
  readonly origin: string;
  readonly path: string;
  /** Its host is written as an address that is not public. */
  readonly isPrivate: boolean;
  /** Of the name and password in the URL; null without them. */
  readonly authorization: string | null;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agentWith = (connect: { lookup?: ReturnType<typeof publicLookup> }) =>
    new Agent({
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: options.timeoutMs,
      bodyTimeout: Math.min(options.timeoutMs, maxBodyMs),
      connect: { timeout: options.timeoutMs, ...connect },
    });
  const agent = agentWith({});
  // Of its own, so that it never takes a connection that a trusted request opened.
  const guarded = options.allowPrivate ? agent : agentWith({ lookup: publicLookup(options.resolve) });
  const origins = new ExpiringCache<string, Parts>({ maxEntries: maxOrigins });

  /** Remembered: all POSTs of a customer go to one address. GETs differ in what they ask. */
  function split(url: string): Parts {
    let parts = origins.get(url);
    if (parts === undefined) {
      parts = parse(url);
      origins.set(url, parts);
    }
    return parts;
  }

  function send({ url, isGuarded, ...request }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      let status = 0;
      let bodyBytes = 0;
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
      // The dispatch interface: no stream and no promise chain for a body that nobody reads.
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          // Of what is provisional, 1xx, there is more to come.
          if (statusCode < 200) return;
          status = statusCode;
          resolve({ status, error: null });
        },
        onResponseData(controller, chunk) {
          bodyBytes += chunk.length;
          if (bodyBytes > maxBodyBytes) controller.abort(new Error('the body of the answer is too long'));
        },
        onResponseEnd() {},
        onResponseError(_controller, error) {
          // After the head it changes nothing: the connection is not used again.
          if (status === 0) resolve({ status: 0, error: error.message || error.name });
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

/** RFC 7617, in UTF-8; a stray percent sign stands for itself. */
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
