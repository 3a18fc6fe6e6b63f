// The error answers of the console API, and the refusals that its files throw. Used by every file of this family.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import { type ConsoleError, type ConsoleReason, statuses } from './contract/errors.ts';

interface Facts {
  readonly detail?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}

/** A request that the console refuses before or instead of a service. */
export class ConsoleRefusal extends WireRefusal {
  readonly reason: ConsoleReason;
  readonly facts: Facts;

  constructor(reason: ConsoleReason, facts: Facts = {}) {
    super(facts.detail ?? reason);
    this.reason = reason;
    this.facts = facts;
  }
}

export const notFound = () => new ConsoleRefusal('not-found', { detail: 'There is no such object.' });

/** Refusals of the domain are 422 unless named here. */
const statusOfRefusal: Partial<Readonly<Record<RefusalReason, number>>> = {
  'body-malformed': 400,
  'body-too-large': 413,
  'permission-missing': 403,
  'account-blocked': 403,
  'account-not-validated': 403,
  'request-already-seen': 409,
  'transfer-already-open': 409,
  'draft-already-sent': 409,
  'feature-unavailable': 501,
  internal: 500,
};

export const answerConsoleError = answerHttpErrors({
  name: 'console',
  refused(error, request, reply) {
    if (error instanceof ConsoleRefusal)
      return sendError(request, reply, statuses[error.reason], { reason: error.reason, ...error.facts });
    if (!(error instanceof RefusedError))
      return sendError(request, reply, 400, { reason: 'request-invalid' });
    const { reason, detail } = error.refusal;
    const status = statusOfRefusal[reason] ?? 422;
    return sendError(request, reply, status, { reason, ...(detail !== undefined && { detail }) });
  },
  malformed(request, reply, fault) {
    if (fault === 'unstorable') return sendError(request, reply, 404, { reason: 'not-found' });
    const reason = fault.status === 413 ? 'body-too-large' : 'body-malformed';
    return sendError(request, reply, fault.status, { reason });
  },
  badUrl: (request, reply) => sendError(request, reply, 404, { reason: 'not-found' }),
  internal: (request, reply) =>
    sendError(request, reply, 500, {
      reason: 'internal',
      detail: 'Something broke on our side. Try again, or give the id of this error to the operator.',
    }),
});

/** Refusals of the operator's services become answers; other errors stay as they are. */
export function asConsoleRefusal(error: unknown): unknown {
  if (error instanceof OperatorRefusal)
    return new ConsoleRefusal('value-invalid', { detail: error.mistakes.join(' ') });
  if (error instanceof OperatorConflict) return new ConsoleRefusal('conflict', { detail: error.message });
  return error;
}

function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: Omit<ConsoleError, 'id'>,
): FastifyReply {
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1000)));
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send({ ...error, id: request.id } satisfies ConsoleError);
}
