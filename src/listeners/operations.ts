// The listener of the operator: /metrics, /healthz and /readyz, in a process of any role. Used by main. Plain HTTP without
// keys: it listens on an address that only the operator's tools reach. Answers GET and HEAD only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explainListening, urlOf } from './listening.ts';

export interface OperationsListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Of the port, for the error when the port is in use. */
  readonly setting: string;
  readonly readMetrics: () => Promise<string>;
  readonly metricsContentType: string;
  /** Null if the process can work now; otherwise a sentence about the missing condition. */
  readonly readiness: () => Promise<string | null>;
  readonly onError: (error: Error) => void;
}

export interface OperationsListener {
  /** Without a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

const requestTimeoutMs = 10_000;

export async function openOperationsListener(
  options: OperationsListenerOptions,
): Promise<OperationsListener> {
  const { host, port } = options;
  const server = createServer(
    { requestTimeout: requestTimeoutMs, keepAliveTimeout: 5_000 },
    (request, response) => {
      answer(request, options).then(
        ({ status, type, body }) => {
          response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
          response.end(request.method === 'HEAD' ? '' : body);
        },
        (error: Error) => {
          options.onError(error);
          fail(response);
        },
      );
    },
  );
  await listen(server, options);
  return {
    url: urlOf('http', host, port === 0 ? (server.address() as AddressInfo).port : port),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = 'application/json; charset=utf-8';

async function answer(
  { method, url = '' }: IncomingMessage,
  { readMetrics, metricsContentType, readiness }: OperationsListenerOptions,
): Promise<Answer> {
  const message = (status: number, text: string) => ({
    status,
    type: json,
    body: `${JSON.stringify({ message: text })}\n`,
  });
  if (method !== 'GET' && method !== 'HEAD') return message(405, 'only GET is answered here');
  switch (url.replace(/\?.*$/s, '')) {
    case '/metrics':
      return { status: 200, type: metricsContentType, body: await readMetrics() };
    case '/healthz':
      return { status: 200, type: json, body: '{"status":"ok"}\n' };
    case '/readyz': {
      const reason = await readiness();
      return reason === null
        ? { status: 200, type: json, body: '{"status":"ready"}\n' }
        : { status: 503, type: json, body: `${JSON.stringify({ status: 'not ready', reason })}\n` };
    }
    default:
      return message(404, 'this address does not exist; there are /metrics, /healthz and /readyz');
  }
}

function fail(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(500, { 'content-type': json });
  response.end('{"message":"the metrics could not be read; see the log"}\n');
}

function listen(server: Server, { host, port, setting }: OperationsListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, host, port, setting)));
    server.listen(port, host, () => resolve());
  });
}
