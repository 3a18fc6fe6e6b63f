// Listens on a port and creates a link for each connection. Used by the SMPP listener and the simulated carrier. Knows no
// protocol, and keeps no connection that its conversation has closed.

import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { type Conversation, TcpLink } from './tcp-link.ts';

export interface TcpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Certificate and key; absent: plain TCP. */
  readonly tls?: TlsOptions;
  /** Ends a new connection and returns false if it may not stay. */
  readonly admit?: (socket: Socket) => boolean;
  /** Further connections are closed immediately. */
  readonly maxConnections?: number;
}

export interface TcpServer {
  readonly port: number;
  /** Accepts no further connection; the open ones continue. */
  stopAccepting(): void;
  /** Of a server with TLS: for further connections. */
  useCertificate(tls: SecureContextOptions): void;
  /** Stops listening and closes the open connections. */
  close(): Promise<void>;
}

/** Creates the conversation of a new connection; `open` is called when its link is ready. */
export type Accept = (remoteAddress: string) => Conversation & { open(link: TcpLink): void };

export async function listenTcp(options: TcpServerOptions, accept: Accept): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const refused = new WeakSet<Socket>();
  const take = (socket: Socket) => {
    if (refused.has(socket)) return;
    const conversation = accept(socket.remoteAddress ?? '');
    conversation.open(new TcpLink(socket, conversation));
  };
  const secure = options.tls === undefined ? null : createTlsServer(options.tls, take);
  const server = secure ?? createServer(take);
  // A peer that speaks no TLS, or breaks off: its socket is closed.
  secure?.on('tlsClientError', (_error, socket) => socket.destroy());
  // With TLS too these are the plain sockets, including those before the handshake.
  server.prependListener('connection', (socket: Socket) => {
    if (options.admit?.(socket) === false) {
      refused.add(socket);
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      // Later errors concern connections that cannot be accepted (no descriptor left); their peers try again.
      server.on('error', () => {});
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stopAccepting: () => {
      server.close();
    },
    useCertificate: (tls) => secure?.setSecureContext(tls),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
