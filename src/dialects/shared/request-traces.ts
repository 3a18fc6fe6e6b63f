// Lets the traces of messages begin with the HTTP request that sent them. Used by the HTTP server of customers, which has no hook
// while tracing is off.
import type { FastifyInstance } from 'fastify';
import { isTracing, runInRequest } from '#lib/observability/tracing.ts';
import type { Clock } from '#lib/time/clock.ts';

export function traceRequests(app: FastifyInstance, clock: Clock): void {
  if (!isTracing()) return;
  // Last before the handler: the body was read in the context of its socket.
  app.addHook('preHandler', (request, reply, done) => {
    const { traceparent } = request.headers;
    const traced = {
      startMs: clock.now() - reply.elapsedTime,
      route: request.routeOptions.url ?? '',
      traceparent: typeof traceparent === 'string' ? traceparent : null,
    };
    runInRequest(traced, done);
  });
}
