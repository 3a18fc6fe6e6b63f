// The log of HTTP requests: a logger in the form that Fastify expects, and the one event that dialects write with it.
// Used by every dialect that answers HTTP. Other entries of Fastify become `http.server_reported`.
import type { FastifyRequest } from 'fastify';
import type { Log } from '#domain/base/log-events.ts';

const requestFailed = 'http.request_failed';

/** Logs a request that this platform could not answer. `dialect` names the part that answers it. */
export function logFailedRequest(request: FastifyRequest, dialect: string, error: unknown): void {
  request.log.error({ dialect, requestId: request.id, err: error }, requestFailed);
}

/** The option `loggerInstance` of Fastify: fields first, then the text. */
export function fastifyLogger(log: Log): object {
  const ignore = () => {};
  const report = (first: unknown, text?: string) => {
    if (text === requestFailed) {
      log.error(requestFailed, first as { dialect: string; requestId: string; err: Error });
      return;
    }
    log.warn('http.server_reported', {
      message: text ?? (typeof first === 'string' ? first : String((first as { err?: unknown })?.err ?? '')),
    });
  };
  const logger = {
    level: 'warn',
    trace: ignore,
    debug: ignore,
    info: ignore,
    silent: ignore,
    warn: report,
    error: report,
    fatal: report,
    child: () => logger,
  };
  return logger;
}
