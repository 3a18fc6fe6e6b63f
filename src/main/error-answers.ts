// Chooses how a path says no: in its dialect, or in plain JSON where it belongs to none. Used by doors.ts and by the answers
// to requests that the HTTP parser refused.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerLegacyError } from '#dialects/octopush/legacy/routes.ts';
import { answerRestError } from '#dialects/octopush/rest/routes.ts';
import { answerOvhError } from '#dialects/ovh/api/routes.ts';
import { answerHttp2smsError, http2smsPath } from '#dialects/ovh/http2sms/routes.ts';
import { logFailedRequest } from '#dialects/shared/request-log.ts';
import { isUnstorable } from '#dialects/shared/unstorable.ts';
import type { Log } from '#domain/base/log-events.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { BrokenAnswer } from '#listeners/broken-requests.ts';

export type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Pages lie beside the legacy API and are none of it. */
const pagePath = /^\/api\/create(?:App|Token)(?:\/|$)/;
const legacyPath = /^\/(?:api|api_sub|api_wooc_os|api_mag_ss)(?:\/|$)/;

export function answererOf(url: string): AnswerError {
  const path = url.replace(/\?.*$/s, '').replace(/\/{2,}/g, '/');
  if (/^\/v1\/public(?:\/|$)/.test(path)) return answerRestError;
  if (path.startsWith(http2smsPath)) return answerHttp2smsError;
  if (/^\/(?:1\.0|v1|documents)(?:\/|$)/.test(path)) return answerOvhError;
  return legacyPath.test(path) && !pagePath.test(path) ? answerLegacyError : answerPlainError;
}

/** For probes, pages and addresses of nobody: words of HTTP, and never those of what broke down behind them. */
export function answerPlainError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { statusCode = error instanceof RefusedError ? 400 : 500 } = error as { statusCode?: number };
  if (isUnstorable(error)) return reply.code(404).send({ message: notHere });
  if (statusCode < 500)
    return reply.code(statusCode).send({ message: 'the request is not well formed, or too large' });
  logFailedRequest(request, 'none', error);
  return reply.code(500).send({ message: 'something went wrong; ask the operator of this platform' });
}

/** Also for methods that no path has. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const tell = answererOf(request.url);
  if (tell === answerPlainError) return reply.code(404).send({ message: notHere });
  // The code by which Fastify, and every dialect, knows an address that is none.
  const error = Object.assign(new Error('no such address'), { code: 'FST_ERR_BAD_URL', statusCode: 404 });
  return tell(error, request, reply);
}

const notHere = 'there is no such address here; see the documentation of the dialects';

/** The same answer without Fastify, which never saw the request. `target` is empty where it is not known. */
export function answerBroken(target: string, status: number, log: Log): BrokenAnswer {
  const headers = new Map<string, string>();
  const answer = { status: 200, body: '' };
  const reply = {
    code(code: number) {
      answer.status = code;
      return reply;
    },
    header(name: string, value: string) {
      headers.set(name.toLowerCase(), value);
      return reply;
    },
    type: (value: string) => reply.header('content-type', value),
    send(body: unknown) {
      answer.body = typeof body === 'string' ? body : JSON.stringify(body);
      return reply;
    },
  };
  const request = { url: target, raw: { url: target }, headers: {}, id: 'unread', log };
  const error = Object.assign(new Error('the request cannot be read'), { statusCode: status });
  const tell = answererOf(target);
  tell(error, request as unknown as FastifyRequest, reply as unknown as FastifyReply);
  const contentType = headers.get('content-type') ?? 'application/json; charset=utf-8';
  return { status: answer.status, contentType, body: answer.body };
}
