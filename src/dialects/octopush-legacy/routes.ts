// The doors of the legacy Octopush API: sends, balance and credit, by GET or POST, with or without a trailing
// slash, XML or (under /json) JSON. Serves clients written for www.octopush-dm.com since 2011.
// Whatever happens, the answer is HTTP 200 with a code of the published list; no rule of ours lives here.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '#domain/account.ts';
import { RefusedError } from '#domain/refusals.ts';
import type { Clock } from '#lib/clock.ts';
import { takeBodies } from '../bodies.ts';
import type { Customers } from '../dialect.ts';
import type { Fields } from '../form-fields.ts';
import { readCredentials, readSubmission } from '../legacy-fields.ts';
import { type LegacyErrorCode, legacyErrorCode, unknownActionCode } from './errors.ts';
import { readFields } from './request.ts';
import {
  type AnswerForm,
  contentTypes,
  renderBalances,
  renderCredit,
  renderError,
  renderSentJson,
  renderSentXml,
} from './response.ts';

export interface LegacyHouse {
  readonly customers: Customers;
  readonly clock: Clock;
}

const bodyLimitBytes = 5 * 1024 * 1024;

type Answer = (house: LegacyHouse, account: Account, fields: Fields, form: AnswerForm) => Promise<string>;

const actions: Readonly<Record<string, Answer>> = {
  '/api/sms': send,
  '/api/balance': async ({ customers }, account, _fields, form) =>
    renderBalances(await customers.balance(account), form),
  '/api/credit': async ({ customers }, account, _fields, form) =>
    renderCredit(await customers.balance(account), form),
};

/** Paths that the original serves and this platform does not, or not yet (protocols/octopush.md 2). */
const unservedPaths = [
  '/api/edit_options',
  '/api/open_single_temp_session',
  '/api/news',
  '/api_sub/*',
  '/api_wooc_os/*',
  '/api_mag_ss/*',
];

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function octopushLegacyRoutes(app: FastifyInstance, house: LegacyHouse): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.setErrorHandler(answerLegacyError);
  for (const [path, answer] of Object.entries(actions)) {
    for (const slash of ['', '/']) {
      openDoor(app, house, `${path}${slash}`, answer, 'xml');
      openDoor(app, house, `${path}/json${slash}`, answer, 'json');
    }
  }
  for (const path of unservedPaths) {
    for (const url of path.endsWith('*') ? [path] : [path, `${path}/`, `${path}/json`]) {
      app.all(url, (request, reply) =>
        sendError(request, reply, legacyErrorCode('feature-unavailable', null)),
      );
    }
  }
  app.all('/api/*', (request, reply) => sendError(request, reply, unknownActionCode));
}

/** What fastify's error handler and its `frameworkErrors` do for a path of this dialect. */
export function answerLegacyError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof RefusedError) {
    return sendError(request, reply, legacyErrorCode(error.refusal.reason, null));
  }
  const { code, statusCode = 500 } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_BAD_URL') return sendError(request, reply, unknownActionCode);
  // Fastify's other complaints about a request.
  if (statusCode < 500) return sendError(request, reply, legacyErrorCode('body-malformed', null));
  request.log.error({ err: error, requestId: request.id }, 'legacy request failed');
  return sendError(request, reply, legacyErrorCode('internal', null));
}

function sendError(request: FastifyRequest, reply: FastifyReply, code: LegacyErrorCode): FastifyReply {
  const url = request.raw.url ?? '';
  const form: AnswerForm = /^[^?]*\/json\/?(?:\?|$)/.test(url) ? 'json' : 'xml';
  // Quirk: always 200, the code tells (protocols/octopush.md 12.16).
  return reply.code(200).header('content-type', contentTypes[form]).send(renderError(code, form));
}

function openDoor(
  app: FastifyInstance,
  house: LegacyHouse,
  url: string,
  answer: Answer,
  form: AnswerForm,
): void {
  app.route({
    method: ['GET', 'POST'],
    url,
    // A HEAD would send the message of its query string and hide the answer.
    exposeHeadRoute: false,
    handler(request, reply) {
      reply.header('content-type', contentTypes[form]);
      const fields = readFields(request.raw.url!, request.headers['content-type'], request.body);
      const { login, key } = readCredentials(fields);
      const account = house.customers.authenticate('octopush-legacy', login, key);
      if (account instanceof Promise) return account.then((known) => answer(house, known, fields, form));
      return answer(house, account, fields, form);
    },
  });
}

async function send(house: LegacyHouse, account: Account, fields: Fields, form: AnswerForm): Promise<string> {
  const submission = readSubmission(fields, account.settings, house.clock.now());
  try {
    const report = await house.customers.submit(account, submission);
    return form === 'xml'
      ? renderSentXml(report, submission.tier)
      : renderSentJson(report, submission.tier, account.settings.legacyJsonAlwaysArray);
  } catch (error) {
    // Here and not in the error handler, because two codes depend on the tier.
    if (error instanceof RefusedError) {
      return renderError(legacyErrorCode(error.refusal.reason, submission.tier), form);
    }
    throw error;
  }
}
