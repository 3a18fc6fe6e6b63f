// Answers requests that Node's parser refuses, in the dialect of their path; mends those whose target holds octets that
// clients should have encoded, and hands them to the server again. Used by doors.ts.
// Limit: only what the parser refused with its last piece is known. A request line that comes in several pieces, with
// the raw octet not in the first, is refused in words of HTTP alone.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { mendTarget } from './raw-targets.ts';

const lineFeed = 0x0a;
/** Time for an answer to leave. */
const lingerMs = 1_000;

/** How a path says that a request to it cannot be read. */
export type AnswerBroken = (target: string, status: number) => BrokenAnswer;

export interface BrokenAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

export class BrokenRequests {
  readonly #answer: AnswerBroken;
  /** Of each connection the last request: a refused one behind it must not be answered before it. */
  readonly #last = new WeakMap<Duplex, ServerResponse>();
  readonly #handedOver = new WeakSet<Duplex>();
  #server: Server | null = null;

  constructor(answer: AnswerBroken) {
    this.#answer = answer;
  }

  watch(server: Server): void {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#last.set(request.socket, response),
    );
  }

  /** Node's event `clientError`. */
  onClientError(error: ParserError, socket: Duplex): void {
    // The parser that was left behind: another one reads this connection.
    if (this.#handedOver.has(socket)) return;
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const head = readHead(error);
    const response = this.#last.get(socket);
    const isOpen = response !== undefined && !response.writableFinished;
    const whole = head === null || isOpen || socket instanceof MendedConnection ? null : mendHead(head);
    if (whole !== null) {
      this.#handedOver.add(socket);
      this.#server!.emit('connection', new MendedConnection(socket as Socket, whole));
    } else if (isOpen && response.headersSent) {
      // In the middle of another answer nothing can be said.
      socket.destroy();
    } else {
      const target = head?.target ?? (isOpen ? response.req.url : undefined) ?? '';
      refuse(socket, this.#answer(target, statusOf(error)));
    }
  }
}

interface Head {
  readonly method: string;
  readonly target: string;
  /** Null when the line ends without one. */
  readonly version: string | null;
  /** From the end of the request line on. */
  readonly rest: Buffer;
}

const lineStart = /(?:^|\n)([A-Z]{3,10}) +(?=\S)/g;
const lineEnd = / +(HTTP\/1\.[01])$/;

/** The request that the parser stopped in, when its line begins in the piece that was refused. */
function readHead({ rawPacket, bytesParsed = 0 }: ParserError): Head | null {
  if (!Buffer.isBuffer(rawPacket)) return null;
  const before = rawPacket.toString('latin1', 0, bytesParsed + 1);
  const start = [...before.matchAll(lineStart)].at(-1);
  if (start === undefined) return null;
  const from = start.index + start[0].length;
  const feed = rawPacket.indexOf(lineFeed, from);
  const end = feed === -1 ? rawPacket.length : feed;
  const line = rawPacket.toString('latin1', from, end).replace(/\r$/, '');
  const version = lineEnd.exec(line);
  return {
    method: start[1]!,
    target: line.slice(0, version?.index ?? line.length),
    version: version?.[1] ?? null,
    rest: rawPacket.subarray(end + 1),
  };
}

/** The same request with an encoded target; null where there is nothing to mend. */
function mendHead({ method, target, version, rest }: Head): Buffer | null {
  const encoded = mendTarget(target);
  if (encoded === target || version === null) return null;
  // One request and no more: the connection would have to be handed over again for each.
  return Buffer.concat([Buffer.from(`${method} ${encoded} ${version}\r\nconnection: close\r\n`), rest]);
}

function statusOf({ code }: ParserError): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

function refuse(socket: Duplex, { status, contentType, body }: BrokenAnswer): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // What still comes is not read: a client that goes on writing would keep the connection for ever.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

/** A connection whose first bytes were mended: what follows comes from the socket as it is. */
export class MendedConnection extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, first: Buffer) {
    super();
    this.#socket = socket;
    // The parser that failed must see no more of it; it ends with the socket.
    socket.removeAllListeners('data');
    socket.removeAllListeners('end');
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('close', () => this.destroy());
    socket.on('error', () => this.destroy());
    this.push(first);
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get encrypted(): boolean {
    return (this.#socket as { encrypted?: boolean }).encrypted === true;
  }

  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#socket.setTimeout(ms, onTimeout);
    return this;
  }

  /** As net.Socket does it: once all is written. */
  destroySoon(): void {
    this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
