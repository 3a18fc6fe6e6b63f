// One HTTP server with every dialect, reached by plain HTTP and by TLS, and the probes for operators. Used by listeners.ts.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { consoleHttp } from '#dialects/console/http-family.ts';
import type { ConsoleOptions } from '#dialects/console/options.ts';
import { octopushHttp } from '#dialects/octopush/http-family.ts';
import { type OvhHttpServices, ovhHttp } from '#dialects/ovh/http-family.ts';
import { rewriteUrl } from '#dialects/shared/absolute-url.ts';
import { boundBodies } from '#dialects/shared/bodies.ts';
import { answerPlainError, type HttpFamily, routeErrors } from '#dialects/shared/http-errors.ts';
import { recordRefusals } from '#dialects/shared/refusal-notes.ts';
import { fastifyLogger } from '#dialects/shared/request-log.ts';
import { countRequests } from '#dialects/shared/request-metrics.ts';
import { traceRequests } from '#dialects/shared/request-traces.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import { HeldBytes } from '#lib/net/held-bytes.ts';
import { type Clock, steadyClock } from '#lib/time/clock.ts';
import { BrokenRequests, type ParserError } from '#listeners/broken-requests.ts';
import { answerConnect, noTunnels } from '#listeners/connect-proxy.ts';
import { type HttpsListener, type HttpsListenerOptions, openHttpsListener } from '#listeners/https.ts';
import { explainListening, urlOf } from '#listeners/listening.ts';
import type { Services } from '#operations/services.ts';
import { refuseHosts } from './hosts.ts';

export interface ListenersOptions {
  readonly host: string;
  /** 0 closes it. */
  readonly httpPort: number;
  readonly https: Omit<HttpsListenerOptions, 'host' | 'log' | 'gate'>;
  readonly gate: ConnectionGate;
  /** Limit of the memory of all request bodies together. */
  readonly heldMegabytes: number;
  readonly services: Services;
  readonly ovh: Omit<OvhHttpServices, keyof Services | 'clock'>;
  /** Null: closed. */
  readonly console: Omit<ConsoleOptions, 'services' | 'clock'> | null;
  /** Addresses and blocks of proxies whose X-Forwarded headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Null if the platform can do its work now; otherwise a sentence about the missing condition. */
  readonly readiness: () => Promise<string | null>;
  /** Paths that carriers call. Absent in tests of the dialects. */
  readonly carriers?: HttpFamily;
}

export interface Listeners {
  /** The address on this machine, without a final slash; null if the listener is closed. */
  readonly httpUrl: string | null;
  readonly httpsUrl: string | null;
  /** Accepts no new connection and answers requests of open ones, for 2 s at most: a client may never end its request. */
  stop(): Promise<void>;
}

/** A request without its last byte after this time is cut: an upload of 2,000 MB, which is streamed, takes this long. */
const requestTimeoutMs = 900_000;
/** From the connection to the end of its first request head. */
const headersTimeoutMs = 20_000;
const checkConnectionsMs = 5_000;
/** Bodies in memory have 10 s, and then as long as they arrive with 8 kB/s: 5 MB then take 10 minutes at most. */
const bodyGraceMs = 10_000;
const leastBodyRate = 8_000;
const sweepBodiesMs = 1_000;
/** Divisor of the memory limit for one address. */
const addressShare = 4;
const stopGraceMs = 2_000;

export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { host, httpPort, https, log } = options;
  if (httpPort === 0 && https.port === 0) return { httpUrl: null, httpsUrl: null, stop: async () => {} };
  const app = buildHttp(options);
  let secure: HttpsListener | null = null;

  async function stop(): Promise<void> {
    const impatience = setTimeout(() => {
      app.server.closeAllConnections();
      secure?.cut();
    }, stopGraceMs);
    await Promise.all([app.close(), secure?.close()]);
    clearTimeout(impatience);
  }

  try {
    const httpUrl = await listen(app, host, httpPort);
    if (https.port === 0 && !https.isProxy) answerConnect(app.server, noTunnels);
    else secure = await openHttpsListener(app.server, { ...https, host, log, gate: options.gate });
    return { httpUrl, httpsUrl: secure?.url ?? null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns its address; null if the port is 0. */
async function listen(app: FastifyInstance, host: string, port: number): Promise<string | null> {
  if (port === 0) {
    await app.ready();
    return null;
  }
  await app.listen({ host, port, backlog: 2048 }).catch((error: unknown) => {
    throw explainListening(error, host, port, 'CHAPPE_HTTP_PORT');
  });
  return urlOf('http', host, (app.server.address() as { port: number }).port);
}

/** The HTTP application without its socket, for the server and for tests. */
export function buildHttp(options: Omit<ListenersOptions, 'host' | 'httpPort' | 'https'>): FastifyInstance {
  const { services, clock } = options;
  const families = [
    octopushHttp({ ...services, clock }),
    ovhHttp({ ...options.ovh, ...services, clock }),
    ...(options.console === null ? [] : [consoleHttp({ ...options.console, services, clock })]),
    ...(options.carriers === undefined ? [] : [options.carriers]),
  ];
  const errors = routeErrors(families);
  const broken = new BrokenRequests((target, status) => errors.answerBroken(target, status, options.log));
  const app = fastify({
    loggerInstance: fastifyLogger(options.log) as never,
    logController: new LogController({ disableRequestLogging: true }),
    // Log entries of a request carry its id: a child logger for each request would be waste.
    childLoggerFactory: (logger: unknown) => logger,
    rewriteUrl,
    ...(options.trustedProxies.length > 0 && { trustProxy: [...options.trustedProxies] }),
    bodyLimit: 8 * 1024 * 1024,
    routerOptions: { ignoreDuplicateSlashes: true },
    forceCloseConnections: 'idle',
    // Requests on open connections are completed: the parts they need stop after the listeners.
    return503OnClosing: false,
    // Query strings carry whole submissions of GET requests: 500 recipients are 7 kB.
    http: {
      maxHeaderSize: 128 * 1024,
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: checkConnectionsMs,
      // A request without a Host is refused in its dialect (hosts.ts).
      requireHostHeader: false,
    },
    clientErrorHandler: (error: ParserError, socket: Duplex) => broken.onClientError(error, socket),
    keepAliveTimeout: 72_000,
    requestTimeout: requestTimeoutMs,
    frameworkErrors: errors.answerError,
  } as never) as unknown as FastifyInstance;
  broken.watch(app.server);
  // Before Node's own listener, which begins to read.
  app.server.prependListener('connection', (socket: Socket) => {
    if (!isHandedOver(socket)) options.gate.admit(socket);
  });
  boundBodies(app, sweptBounds(app, options.heldMegabytes * 1024 * 1024));
  app.setErrorHandler(answerPlainError);
  countRequests(app, errors.prefixOf);
  recordRefusals(app, (refused) => services.refusedRequests.note(refused));
  traceRequests(app, clock);
  app.addHook('onRequest', refuseHosts);
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const missing = await options.readiness();
    return missing === null
      ? { status: 'ready' }
      : reply.code(503).send({ status: 'not ready', reason: missing });
  });
  for (const family of families) family.register(app);
  app.setNotFoundHandler((request, reply) => errors.answerNotFound(request, reply));
  return app;
}

/** TLS and repaired connections pass through a socket that was counted already. */
function isHandedOver(socket: Socket & { encrypted?: boolean }): boolean {
  return socket.encrypted === true || !(socket instanceof Socket);
}

function sweptBounds(app: FastifyInstance, mostBytes: number): HeldBytes {
  let sweeping: NodeJS.Timeout | undefined;
  const sweep = () => {
    bounds.sweep();
    sweeping = bounds.unfinished === 0 ? undefined : setTimeout(sweep, sweepBodiesMs).unref();
  };
  const bounds = new HeldBytes({
    mostBytes,
    mostBytesPerAddress: Math.ceil(mostBytes / addressShare),
    graceMs: bodyGraceMs,
    leastRate: leastBodyRate,
    now: () => steadyClock.now(),
    onOpen() {
      sweeping ??= setTimeout(sweep, sweepBodiesMs).unref();
    },
  });
  app.addHook('onClose', async () => clearTimeout(sweeping));
  return bounds;
}
