// The doors of the Octopush REST API under /v1/public: sending, and the wallet. Serves clients written for
// api.octopush.com since 2020, browsers included. No rule of ours lives here.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '#domain/account.ts';
import type { Tier } from '#domain/campaign.ts';
import { type Refusal, RefusedError } from '#domain/refusals.ts';
import { takeBodies } from '../bodies.ts';
import type { Customers } from '../dialect.ts';
import { type RestError, renderRestError, restErrors, unknownPath } from './errors.ts';
import { castFlag, readBody, readSubmission } from './request.ts';
import { renderBalance, renderSent } from './response.ts';

export interface RestHouse {
  readonly customers: Customers;
}

const base = '/v1/public';
const bodyLimitBytes = 5 * 1024 * 1024;

const allMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

type Answer = (house: RestHouse, account: Account, request: FastifyRequest, reply: FastifyReply) => unknown;

/** What the original serves and this platform does not, or not yet: method and path (protocols/octopush.md 5). */
const unservedRoutes: readonly (readonly [method: string, path: string])[] = [
  ['DELETE', '/sms-campaign/cancel'],
  ['GET', '/sms-campaign/draft'],
  ['*', '/sms-campaign-on-list/*'],
  ['*', '/sms-campaign-on-tag/*'],
  ['*', '/voice-campaign/*'],
  ['*', '/vocal-campaign/*'],
  ['*', '/voice-campaign-on-list/*'],
  ['*', '/voice-campaign-on-tag/*'],
  ['*', '/multi-channel/*'],
  ['GET', '/wallet/check-credits'],
  ['*', '/contact/*'],
  ['*', '/contact-list/*'],
  ['*', '/subaccount/*'],
  ['*', '/user/*'],
  ['GET', '/campaign/parameters'],
  ['*', '/service/otp/*'],
];

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function octopushRestRoutes(app: FastifyInstance, house: RestHouse): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.setErrorHandler(answerRestError);
  openDoor(app, house, 'POST', '/sms-campaign/send', send);
  openDoor(app, house, 'GET', '/wallet/check-balance', checkBalance);
  for (const [method, path] of unservedRoutes) openDoor(app, house, method, path, refuseUnserved);
  app.all(`${base}/*`, (request, reply) =>
    request.method === 'OPTIONS' ? answerPreflight(reply) : sendError(reply, unknownPath),
  );
}

/** What fastify's error handler and its `frameworkErrors` do for a path of this dialect. */
export function answerRestError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RefusedError) {
    return sendError(reply, restErrors[error.refusal.reason], error.refusal);
  }
  const { code, statusCode = 500 } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_BAD_URL') return sendError(reply, unknownPath);
  // Fastify's other complaints about a request.
  if (statusCode < 500) return sendError(reply, restErrors['body-malformed']);
  request.log.error({ err: error, requestId: request.id }, 'REST request failed');
  return sendError(reply, restErrors.internal);
}

function sendError(reply: FastifyReply, error: RestError, refusal?: Refusal): FastifyReply {
  return asJson(reply).code(error.status).send(renderRestError(error, refusal));
}

function asJson(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('access-control-allow-origin', '*');
}

/** Quirk: a page calls the API straight from the browser (protocols/octopush.md 5); no cookie opens anything. */
function answerPreflight(reply: FastifyReply): FastifyReply {
  return reply
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS')
    .header('access-control-allow-headers', 'accept, api-key, api-login, cache-control, content-type')
    .header('access-control-max-age', '86400')
    .code(204)
    .send();
}

function openDoor(
  app: FastifyInstance,
  house: RestHouse,
  method: string,
  path: string,
  answer: Answer,
): void {
  function handler(request: FastifyRequest, reply: FastifyReply): unknown {
    const login = headerOf(request, 'api-login');
    if (login === '') throw new RefusedError('login-missing');
    const key = headerOf(request, 'api-key');
    if (key === '') throw new RefusedError('key-missing');
    const account = house.customers.authenticate('octopush-rest', login, key);
    if (account instanceof Promise) return account.then((known) => answer(house, known, request, reply));
    return answer(house, account, request, reply);
  }
  for (const slash of path.endsWith('*') ? [''] : ['', '/']) {
    const url = base + path + slash;
    app.route({ method: method === '*' ? allMethods : method, url, exposeHeadRoute: false, handler });
  }
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

async function send(house: RestHouse, account: Account, request: FastifyRequest, reply: FastifyReply) {
  const submission = readSubmission(readBody(request.body), account.settings);
  const report = await house.customers.submit(account, submission);
  // Quirk: clients disagree whether 201 or 200 is success; 201 is documented (protocols/octopush.md 12.7).
  asJson(reply).code(account.settings.restSendStatus);
  return renderSent(report);
}

const tierByProduct: Readonly<Record<string, Tier>> = {
  sms_premium: 'premium',
  sms_low_cost: 'low_cost',
  sms_world: 'world',
};

async function checkBalance(
  house: RestHouse,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const url = request.raw.url!;
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const name = query.get('product_name')?.trim().toLowerCase() ?? '';
  const country = query.get('country_code')?.trim().toUpperCase() ?? '';
  const isDetailed = castFlag(query.get('with_details')) ?? false;
  const wallet = await house.customers.balance(account);
  asJson(reply);
  // The two belong together; one alone says nothing, and the balance is then in euros.
  if (name === '' || country === '') return renderBalance(wallet, null, isDetailed);
  const tier = Object.hasOwn(tierByProduct, name) ? tierByProduct[name]! : null;
  if (tier === null)
    throw new RefusedError('feature-unavailable', 'Products are sms_premium and sms_low_cost.');
  const priceMicros = wallet.priceMicros(country, tier);
  if (priceMicros === null) throw new RefusedError('country-not-covered');
  return renderBalance(wallet, { name, priceMicros }, isDetailed);
}

function refuseUnserved(): never {
  throw new RefusedError('feature-unavailable');
}
