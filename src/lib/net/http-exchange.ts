// One HTTP request with its whole answer, within a time and a size. Used by the HTTP connectors. Never follows a redirect, never
// repeats a request, and tells whether the other side can have received it: only then may it have acted.
import type { Agent, Dispatcher } from 'undici';
import { undici } from './undici.ts';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Fails, unsent, if no connection is open so soon. Absent: within the time of the whole exchange. */
  readonly beginWithinMs?: number;
}

export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case; of repeated headers the first. */
      readonly headers: Readonly<Record<string, string>>;
      /** UTF-8. Null: longer than the limit, or cut off. */
      readonly body: string | null;
    }
  /** `mayBeSent` is false only if no byte of the request was written. */
  | { readonly kind: 'failed'; readonly mayBeSent: boolean; readonly reason: string };

export interface HttpExchanger {
  /** Never rejects. */
  send(request: ExchangeRequest): Promise<Exchange>;
  /** Aborts requests in progress. */
  close(): Promise<void>;
}

export interface HttpExchangerOptions {
  /** From the start of a request to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly connections: number;
  readonly maxBodyBytes: number;
}

/** Below the usual 5 s of servers: a connection that the server is closing would leave a request in doubt. */
const keepAliveMs = 4_000;

export function createHttpExchanger(options: HttpExchangerOptions): HttpExchanger {
  const { timeoutMs, connections } = options;
  const agent = new (undici().Agent)({
    connections,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
  });
  return {
    send: (request) => exchange(agent, request, options),
    close: () => agent.destroy(),
  };
}

function exchange(
  agent: Agent,
  { method, url, headers, body, beginWithinMs = Infinity }: ExchangeRequest,
  { timeoutMs, maxBodyBytes }: HttpExchangerOptions,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const parsed = URL.parse(url);
    if (parsed === null) {
      resolve({ kind: 'failed', mayBeSent: false, reason: 'the address is not a URL' });
      return;
    }
    const received = new Receiver(maxBodyBytes, resolve);
    // undici's limits are for the headers and between two pieces of a body: a slow body could take for ever.
    const timer = setTimeout(() => received.abort(`no whole answer within ${timeoutMs} ms`), timeoutMs);
    const beginTimer =
      beginWithinMs < timeoutMs
        ? setTimeout(() => received.abortUnlessBegun(beginWithinMs), Math.max(0, beginWithinMs))
        : undefined;
    received.onEnd = () => {
      clearTimeout(timer);
      clearTimeout(beginTimer);
    };
    try {
      const path = parsed.pathname + parsed.search;
      agent.dispatch({ method, origin: parsed.origin, path, headers, body }, received);
    } catch (error) {
      received.fail(error as Error);
    }
  });
}

/** Collects an answer; settles once. */
class Receiver implements Dispatcher.DispatchHandler {
  onEnd: () => void = () => {};
  readonly #maxBodyBytes: number;
  readonly #resolve: (exchange: Exchange) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #isSettled = false;
  #abortReason: string | null = null;
  #status = 0;
  #headers: Record<string, string> = {};
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBodyBytes: number, resolve: (exchange: Exchange) => void) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#resolve = resolve;
  }

  /** Called when the connection is open, before the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortReason !== null) controller.abort(new Error(this.#abortReason));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // A provisional 1xx status precedes the answer.
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      const first = Array.isArray(value) ? value[0] : value;
      if (first !== undefined) this.#headers[name.toLowerCase()] = first;
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBodyBytes) controller.abort(new Error('the body of the answer is too long'));
    else this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    this.#answer(Buffer.concat(this.#pieces).toString('utf8'));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error);
  }

  /** Without a connection, the request is not written later either. */
  abort(reason: string): void {
    this.#abortReason = reason;
    if (this.#controller !== null) this.#controller.abort(new Error(reason));
    else this.fail(new Error(reason));
  }

  abortUnlessBegun(withinMs: number): void {
    if (this.#controller === null) this.abort(`no connection within ${Math.round(withinMs)} ms`);
  }

  fail(error: Error): void {
    if (this.#status !== 0) {
      this.#answer(null);
      return;
    }
    const { code, message, name } = error as Error & { code?: string };
    const reason = this.#abortReason ?? (message || code || name);
    this.#settle({ kind: 'failed', mayBeSent: this.#controller !== null, reason });
  }

  #answer(body: string | null): void {
    this.#settle({ kind: 'answered', status: this.#status, headers: this.#headers, body });
  }

  #settle(exchange: Exchange): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#pieces = [];
    this.onEnd();
    this.#resolve(exchange);
  }
}
