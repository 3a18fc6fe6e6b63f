// The HTTPS listener, and tunnels of the proxy. Used by main in addition to plain HTTP. Every connection ends in the same HTTP
// server, so that application, limits and time-outs are equal for all of them.

import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type Server as Listener, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { type Loop, type LoopLog, startLoop } from '#lib/async/loop.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import type { CertificateWithKey } from '#lib/security/x509/certificates.ts';
import { dayMs } from '#lib/time/duration.ts';
import { answerConnect, noTunnels, type OpenTunnel, type ServeSocket } from './connect-proxy.ts';
import { explainListening, urlOf } from './listening.ts';
import { TlsDetection } from './tls-detection.ts';

/** The events that this listener logs. */
export interface HttpsLog extends LoopLog {
  debug(event: 'tls.connection_failed', fields: { err: string }): void;
  info(event: 'tls.certificate_replaced'): void;
}

export interface HttpsListenerOptions {
  readonly host: string;
  /** 0: no port, only tunnels. */
  readonly port: number;
  readonly isProxy: boolean;
  /** Called again every day, so that a renewed certificate is used without a restart. */
  readonly certificate: () => Promise<CertificateWithKey>;
  /** Shared with the other listeners. */
  readonly gate: ConnectionGate;
  readonly log: HttpsLog;
}

export interface HttpsListener {
  /** As seen from this machine, without a slash at its end. Null: no port. */
  readonly url: string | null;
  /** Accepts no new connection and waits for the end of the open ones. */
  close(): Promise<void>;
  /** Ends the open connections. */
  cut(): void;
}

const renewEveryMs = dayMs;
/** From the connection to its first byte, and from there to the end of the handshake. */
const handshakeTimeoutMs = 20_000;

/** Called after `http` listens, if it listens at all. */
export async function openHttpsListener(http: Server, options: HttpsListenerOptions): Promise<HttpsListener> {
  const { host, port, isProxy, certificate, log } = options;
  const current = await certificate();
  const tunnelled = new WeakSet<Socket>();
  const serve: ServeSocket = (socket) => http.emit('connection', socket);
  const serveTunnelled: ServeSocket = (socket) => {
    tunnelled.add(socket);
    serve(socket);
  };
  const refusing = createRefusingServer();
  const tls = createTls(current, serve, log);
  const tunnelTls = createTls(current, serveTunnelled, log);
  const onPort = { tls: connectionsOf(tls), plain: connectionsOf(refusing) };
  const inTunnel = { tls: connectionsOf(tunnelTls), plain: serveTunnelled };
  const detection = new TlsDetection(handshakeTimeoutMs);

  const openTunnel: OpenTunnel = (socket) => {
    if (!isProxy) return noTunnels(socket);
    // Nested tunnels would cost this process more than the client.
    return tunnelled.has(socket)
      ? 'a tunnel leads no further'
      : (inside) => detection.serve(inside, inTunnel);
  };
  for (const server of [http, refusing]) answerConnect(server, openTunnel);

  const listener = createServer({ noDelay: true }, (socket) => {
    if (options.gate.admit(socket)) detection.serve(socket, onPort);
  });
  if (port !== 0) await listen(listener, host, port);
  // Node tracks connections, for time-outs and a clean end, only in a server that has emitted `listening`.
  if (!http.listening) http.emit('listening');
  const renewal = renewCertificate([tls, tunnelTls], current, certificate, log);
  return {
    url: port === 0 ? null : urlOf('https', host, (listener.address() as { port: number }).port),
    async close() {
      const closed = port === 0 ? null : new Promise((resolve) => listener.close(resolve));
      http.closeIdleConnections();
      await Promise.all([renewal.stop(), closed]);
    },
    cut: () => detection.destroyAll(),
  };
}

/** Gives the server a socket that another server accepted. */
function connectionsOf(server: Server | TlsServer): ServeSocket {
  return (socket) => server.emit('connection', socket);
}

/** Serves each socket after its handshake. Knows nothing of HTTP. */
function createTls(certificate: CertificateWithKey, serve: ServeSocket, log: HttpsLog): TlsServer {
  const server = createTlsServer(
    {
      ...certificate,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: handshakeTimeoutMs,
    },
    serve,
  );
  server.on('tlsClientError', (error) => log.debug('tls.connection_failed', { err: error.message }));
  return server;
}

/** Refuses plain HTTP on the TLS port: the client believes that its keys are encrypted. */
function createRefusingServer(): Server {
  return createHttpServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end('this port speaks TLS: call it by https\n');
  }).setTimeout(handshakeTimeoutMs);
}

function listen(listener: Listener, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Later errors are connections that could not be accepted, for example without free file descriptors.
    listener.on('error', (error) => reject(explainListening(error, host, port, 'CHAPPE_HTTPS_PORT')));
    listener.listen({ host, port, backlog: 2048 }, resolve);
  });
}

function renewCertificate(
  servers: readonly TlsServer[],
  first: CertificateWithKey,
  certificate: () => Promise<CertificateWithKey>,
  log: HttpsLog,
): Loop {
  let current = first;
  return startLoop({
    name: 'certificate',
    everyMs: renewEveryMs,
    log,
    async work() {
      const read = await certificate();
      if (read.cert === current.cert && read.key === current.key) return;
      current = read;
      for (const server of servers) server.setSecureContext({ ...current, minVersion: 'TLSv1.2' });
      log.info('tls.certificate_replaced');
    },
  });
}
