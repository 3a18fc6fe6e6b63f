// The routes of the legacy Octopush API: by GET or POST, with or without a trailing slash, XML or (under /json) JSON.
// Used by clients written for www.octopush-dm.com since 2011. Every answer is HTTP 200 with a code of the published list.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readCredentials } from '#dialects/octopush/fields.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { addSubAccount, editOptions, news, openTransfer, transfer, userInfo } from './accounts.ts';
import type { Action, LegacyServices } from './action.ts';
import { addPart, decide, send, sendOne } from './campaigns.ts';
import { type LegacyErrorCode, legacyErrorCode, unknownActionCode } from './errors.ts';
import { readFields } from './request.ts';
import { type AnswerForm, contentTypes, renderBalances, renderCredit, renderError } from './response.ts';

/** First segments of the paths. */
export const legacyFolders = ['api', 'api_sub', 'api_wooc_os', 'api_mag_ss'];

const bodyLimitBytes = 5 * 1024 * 1024;

/** Answered in XML, and under /json in JSON. */
const actions: Readonly<Record<string, Action>> = {
  '/api/sms': send,
  '/api/balance': async ({ credit }, access, _fields, form) =>
    renderBalances(await credit.read(access), form),
  '/api/credit': async ({ credit }, access, _fields, form) => renderCredit(await credit.read(access), form),
};

/** Answered in XML only (docs/dialects/octopush.md#what-is-served). */
const xmlActions: Readonly<Record<string, Action>> = {
  '/api/edit_options': editOptions,
  '/api_sub/add_sub_account': addSubAccount,
  '/api_sub/credit_sub_account_get_session': openTransfer,
  '/api_sub/credit_sub_account': transfer,
  '/api_sub/get_user_info': userInfo,
  '/api_wooc_os/sms_send': sendOne,
  '/api_wooc_os/sms_parts': addPart,
  '/api_wooc_os/sms_batch': decide,
  '/api_mag_ss/sms_send': sendOne,
  '/api_mag_ss/sms_parts': addPart,
  '/api_mag_ss/sms_batch': decide,
};

/** Its parameters are not known (docs/dialects/octopush.md#what-is-served). */
const unservedPath = '/api/open_single_temp_session';

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function octopushLegacyRoutes(app: FastifyInstance, services: LegacyServices): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.setErrorHandler(answerLegacyError);
  for (const [path, answer] of Object.entries(actions)) {
    for (const slash of ['', '/']) {
      registerRoute(app, services, `${path}${slash}`, answer, 'xml');
      registerRoute(app, services, `${path}/json${slash}`, answer, 'json');
    }
  }
  for (const [path, answer] of Object.entries(xmlActions))
    for (const slash of ['', '/']) registerRoute(app, services, `${path}${slash}`, answer, 'xml');
  for (const slash of ['', '/']) {
    openNews(app, services, `/api/news${slash}`);
    app.all(`${unservedPath}${slash}`, (request, reply) =>
      sendError(request, reply, legacyErrorCode('feature-unavailable', null)),
    );
  }
  for (const folder of legacyFolders)
    app.all(`/${folder}/*`, (request, reply) => sendError(request, reply, unknownActionCode));
}

export const answerLegacyError = answerHttpErrors({
  name: 'octopush-legacy',
  readCaller(request) {
    const { raw, headers, body } = request;
    const { login } = readCredentials(readFields(raw.url!, headers['content-type'], body));
    return { kind: 'login', name: login };
  },
  refused: (error, request, reply) =>
    sendError(
      request,
      reply,
      legacyErrorCode(error instanceof RefusedError ? error.refusal.reason : 'body-malformed', null),
    ),
  malformed: (request, reply) => sendError(request, reply, legacyErrorCode('body-malformed', null)),
  badUrl: (request, reply) => sendError(request, reply, unknownActionCode),
  internal: (request, reply) => sendError(request, reply, legacyErrorCode('internal', null)),
});

function sendError(request: FastifyRequest, reply: FastifyReply, code: LegacyErrorCode): FastifyReply {
  const url = request.raw.url ?? '';
  const form: AnswerForm = /^[^?]*\/json\/?(?:\?|$)/.test(url) ? 'json' : 'xml';
  // Quirk: always 200, the code has the result (docs/dialects/octopush.md#legacy-how-it-answers).
  return reply.code(200).header('content-type', contentTypes[form]).send(renderError(code, form));
}

function registerRoute(
  app: FastifyInstance,
  services: LegacyServices,
  url: string,
  answer: Action,
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
      const access = services.credentials.authenticate('octopush', login, key, request.ip);
      if (access instanceof Promise) return access.then((known) => answer(services, known, fields, form));
      return answer(services, access, fields, form);
    },
  });
}

function openNews(app: FastifyInstance, services: LegacyServices, url: string): void {
  app.route({
    method: ['GET', 'POST'],
    url,
    handler(request, reply) {
      reply.header('content-type', contentTypes.xml);
      return news(services, readFields(request.raw.url!, request.headers['content-type'], request.body));
    },
  });
}
