// Listens on a port and hands every connection over as a link. Serves the SMPP door and the simulated carrier.
// It knows no protocol and keeps no connection alive that its owner has closed.

import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Conversation, TcpLink } from './tcp-link.ts';

export interface TcpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Certificate and key; plain TCP without. */
  readonly tls?: TlsOptions;
  /** Connections beyond are closed at once. */
  readonly maxConnections?: number;
}

export interface TcpServer {
  readonly port: number;
  /** Stops listening and cuts the connections that are still open. */
  close(): Promise<void>;
}

/** `accept` makes the conversation of a new connection; `open` is called when its link stands. */
export type Accept = (remoteAddress: string) => Conversation & { open(link: TcpLink): void };

export async function listenTcp(options: TcpServerOptions, accept: Accept): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    const conversation = accept(socket.remoteAddress ?? '');
    conversation.open(new TcpLink(socket, conversation));
  };
  const server = options.tls === undefined ? createServer(take) : createTlsServer(options.tls, take);
  // Under TLS too these are the plain sockets, those that have not shaken hands included.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      // Later errors are connections that could not be taken (no file left, say): the peer's loss, it will be back.
      server.on('error', () => {});
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
