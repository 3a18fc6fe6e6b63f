// The ways to the HTTP server beside plain HTTP: TLS on a port of its own and, where the operator allows it, tunnels.
// Every connection ends in that one server, so that application, limits and time-outs are the same for all of them.
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type Server as Listener, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsEnd } from 'node:tls';
import { type LoopLog, startLoop } from '#lib/async/loop.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import type { Certificate } from '#main/local-authority.ts';
import { answerConnect, noTunnels, type Tunnel } from './connect-proxy.ts';
import { FirstByte, type Take } from './first-byte.ts';
import { explainListening, urlOf } from './listening.ts';

/** The events that this listener logs. */
export interface HttpsLog extends LoopLog {
  debug(event: 'tls.connection_failed', fields: { err: string }): void;
  info(event: 'tls.certificate_replaced'): void;
}

export interface HttpsListenerOptions {
  readonly host: string;
  /** 0: no port of its own, only tunnels. */
  readonly port: number;
  readonly isProxy: boolean;
  /** Asked again every day: one that was renewed is shown without a restart. */
  readonly certificate: () => Promise<Certificate>;
  /** Shared with the other listeners. */
  readonly gate: ConnectionGate;
  readonly log: HttpsLog;
}

export interface HttpsListener {
  /** As seen from this machine, without a slash at its end; null when it has no port. */
  readonly url: string | null;
  /** Takes no new connection and waits for the end of those that are there. */
  close(): Promise<void>;
  /** Ends those that are still there. */
  cut(): void;
}

const renewEveryMs = 86_400_000;
/** From the connection to its first byte, and from there to the end of the handshake. */
const handshakeMs = 20_000;

/** `http` listens already, if it ever will. */
export async function openHttpsListener(http: Server, options: HttpsListenerOptions): Promise<HttpsListener> {
  const { host, port, isProxy, certificate, log } = options;
  const shown = await certificate();
  const tunnelled = new WeakSet<Socket>();
  const serve: Take = (socket) => http.emit('connection', socket);
  const serveTunnelled: Take = (socket) => {
    tunnelled.add(socket);
    serve(socket);
  };
  const refusing = createRefusingServer();
  const tls = createTlsEnd(shown, serve, log);
  const tunnelTls = createTlsEnd(shown, serveTunnelled, log);
  const onPort = { tls: enter(tls), plain: enter(refusing) };
  const inTunnel = { tls: enter(tunnelTls), plain: serveTunnelled };
  const firstByte = new FirstByte(handshakeMs);

  const tunnel: Tunnel = (socket) => {
    if (!isProxy) return noTunnels(socket);
    // A tunnel in a tunnel in a tunnel would cost us more than the client.
    return tunnelled.has(socket) ? 'a tunnel leads no further' : (inside) => firstByte.sort(inside, inTunnel);
  };
  for (const server of [http, refusing]) answerConnect(server, tunnel);

  const listener = createServer({ noDelay: true }, (socket) => {
    if (options.gate.admit(socket)) firstByte.sort(socket, onPort);
  });
  if (port !== 0) await listen(listener, host, port);
  // Node keeps account of connections, which time-outs and a clean end need, only in a server that believes it listens.
  if (!http.listening) http.emit('listening');
  const renewal = keepShowing([tls, tunnelTls], shown, certificate, log);
  return {
    url: port === 0 ? null : urlOf('https', host, (listener.address() as { port: number }).port),
    async close() {
      const closed = port === 0 ? null : new Promise((resolve) => listener.close(resolve));
      http.closeIdleConnections();
      await Promise.all([renewal.stop(), closed]);
    },
    cut: () => firstByte.cut(),
  };
}

/** What a server does with a connection of its own, for one that another took. */
function enter(server: Server | TlsEnd): Take {
  return (socket) => server.emit('connection', socket);
}

/** TLS and nothing of HTTP: who has shaken hands is taken on. */
function createTlsEnd(shown: Certificate, take: Take, log: HttpsLog): TlsEnd {
  const end = createTlsServer(
    { ...shown, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout: handshakeMs },
    take,
  );
  end.on('tlsClientError', (error) => log.debug('tls.connection_failed', { err: error.message }));
  return end;
}

/** Keys do not belong on a port that is believed to be encrypted: whoever asks there in the clear is told. */
function createRefusingServer(): Server {
  return createHttpServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end('this port speaks TLS: call it by https\n');
  }).setTimeout(handshakeMs);
}

function listen(listener: Listener, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Errors after this one are connections that could not be taken (no file left, say): the peer's loss.
    listener.on('error', (error) => reject(explainListening(error, host, port, 'CHAPPE_HTTPS_PORT')));
    listener.listen({ host, port, backlog: 2048 }, resolve);
  });
}

function keepShowing(
  ends: readonly TlsEnd[],
  first: Certificate,
  certificate: () => Promise<Certificate>,
  log: HttpsLog,
) {
  let shown = first;
  return startLoop({
    name: 'certificate',
    everyMs: renewEveryMs,
    log,
    async work() {
      const current = await certificate();
      if (current.cert === shown.cert && current.key === shown.key) return;
      shown = current;
      for (const end of ends) end.setSecureContext({ ...shown, minVersion: 'TLSv1.2' });
      log.info('tls.certificate_replaced');
    },
  });
}
