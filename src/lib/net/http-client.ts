// Requests to other people's servers: kept-alive connections, a deadline, no redirects, the answer's body thrown away.
// A guarded request goes to public addresses only (lib/net/address-guard.ts).
import { Agent, type Dispatcher } from 'undici';
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
  /** From the start of a request to its whole answer. */
  readonly timeoutMs: number;
  readonly connectionsPerOrigin: number;
  /** Guarded requests go anywhere too. */
  readonly allowPrivate?: boolean;
  /** Instead of the system's DNS, for tests. */
  readonly resolve?: Resolve;
}

interface Parts {
  readonly origin: string;
  readonly path: string;
  /** Its host is written as an address that is not public. */
  readonly isPrivate: boolean;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agentWith = (connect: { lookup?: ReturnType<typeof publicLookup> }) =>
    new Agent({
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: { timeout: options.timeoutMs, ...connect },
    });
  const agent = agentWith({});
  // Of its own, so that it never takes a connection that a trusted request opened.
  const guarded = options.allowPrivate ? agent : agentWith({ lookup: publicLookup(options.resolve) });
  const origins = new Map<string, Parts>();

  /** Remembered: all POSTs of a customer go to one address. GETs differ in what they ask. */
  function split(url: string): Parts {
    let parts = origins.get(url);
    if (parts === undefined) {
      parts = parse(url);
      if (origins.size > 1000) origins.clear();
      origins.set(url, parts);
    }
    return parts;
  }

  function send({ url, isGuarded, ...request }: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      let status = 0;
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
          status = statusCode;
        },
        onResponseData() {},
        onResponseEnd() {
          resolve({ status, error: null });
        },
        onResponseError(_controller, error) {
          resolve({ status: 0, error: error.message || error.name });
        },
      };
      try {
        const { origin, path } = parts;
        (isGuarded ? guarded : agent).dispatch({ ...request, origin, path }, handler);
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
  return { origin: parsed.origin, path: parsed.pathname + parsed.search, isPrivate };
}
