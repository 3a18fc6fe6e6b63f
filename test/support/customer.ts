// The customer's side of the callbacks: an HTTP server that records every callback and answers as the test sets.
// For tests only.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** Answers with a status, closes the connection without an answer, never answers, or answers on request. */
export type Manner = number | 'hang-up' | 'hang' | 'wait';

export interface Push {
  /** The path, which differs between accounts. */
  readonly path: string;
  readonly method: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The fields of the form or of the query of a GET, or the members of the JSON object. */
  readonly fields: Readonly<Record<string, string>>;
  /** Digits of the number in the callback. */
  readonly number: string;
  readonly status: string;
  /** The ticket of the campaign. */
  readonly ticket: string;
  readonly manner: Manner;
}

export class Customer {
  readonly pushes: Push[] = [];
  /** Decides for each push; the path comes without its query. */
  manner: (push: Omit<Push, 'manner'>) => Manner = () => 200;
  /** False after a test has closed it. */
  isUntouched = true;
  readonly #server: Server;
  readonly #waiting: (() => void)[] = [];
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('error', () => {});
      request.on('end', () => {
        const read = readPush(request, Buffer.concat(parts).toString());
        const manner = this.manner(read);
        if (manner === 'wait') {
          this.#waiting.push(() => {
            // The client no longer waits for the answer.
            if (response.destroyed) return;
            this.pushes.push({ ...read, manner: 200 });
            response.writeHead(200).end();
          });
          return;
        }
        this.pushes.push({ ...read, manner });
        if (manner === 'hang-up') request.socket.destroy();
        else if (manner !== 'hang') response.writeHead(manner).end();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  static async open(): Promise<Customer> {
    const customer = new Customer();
    // No outgoing connection uses the port while the server is closed.
    await customer.#listen(await freePort());
    return customer;
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        this.#port = port;
        resolve();
      });
    });
  }

  url(path = '/receipts'): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** Closes its port until it is opened again. */
  close(): Promise<void> {
    this.isUntouched = false;
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  comeBack(): Promise<void> {
    return this.#listen(this.#port);
  }

  /** Answers 200 to waiting and later callbacks. */
  answerAll(): void {
    this.manner = () => 200;
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** Callbacks that were answered with 2xx. */
  get taken(): Push[] {
    return this.pushes.filter(({ manner }) => typeof manner === 'number' && manner < 300);
  }

  /** Waits for so many pushes that were taken, at this path when one is named. */
  whenTaken(count: number, path?: string): Promise<Push[]> {
    const seen = () => this.taken.filter((push) => path === undefined || push.path === path);
    return until(
      `the customer has taken ${count} pushes`,
      () => {
        const taken = seen();
        return taken.length >= count && taken;
      },
      { tell: () => seen().map(({ path: at, number, status }) => `${at} ${number} ${status}`) },
    );
  }

  /** Waits for the push about one number that was taken. */
  whenTold(number: string): Promise<Push> {
    return until(
      `the customer was told of ${number}`,
      () => this.taken.find((push) => push.number === number),
      { tell: () => this.pushes.map((push) => `${push.number} ${push.status}`) },
    );
  }
}

function readPush({ method = '', url = '', headers }: IncomingMessage, body: string): Omit<Push, 'manner'> {
  const [path, query = ''] = url.split('?', 2) as [string, string?];
  const isJson = (headers['content-type'] ?? '').includes('json');
  const fields: Record<string, string> = isJson
    ? (JSON.parse(body) as Record<string, string>)
    : Object.fromEntries(new URLSearchParams(method === 'GET' ? query : body));
  return {
    method,
    path,
    query,
    headers,
    body,
    fields,
    number: String(fields['number'] ?? '').replace(/^(\+|00)/, ''),
    status: String(fields['status'] ?? ''),
    ticket: String(fields['message_id'] ?? ''),
  };
}
