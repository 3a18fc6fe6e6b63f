// The doors: one HTTP server with every dialect behind it, and the probes for operators.
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { rewriteUrl } from '#dialects/absolute-url.ts';
import type { Customers } from '#dialects/dialect.ts';
import { answerLegacyError, octopushLegacyRoutes } from '#dialects/octopush-legacy/routes.ts';
import type { RestDesks } from '#dialects/octopush-rest/desks.ts';
import { answerRestError, octopushRestRoutes } from '#dialects/octopush-rest/routes.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { explainListening, urlOf } from './listening.ts';

export interface DoorsOptions {
  readonly host: string;
  readonly httpPort: number;
  readonly customers: Customers;
  readonly restDesks: RestDesks;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the platform can do its work now; what is missing, in words, otherwise. */
  readonly readiness: () => Promise<string | null>;
}

export interface Doors {
  /** As seen from this machine, without a slash at its end; null when the door is closed. */
  readonly httpUrl: string | null;
  /** Takes no new request and waits for those under way, but not for ever: a client may never end its request. */
  stop(): Promise<void>;
}

/** A request whose last byte has not come by then is given up. 5 MB in this time are 350 kbit/s. */
const requestTimeoutMs = 120_000;
const stopGraceMs = 2_000;

export async function openDoors(options: DoorsOptions): Promise<Doors> {
  if (options.httpPort === 0) return { httpUrl: null, stop: async () => {} };
  const app = buildHttp(options);
  await app.listen({ host: options.host, port: options.httpPort, backlog: 2048 }).catch((error: unknown) => {
    throw explainListening(error, options.host, options.httpPort, 'CHAPPE_HTTP_PORT');
  });
  const { port } = app.server.address() as { port: number };
  return {
    httpUrl: urlOf('http', options.host, port),
    async stop() {
      const impatience = setTimeout(() => app.server.closeAllConnections(), stopGraceMs);
      await app.close();
      clearTimeout(impatience);
    },
  };
}

/** The HTTP application without its socket, for the server and for tests. */
export function buildHttp(options: Omit<DoorsOptions, 'host' | 'httpPort'>): FastifyInstance {
  const { customers, restDesks, clock } = options;
  const app = fastify({
    loggerInstance: options.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl,
    bodyLimit: 8 * 1024 * 1024,
    routerOptions: { ignoreDuplicateSlashes: true },
    forceCloseConnections: 'idle',
    // Query strings carry whole GET sends: 500 recipients are 7 kB.
    http: { maxHeaderSize: 128 * 1024 },
    keepAliveTimeout: 72_000,
    requestTimeout: requestTimeoutMs,
    // What fails before a route is found is still told in the dialect of its path.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      request.url.startsWith('/v1/public/')
        ? answerRestError(error, request, reply)
        : answerLegacyError(error, request, reply),
  } as never) as unknown as FastifyInstance;
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const missing = await options.readiness();
    return missing === null
      ? { status: 'ready' }
      : reply.code(503).send({ status: 'not ready', reason: missing });
  });
  app.register(async (scope) => octopushLegacyRoutes(scope, { customers, clock }));
  app.register(async (scope) => octopushRestRoutes(scope, { customers, desks: restDesks }));
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ message: 'there is no such address here; see the documentation of the dialects' }),
  );
  return app;
}
