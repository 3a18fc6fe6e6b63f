// The door of http2sms: one address, by GET or POST, opened by a user's own password. Serves scripts, monitors and the
// machines that can call an address and nothing else. Whatever happens, the answer is HTTP 200 in the form asked for.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { leftTo, type QuotaOf, readOrigin, type SenderFacts } from '#dialects/ovh/sending.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { readFormRequest } from '#dialects/shared/form-bodies.ts';
import { type Fields, readUrlEncoded } from '#dialects/shared/form-fields.ts';
import { logFailedRequest } from '#dialects/shared/request-log.ts';
import { isUnstorable } from '#dialects/shared/unstorable.ts';
import { messageIdsOf } from '#domain/acceptance/chunking.ts';
import type { Account } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { showCredits } from '#domain/money/ovh-credits.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import type { SignedInUser, UserCache } from '#operations/account/credentials/user-passwords.ts';
import {
  addressNotAllowed,
  breakdown,
  Http2smsError,
  invalid,
  problemOf,
  tooManyAttempts,
  unknownSender,
  wrongLogin,
} from './errors.ts';
import { type Parameters, readLogin, readOrder, readParameters, submissionOf } from './request.ts';
import { type AnswerForm, contentTypes, type Done, formOf, renderDone, renderFailed } from './response.ts';

export interface Http2smsServices extends UserCache, SenderFacts {
  /** Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
  creditPriceMicros(account: Account): bigint;
  readonly quotaOf: QuotaOf;
}

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
        return sendProblem(request, reply, form, error);
      }
    },
  });
}

async function sendSms(services: Http2smsServices, parameters: Parameters, ip: string): Promise<Done> {
  const signedIn = await signIn(services, parameters, ip);
  const { account, user } = signedIn;
  const order = readOrder(parameters);
  const origin = await readOrigin(services, account, order);
  switch (origin) {
    case 'unknown':
      throw unknownSender('it does not exist, please create it first');
    case 'not-enabled':
      throw unknownSender('it is not enabled');
    case 'unnamed':
      throw invalid(
        'from',
        'Name a sender: there is no short code, and the account has several senders or none.',
      );
    case 'web-address':
      throw invalid('message', 'Contact information (such as a URL) cannot be sent with a short code.');
  }
  const report = await services.submit(account, submissionOf(order, origin, user.id));
  const leftMicros = await leftTo(services.quotaOf, signedIn, report.availableMicros);
  return {
    creditLeft: showCredits(leftMicros, services.creditPriceMicros(account)),
    ids: messageIdsOf(report.plan, report.firstMessageId!),
  };
}

async function signIn(services: Http2smsServices, parameters: Parameters, ip: string): Promise<SignedInUser> {
  const { account, login, password } = readLogin(parameters);
  const found = await services.authenticate(account, login, password, ip);
  if (found === null) throw wrongLogin();
  if (found === 'too-many') throw tooManyAttempts();
  if (found.user.allowedIps.length > 0 && !isInBlocks(found.user.allowedIps, ip)) throw addressNotAllowed();
  if (found.account.status !== 'active') throw new Http2smsError(202, 'This account is disabled.');
  return found;
}

/** What fastify's error handler and its `frameworkErrors` do for the path of this dialect. */
export function answerHttp2smsError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const fields: Fields = new Map();
  const url = request.raw.url ?? '';
  if (url.includes('?')) readUrlEncoded(url, fields, url.indexOf('?') + 1);
  return sendProblem(request, reply, formOf(readParameters(fields).get('contenttype')), error);
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  form: AnswerForm,
  error: unknown,
): FastifyReply {
  const { statusCode = 500 } = error as { statusCode?: number };
  // Fastify's own complaints about a request have a status below 500.
  const isUnreadable = statusCode < 500 || isUnstorable(error);
  const problem =
    problemOf(error) ?? (isUnreadable ? new Http2smsError(202, 'The request cannot be read.') : null);
  if (problem === null) logFailedRequest(request, 'http2sms', error);
  return send(reply, form, renderFailed(problem ?? breakdown(), form));
}

function send(reply: FastifyReply, form: AnswerForm, body: string): FastifyReply {
  return reply.code(200).header('content-type', contentTypes[form]).send(body);
}
