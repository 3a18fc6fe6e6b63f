// CONNECT: clients with a host written into them ask a proxy for a tunnel to it, and are given one to ourselves.
// Whatever host a client names, nothing here opens a connection to anywhere.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Take } from './first-byte.ts';

const established = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** What becomes of a connection that asks for a tunnel: who takes it on from inside of one, or why it gets none. */
export type Tunnel = (socket: Socket) => Take | string;

export const noTunnels: Tunnel = () =>
  'this is no proxy; its operator can make it one with CHAPPE_PROXY=true';

export function answerConnect(server: Server, tunnel: Tunnel): void {
  server.on('connect', (_request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const take = tunnel(socket);
    if (typeof take === 'string') return refuse(socket, take);
    socket.write(established);
    if (head.length > 0) socket.unshift(head);
    take(socket);
  });
}

/** RFC 9110 §9.3.6 and §15.5.6. */
function refuse(socket: Socket, why: string): void {
  const text = `${why}\n`;
  socket.end(
    [
      'HTTP/1.1 405 Method Not Allowed',
      'Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}
