// Answers requests that Node's parser refuses, in the dialect of their path. Encodes raw octets of a request target and passes
// the request to the server again. Used by the HTTP listeners.
// Limit: only the last packet that the parser refused is known. If the raw octet of a request line is not in the first packet,
// the answer is a plain 400.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { mendTarget } from './raw-targets.ts';

const lineFeed = 0x0a;
/** Time for a client to read the answer: the cut discards it, and clients read it when they have sent all. */
const lingerMs = 5_000;

/** Writes the answer of a path to an unreadable request. */
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
  /** The last request of each connection: a refused request after it must not be answered before it. */
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
    // An error of the replaced parser: another parser reads this connection.
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
      // No answer is possible inside another answer.
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
  /** Null if the line has no version. */
  readonly version: string | null;
  /** The bytes after the request line. */
  readonly rest: Buffer;
}

const lineStart = /(?:^|\n)([A-Z]{3,10}) +(?=\S)/g;
const lineEnd = / +(HTTP\/1\.[01])$/;

/** The refused request, if its line begins in the refused packet. */
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

/** The same request with an encoded target. Null: the target has no raw octet. */
function mendHead({ method, target, version, rest }: Head): Buffer | null {
  const encoded = mendTarget(target);
  if (encoded === target || version === null) return null;
  // Only one request: each further one would need another replacement of the parser.
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
  // Further bytes are not read: a client that keeps writing would keep the connection open.
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

/** A connection with encoded first bytes; the rest comes from the socket unchanged. */
export class MendedConnection extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, first: Buffer) {
    super();
    this.#socket = socket;
    // The failed parser gets no further bytes; it ends with the socket.
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

  /** Like net.Socket: after all bytes are written. */
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
