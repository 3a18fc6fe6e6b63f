// Answers CONNECT: clients with a fixed host ask a proxy for a tunnel to it, and get a tunnel to this process. Used by https.ts
// and by main. Never opens a connection to another host, whichever one the client names.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

const established = 'HTTP/1.1 200 Connection established\r\n\r\n';

export type ServeSocket = (socket: Socket) => void;

/** Returns the function that serves the inside of a tunnel, or the sentence that refuses it. */
export type OpenTunnel = (socket: Socket) => ServeSocket | string;

export const noTunnels: OpenTunnel = () =>
  'this is no proxy; its operator can make it one with CHAPPE_PROXY=true';

export function answerConnect(server: Server, openTunnel: OpenTunnel): void {
  server.on('connect', (_request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const serve = openTunnel(socket);
    if (typeof serve === 'string') return refuse(socket, serve);
    socket.write(established);
    if (head.length > 0) socket.unshift(head);
    serve(socket);
  });
}

/** RFC 9110 §9.3.6 and §15.5.6. */
function refuse(socket: Socket, reason: string): void {
  const text = `${reason}\n`;
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
