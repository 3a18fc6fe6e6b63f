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
  app.addHook('onResponse', (request, reply, done) => {
    const path = prefixOf(request.url) ?? 'other';
    requests.add({ path, status: String(reply.statusCode) });
    answerTime.observe({ path }, reply.elapsedTime);
    done();
  });
}
