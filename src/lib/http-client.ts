// POSTs to other people's servers: kept-alive connections, a deadline, no redirects, the answer's body thrown away.
import { Agent, type Dispatcher } from 'undici';

export interface PostAnswer {
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number;
  /** What went wrong below HTTP, in words; null when there was an answer. */
  readonly error: string | null;
}

export interface HttpClient {
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer>;
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** From the start of a request to its whole answer. */
  readonly timeoutMs: number;
  readonly connectionsPerOrigin: number;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({
    connections: options.connectionsPerOrigin,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    connect: { timeout: options.timeoutMs },
  });
  const origins = new Map<string, { origin: string; path: string }>();

  function split(url: string): { origin: string; path: string } {
    let parts = origins.get(url);
    if (parts === undefined) {
      const parsed = new URL(url);
      parts = { origin: parsed.origin, path: parsed.pathname + parsed.search };
      if (origins.size > 1000) origins.clear();
      origins.set(url, parts);
    }
    return parts;
  }

  return {
    post(url, headers, body) {
      return new Promise((resolve) => {
        let status = 0;
        let parts: { origin: string; path: string };
        try {
          parts = split(url);
        } catch {
          resolve({ status: 0, error: 'the address is not a URL' });
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
          agent.dispatch({ ...parts, method: 'POST', headers, body }, handler);
        } catch (error) {
          resolve({ status: 0, error: (error as Error).message });
        }
      });
    },
    close: () => agent.destroy(),
  };
}
