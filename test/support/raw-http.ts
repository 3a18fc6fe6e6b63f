// HTTP written byte by byte over real sockets, as no library would write it. For tests only.
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Bytes one to a character; `é` in a template is one octet of Windows-1252. */
export const octets = (text: string) => Buffer.from(text, 'latin1');
export const utf8 = (text: string) => Buffer.from(text);

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port, protocol } = new URL(url);
  const options = { host: hostname, port: Number(port) };
  const socket =
    protocol === 'https:' ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
  socket.on('error', () => {});
  await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
  return socket;
}

/** Asks a proxy for a tunnel and speaks plainly through it. */
export async function openTunnel(url: string, target: string): Promise<Socket> {
  const socket = await openSocket(url);
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

/** Pieces that follow sooner are often read together on a busy machine. */
const betweenPiecesMs = 60;

/** Writes the pieces one after the other and reads until the other side ends, or the announced length is there. */
export async function exchange(socket: Socket, ...pieces: readonly Buffer[]): Promise<RawAnswer> {
  let heard = Buffer.alloc(0);
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (isWhole(heard)) resolve();
    });
    socket.once('close', () => resolve());
  });
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, betweenPiecesMs));
  }
  await ended;
  socket.destroy();
  const text = heard.toString();
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1] ?? 0), headers: head, body: rest.join('\r\n\r\n') };
}

function isWhole(heard: Buffer): boolean {
  const end = heard.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /content-length: *(\d+)/i.exec(heard.toString('latin1', 0, end))?.[1];
  return length !== undefined && heard.length >= end + 4 + Number(length);
}
