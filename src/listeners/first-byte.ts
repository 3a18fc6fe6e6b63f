// Tells connections that speak TLS from those that do not by their first byte, which is left for whoever takes them on.
// Serves the HTTPS door. Knows every connection from there to its end, so that it can be ended by force.
import type { Socket } from 'node:net';

export type Take = (socket: Socket) => void;

export interface Ways {
  readonly tls: Take;
  readonly plain: Take;
}

/** What every TLS connection begins with: the type of its first record (RFC 8446 §5.1). */
const handshakeRecord = 0x16;

export class FirstByte {
  readonly #sockets = new Set<Socket>();
  readonly #withinMs: number;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** A connection that says nothing in time, or fails, is ended. */
  sort(socket: Socket, ways: Ways): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const giveUp = () => socket.destroy();
    socket.on('error', giveUp);
    socket.setTimeout(this.#withinMs, giveUp);
    socket.once('readable', () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return giveUp();
      socket.setTimeout(0, giveUp);
      socket.unshift(bytes);
      if (bytes[0] === handshakeRecord) ways.tls(socket);
      else ways.plain(socket);
    });
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
