// The calls of the console's API. `call('messages.list', { account, status: 'delivered' })` has the types of the contract.
// Used by every page. Never retries an unsafe call: the server decides about repetitions by request keys.
import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { Answer, Body, CallName, Parameters } from '../../src/dialects/console/contract.ts';

/** A refusal or a failure of a call. `reason` is `offline` if no answer came, `defect` if the answer was none of ours. */
export class CallError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly detail: string | null;
  /** Field of the body or parameter to its mistake. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | null;
  /** The id of the request, for the operator's log. */
  readonly id: string | null;
  readonly atMs = Date.now();

  constructor(status: number, answer: Partial<CallErrorBody>) {
    super(answer.reason ?? 'defect');
    this.status = status;
    this.reason = answer.reason ?? 'defect';
    this.detail = answer.detail ?? null;
    this.fields = answer.fields ?? {};
    this.retryAfterMs = answer.retryAfterMs ?? null;
    this.id = answer.id ?? null;
  }
}

interface CallErrorBody {
  readonly reason: string;
  readonly detail?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  readonly id?: string;
}

/** Arguments of a call: parameters of path and query, and `body` if the call has one. */
export type Arguments<C extends CallName> = (Parameters<C> extends undefined ? object : Parameters<C>) &
  (Body<C> extends undefined ? object : { readonly body: Body<C> });

/** No argument for a call that needs none. */
type Rest<C extends CallName> = object extends Arguments<C> ? [args?: Arguments<C>] : [args: Arguments<C>];

/** The token of the session for unsafe requests; set by the answers that carry one. */
let csrf: string | null = null;
let onSignedOut: () => void = () => {};

export function setCsrf(token: string | null): void {
  csrf = token;
}

/** `listener` is called when a call finds the session ended. */
export function listenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** The URL of a call, its method, and the arguments without the parameters of the path. */
export function addressOf(
  name: string,
  args: Readonly<Record<string, unknown>>,
): { method: string; url: string } {
  const [method, path] = __CALLS__[name]!.split(' ') as [string, string];
  const query = new URLSearchParams();
  const inPath = new Set<string>();
  const filled = path.replace(/:(\w+)/g, (_, parameter: string) => {
    inPath.add(parameter);
    return encodeURIComponent(String(args[parameter]));
  });
  for (const [key, value] of Object.entries(args))
    if (key !== 'body' && !inPath.has(key) && value !== undefined && value !== null && value !== '')
      query.set(key, String(value));
  const search = query.toString();
  return { method, url: search === '' ? filled : `${filled}?${search}` };
}

export async function call<C extends CallName>(
  name: C,
  ...rest: [...Rest<C>, signal?: AbortSignal]
): Promise<Answer<C>> {
  const [args = {}, signal] = rest as unknown as [Record<string, unknown>?, AbortSignal?];
  const { method, url } = addressOf(name, args);
  const headers: Record<string, string> = { accept: 'application/json' };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (signal) init.signal = signal;
  if (method !== 'GET') {
    headers['content-type'] = 'application/json';
    if (csrf !== null) headers['x-chappe-csrf'] = csrf;
    init.body = JSON.stringify(args['body'] ?? {});
  }
  const response = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new CallError(0, { reason: 'offline' });
  });
  const answer = await readAnswer(response);
  if (response.ok) return answer as Answer<C>;
  const error = new CallError(response.status, (answer ?? {}) as Partial<CallErrorBody>);
  if (error.reason === 'session-missing' && !name.startsWith('session.')) onSignedOut();
  throw error;
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Uploads a file with its progress in bytes: `fetch` reports none. Aborts with the signal. */
export function upload(
  url: string,
  file: Blob,
  options: {
    readonly onProgress: (sentBytes: number) => void;
    readonly signal: AbortSignal;
    readonly type: string;
  },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('content-type', options.type);
    if (csrf !== null) request.setRequestHeader('x-chappe-csrf', csrf);
    request.upload.addEventListener('progress', ({ loaded }) => options.onProgress(loaded));
    request.addEventListener('error', () => reject(new CallError(0, { reason: 'offline' })));
    request.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    request.addEventListener('load', () => {
      let answer: unknown = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {}
      if (request.status < 300) resolve(answer);
      else reject(new CallError(request.status, (answer ?? {}) as Partial<CallErrorBody>));
    });
    options.signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** A safe call as a query: its key is the name and the arguments, so that a topic can invalidate by the name. */
export function query<C extends CallName>(name: C, ...rest: Rest<C>) {
  const [args] = rest;
  return queryOptions({
    queryKey: [name, args ?? {}] as const,
    queryFn: ({ signal }): Promise<Answer<C>> =>
      (call as (name: C, args: unknown, signal: AbortSignal) => Promise<Answer<C>>)(name, args ?? {}, signal),
  });
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 5 * 60_000,
      // A refusal is final; a lost connection or a defect is tried twice more.
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof CallError) || error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 1000 * 2 ** attempt,
      refetchOnWindowFocus: true,
      throwOnError: false,
    },
  },
});
