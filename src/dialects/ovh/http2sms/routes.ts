// The route of http2sms: one address, by GET or POST, with the password of a user (docs/dialects/ovh.md#http2sms). Used by
// scripts, monitors and devices that can call an address only. Every answer is HTTP 200 in the requested form.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readCreditLeft, readOrigin } from '#dialects/ovh/sending.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { readFormRequest } from '#dialects/shared/form-bodies.ts';
import { type Fields, readUrlEncoded } from '#dialects/shared/form-fields.ts';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import { showCredits } from '#domain/money/ovh-credits.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import type { AuthenticatedUser } from '#operations/account/credentials/service.ts';
import type { Services } from '#operations/services.ts';
import {
  addressNotAllowed,
  asHttp2smsRefusal,
  Http2smsRefusal,
  internalError,
  invalid,
  tooManyAttempts,
  unknownSender,
  unreadable,
  wrongLogin,
} from './errors.ts';
import { type Parameters, readLogin, readOrder, readParameters, submissionOf } from './request.ts';
import { type AnswerForm, contentTypes, type Done, formOf, renderDone, renderFailed } from './response.ts';

export type Http2smsServices = Pick<Services, 'credentials' | 'submissions' | 'senders' | 'users' | 'credit'>;

export const http2smsPath = '/cgi-bin/sms/http2sms.cgi';
const bodyLimitBytes = 1024 * 1024;

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function http2smsRoutes(app: FastifyInstance, services: Http2smsServices): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.setErrorHandler(answerHttp2smsError);
  for (const url of [http2smsPath, `${http2smsPath}/`]) openRoute(app, services, url);
}

function openRoute(app: FastifyInstance, services: Http2smsServices, url: string): void {
  app.route({
    method: ['GET', 'POST'],
    url,
    // A HEAD would send the message of its query string and hide the answer.
    exposeHeadRoute: false,
    async handler(request, reply) {
      const fields = readFormRequest(request.raw.url!, request.headers['content-type'], request.body);
      const parameters = readParameters(fields);
      const form = formOf(parameters.get('contenttype'));
      try {
        return send(reply, form, renderDone(await sendSms(services, parameters, request.ip), form));
      } catch (error) {
        return answerErrorsIn(() => form)(error, request, reply);
      }
    },
  });
}

async function sendSms(services: Http2smsServices, parameters: Parameters, ip: string): Promise<Done> {
  const caller = await authenticate(services, parameters, ip);
  const { access, user } = caller;
  const order = readOrder(parameters);
  const origin = await readOrigin(services.senders, access, order);
  switch (origin) {
    case 'unknown':
      throw unknownSender('it does not exist, please create it first');
    case 'not-enabled':
      throw unknownSender('it is not enabled');
    case 'unnamed':
      throw invalid(
        'from',
        'Give a sender: there is no short code, and the account has several senders or none.',
      );
    case 'web-address':
      throw invalid('message', 'Contact information (such as a URL) cannot be sent with a short code.');
  }
  const report = await services.submissions.submit(access, submissionOf(order, origin, user.id));
  const leftMicros = await readCreditLeft(services.users, caller, report.availableMicros);
  return {
    creditLeft: showCredits(leftMicros, services.credit.creditPriceMicros(access)),
    ids: messageIdsOf(report.plan, report.firstMessageId!),
  };
}

async function authenticate(
  { credentials }: Http2smsServices,
  parameters: Parameters,
  ip: string,
): Promise<AuthenticatedUser> {
  const { account, login, password } = readLogin(parameters);
  const found = await credentials.authenticateUser(account, login, password, ip);
  if (found === null) throw wrongLogin();
  if (found === 'too-many') throw tooManyAttempts();
  if (found.user.allowedIps.length > 0 && !isInBlocks(found.user.allowedIps, ip)) throw addressNotAllowed();
  if (found.access.account.status !== 'active') throw new Http2smsRefusal(202, 'This account is disabled.');
  return found;
}

const answerErrorsIn = (formFor: (request: FastifyRequest) => AnswerForm) => {
  const answer = (request: FastifyRequest, reply: FastifyReply, refusal: Http2smsRefusal) => {
    const form = formFor(request);
    return send(reply, form, renderFailed(refusal, form));
  };
  return answerHttpErrors({
    name: 'http2sms',
    readCaller({ raw, headers, body }) {
      const parameters = readParameters(readFormRequest(raw.url!, headers['content-type'], body));
      return { kind: 'service', name: parameters.get('account')?.trim() ?? '' };
    },
    refused: (error, request, reply) => answer(request, reply, asHttp2smsRefusal(error)),
    malformed: (request, reply) => answer(request, reply, unreadable()),
    badUrl: (request, reply) => answer(request, reply, unreadable()),
    internal: (request, reply) => answer(request, reply, internalError()),
  });
};

export const answerHttp2smsError = answerErrorsIn(formInQuery);

/** The body may be unread when an error occurs. */
function formInQuery({ raw: { url = '' } }: FastifyRequest): AnswerForm {
  const fields: Fields = new Map();
  if (url.includes('?')) readUrlEncoded(url, fields, url.indexOf('?') + 1);
  return formOf(readParameters(fields).get('contenttype'));
}

function send(reply: FastifyReply, form: AnswerForm, body: string): FastifyReply {
  return reply.code(200).header('content-type', contentTypes[form]).send(body);
}
