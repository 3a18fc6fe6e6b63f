// Answers errors of HTTP requests in the form of a dialect. Used by every HTTP dialect. A family registers its routes and the
// prefixes below which errors have its form: also errors of paths without a route, and of requests that were never parsed.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '#domain/base/log-events.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { BrokenAnswer } from '#listeners/broken-requests.ts';
import type { Caller } from '#operations/account/refused-requests.ts';
import { noteRefusal } from './refusal-notes.ts';
import { fastifyLogger, logFailedRequest } from './request-log.ts';
import { isUnstorable } from './unstorable.ts';
import { WireRefusal } from './wire-refusal.ts';

/** An error handler of Fastify. */
export type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

export interface ErrorAnswers {
  /** Names the dialect in the log. */
  readonly name: string;
  /**
   * The account that a request names, for the list of refused requests. Absent: refusals of these routes are not listed. May throw.
   */
  readonly readCaller?: (request: FastifyRequest) => Caller | null;
  refused(error: RefusedError | WireRefusal, request: FastifyRequest, reply: FastifyReply): FastifyReply;
  /** Fastify could not read the request, or (`unstorable`) a value in it is one that no column can hold. */
  malformed(
    request: FastifyRequest,
    reply: FastifyReply,
    fault: { readonly status: number } | 'unstorable',
  ): FastifyReply;
  /** There is no such path. */
  badUrl(request: FastifyRequest, reply: FastifyReply): FastifyReply;
  /** The cause is logged and never part of the answer. */
  internal(request: FastifyRequest, reply: FastifyReply): FastifyReply;
}

export function answerHttpErrors(answers: ErrorAnswers): AnswerError {
  return (error, request, reply) => {
    const { name, readCaller } = answers;
    if (error instanceof RefusedError || error instanceof WireRefusal) {
      const answered = answers.refused(error, request, reply);
      if (readCaller !== undefined) noteRefusal({ dialect: name, readCaller }, { request, reply, error });
      return answered;
    }
    const { code, statusCode = 500 } = error as { code?: string; statusCode?: number };
    if (code === badUrlCode) return answers.badUrl(request, reply);
    if (isUnstorable(error)) return answers.malformed(request, reply, 'unstorable');
    if (statusCode < 500) return answers.malformed(request, reply, { status: statusCode });
    logFailedRequest(request, answers.name, error);
    return answers.internal(request, reply);
  };
}

/** Of Fastify's error for a path that it cannot route. */
const badUrlCode = 'FST_ERR_BAD_URL';

export interface HttpFamily {
  register(app: FastifyInstance): void;
  /** The longest prefix of a path decides; null has the form of `answerPlainError`. */
  readonly errorPrefixes: Readonly<Record<string, AnswerError | null>>;
}

const noSuchAddress = 'this address does not exist; see the documentation of the dialects';

/** For probes, pages and paths of no dialect. */
export const answerPlainError = answerHttpErrors({
  name: 'none',
  refused: (_error, _request, reply) => sendPlain(reply, 400, 'the request is not well formed, or too large'),
  malformed: (_request, reply, fault) =>
    fault === 'unstorable'
      ? sendPlain(reply, 404, noSuchAddress)
      : sendPlain(reply, fault.status, 'the request is not well formed, or too large'),
  badUrl: (_request, reply) => sendPlain(reply, 404, noSuchAddress),
  internal: (_request, reply) =>
    sendPlain(reply, 500, 'something went wrong; ask the operator of this platform'),
});

function sendPlain(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ message });
}

export interface ErrorRouter {
  /** The prefix of the family that answers the path; null if there is none. */
  prefixOf(url: string): string | null;
  /** For errors before a route is found: Fastify's option `frameworkErrors`. */
  readonly answerError: AnswerError;
  /** Also for methods that a path does not have. */
  answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply;
  /** For requests that Node's parser refused and Fastify never saw. `target` is empty if it is not known. */
  answerBroken(target: string, status: number, log: Log): BrokenAnswer;
}

/** Chooses the form of an error by the prefixes of all families. */
export function routeErrors(families: readonly HttpFamily[]): ErrorRouter {
  const prefixes = families
    .flatMap(({ errorPrefixes }) => Object.entries(errorPrefixes))
    .sort(([a], [b]) => b.length - a.length);

  function find(url: string) {
    const path = url.replace(/\?.*$/s, '').replace(/\/{2,}/g, '/');
    return prefixes.find(([prefix]) => path.startsWith(prefix) && isEndOfPrefix(path[prefix.length]));
  }
  const answerOf = (url: string): AnswerError => find(url)?.[1] ?? answerPlainError;

  return {
    prefixOf: (url) => find(url)?.[0] ?? null,
    answerError: (error, request, reply) => answerOf(request.url)(error, request, reply),
    answerNotFound(request, reply) {
      const error = Object.assign(new Error('no such address'), { code: badUrlCode, statusCode: 404 });
      return answerOf(request.url)(error, request, reply);
    },
    answerBroken(target, status, log) {
      const error = Object.assign(new Error('the request cannot be read'), { statusCode: status });
      return answerWithoutFastify(answerOf(target), error, target, log);
    },
  };
}

/** A path with an escape that cannot be decoded belongs to the prefix in front of it. */
function isEndOfPrefix(next: string | undefined): boolean {
  return next === undefined || next === '/' || next === '%';
}

/** Collects what an error handler would send. */
function answerWithoutFastify(answer: AnswerError, error: Error, url: string, log: Log): BrokenAnswer {
  const headers = new Map<string, string>();
  const collected = { status: 200, body: '' };
  const reply = {
    code(status: number) {
      collected.status = status;
      return reply;
    },
    header(name: string, value: string) {
      headers.set(name.toLowerCase(), value);
      return reply;
    },
    type: (value: string) => reply.header('content-type', value),
    send(body: unknown) {
      collected.body = typeof body === 'string' ? body : JSON.stringify(body);
      return reply;
    },
  };
  const request = { url, raw: { url }, headers: {}, id: 'unread', log: fastifyLogger(log) };
  answer(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply);
  const contentType = headers.get('content-type') ?? 'application/json; charset=utf-8';
  return { status: collected.status, contentType, body: collected.body };
}
