// Hands a refused request to the list of refused requests of the console. Used by the error handlers of the HTTP dialects
// (http-errors.ts) and by main, which gives the listener its recorder. Requests that are accepted never come here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Caller, Refused } from '#operations/account/refused-requests.ts';
import { WireRefusal } from './wire-refusal.ts';

type Note = (refused: Refused) => void;

const recorder = Symbol('recorder of refused requests');
type Recording = { [recorder]?: Note };

export function recordRefusals(app: FastifyInstance, note: Note): void {
  app.decorate(recorder, note);
}

/** `readCaller` may throw: the request can be anything. */
export function noteRefusal(
  { dialect, readCaller }: { dialect: string; readCaller: (request: FastifyRequest) => Caller | null },
  { request, reply, error }: { request: FastifyRequest; reply: FastifyReply; error: unknown },
): void {
  // A request that Fastify never saw has no server.
  const note = (request.server as (FastifyInstance & Recording) | undefined)?.[recorder];
  if (note === undefined) return;
  const refusal = error instanceof RefusedError ? error.refusal : null;
  note({
    dialect,
    method: request.method,
    path: (request.raw.url ?? '').replace(/[?;].*$/s, ''),
    status: reply.statusCode,
    reason: refusal?.reason ?? null,
    detail: refusal === null ? messageOf(error) : (refusal.detail ?? ''),
    caller: callerOf(readCaller, request),
    address: request.ip,
  });
}

function callerOf(
  readCaller: (request: FastifyRequest) => Caller | null,
  request: FastifyRequest,
): Caller | null {
  try {
    const caller = readCaller(request);
    return caller === null || caller.name === '' ? null : caller;
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof WireRefusal) return error.storedMessage;
  return error instanceof Error ? error.message : '';
}
