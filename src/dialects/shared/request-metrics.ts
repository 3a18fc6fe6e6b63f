// Counts the answered HTTP requests by the first part of their path. Used by the HTTP server of customers.
import type { FastifyInstance } from 'fastify';
import { counter, duration } from '#lib/observability/metrics.ts';

const requests = counter({
  name: 'chappe_http_requests_total',
  help: 'Answered HTTP requests, by the path prefix of the dialect (`other` for probes and unknown paths) and by status code.',
  labels: ['path', 'status'],
});
const answerTime = duration({
  name: 'chappe_http_answer_seconds',
  help: 'Time from the head of an HTTP request to the end of its answer, which leaves after the commit.',
  labels: ['path'],
});

/** `prefixOf` returns the prefix of a dialect for the path of a request, or null. */
export function countRequests(app: FastifyInstance, prefixOf: (url: string) => string | null): void {
  // By the pattern of the route, which is short: a query string can have 7 kB.
  const pathOfRoute = new Map<string, string>();
  function pathOf(route: string | undefined, url: string): string {
    const known = route === undefined ? undefined : pathOfRoute.get(route);
    if (known !== undefined) return known;
    const path = prefixOf(url) ?? 'other';
    if (route !== undefined) pathOfRoute.set(route, path);
    return path;
  }
  app.addHook('onResponse', (request, reply, done) => {
    const path = pathOf(request.routeOptions.url, request.url);
    requests.add({ path, status: String(reply.statusCode) });
    answerTime.observe({ path }, reply.elapsedTime);
    done();
  });
}
