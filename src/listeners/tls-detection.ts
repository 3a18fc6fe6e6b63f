// Distinguishes TLS connections from plain ones by their first byte, which stays unread for the next reader. Used by https.ts.
// Knows every connection until it closes, so that all can be ended.

import type { Socket } from 'node:net';
import type { ServeSocket } from './connect-proxy.ts';

export interface SocketServers {
  readonly tls: ServeSocket;
  readonly plain: ServeSocket;
}

/** First byte of a TLS connection: the type of a handshake record (RFC 8446 §5.1). */
const handshakeRecord = 0x16;

export class TlsDetection {
  readonly #sockets = new Set<Socket>();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Ends a connection that fails or sends nothing before the time-out. */
  serve(socket: Socket, servers: SocketServers): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const end = () => socket.destroy();
    socket.on('error', end);
    socket.setTimeout(this.#timeoutMs, end);
    socket.once('readable', () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return end();
      socket.setTimeout(0, end);
      socket.unshift(bytes);
      if (bytes[0] === handshakeRecord) servers.tls(socket);
      else servers.plain(socket);
    });
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
