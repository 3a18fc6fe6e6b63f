// The routes of the Octopush REST API under /v1/public. Used by clients written for api.octopush.com since 2020, also in
// browsers. The files of the endpoints list them. Contains no rules.

import { Buffer } from 'node:buffer';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import { type Refusal, RefusedError } from '#domain/base/refusals.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { campaignEndpoints } from './campaigns.ts';
import { castTo, type Members } from './cast.ts';
import { codeEndpoints } from './codes.ts';
import { listCampaignEndpoints } from './contact-list-campaigns.ts';
import { contactEndpoints } from './contacts.ts';
import type { Endpoint, RestServices } from './endpoint.ts';
import { type RestError, RestRefusal, renderRestError, restErrors, unknownPath } from './errors.ts';
import { lookupEndpoints } from './lookups.ts';
import { describeApi } from './openapi.ts';
import { parameterEndpoints } from './parameters.ts';
import { readBody } from './request.ts';
import { keyMissing, loginMissing, pathNotServed } from './request-refusals.ts';
import { subAccountEndpoints } from './sub-accounts.ts';
import { restTicket } from './ticket.ts';
import { walletEndpoints } from './wallet.ts';

export const restBase = '/v1/public';
const bodyLimitBytes = 5 * 1024 * 1024;

const allMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export const endpoints: readonly Endpoint[] = [
  ...campaignEndpoints,
  ...listCampaignEndpoints,
  ...walletEndpoints,
  ...contactEndpoints,
  ...lookupEndpoints,
  ...subAccountEndpoints,
  ...parameterEndpoints,
  ...codeEndpoints,
];

/** Paths of the vendor's API that this platform does not serve: other channels (docs/dialects/octopush.md#what-is-served). */
const unservedPaths: readonly string[] = [
  '/voice-campaign/*',
  '/vocal-campaign/*',
  '/voice-campaign-on-list/*',
  '/voice-campaign-on-tag/*',
  '/multi-channel/*',
];

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function octopushRestRoutes(app: FastifyInstance, services: RestServices): Promise<void> {
  takeBodies(app, bodyLimitBytes, (request) => authenticate(services, request));
  app.setErrorHandler(answerRestError);
  for (const endpoint of endpoints) registerRoute(app, services, endpoint);
  for (const path of unservedPaths)
    app.route({
      method: allMethods,
      url: restBase + path,
      exposeHeadRoute: false,
      handler: authenticated(services, refuseUnserved),
    });
  const document = JSON.stringify(describeApi(restBase, endpoints));
  app.get(`${restBase}/openapi.json`, { exposeHeadRoute: false }, (_request, reply) =>
    asJson(reply).send(document),
  );
  app.all(`${restBase}/*`, (request, reply) =>
    request.method === 'OPTIONS' ? answerPreflight(reply) : sendError(reply, unknownPath),
  );
}

export const answerRestError = answerHttpErrors({
  name: 'octopush-rest',
  readCaller: (request) => ({ kind: 'login', name: headerOf(request, 'api-login') }),
  refused(error, _request, reply) {
    if (error instanceof RestRefusal)
      return asJson(reply)
        .code(error.error.status)
        .send(renderRestError(error.error, undefined, error.members));
    return error instanceof RefusedError
      ? sendError(reply, restErrors[error.refusal.reason], error.refusal)
      : sendError(reply, restErrors['body-malformed']);
  },
  malformed: (_request, reply) => sendError(reply, restErrors['body-malformed']),
  badUrl: (_request, reply) => sendError(reply, unknownPath),
  internal: (_request, reply) => sendError(reply, restErrors.internal),
});

function sendError(reply: FastifyReply, error: RestError, refusal?: Refusal): FastifyReply {
  // Ours: a client whose first answer was lost learns the ticket of its campaign.
  const members = refusal?.campaignId === undefined ? {} : { sms_ticket: restTicket(refusal.campaignId) };
  return asJson(reply)
    .code(error.status)
    .send(renderRestError(error, refusal, members));
}

function asJson(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('access-control-allow-origin', '*');
}

/**
 * Quirk: pages call the API from the browser (docs/dialects/octopush.md#what-is-served). No cookie is a credential.
 */
function answerPreflight(reply: FastifyReply): FastifyReply {
  return reply
    .header('access-control-allow-origin', '*')
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS')
    .header('access-control-allow-headers', 'accept, api-key, api-login, cache-control, content-type')
    .header('access-control-max-age', '86400')
    .code(204)
    .send();
}

type Answer = (access: AccountAccess, request: FastifyRequest, reply: FastifyReply) => unknown;

function authenticate(
  { credentials }: RestServices,
  request: FastifyRequest,
): AccountAccess | Promise<AccountAccess> {
  const login = headerOf(request, 'api-login');
  if (login === '') throw loginMissing();
  const key = headerOf(request, 'api-key');
  if (key === '') throw keyMissing();
  return credentials.authenticate('octopush', login, key, request.ip);
}

function authenticated(services: RestServices, answer: Answer) {
  return (request: FastifyRequest, reply: FastifyReply): unknown => {
    const access = authenticate(services, request);
    if (access instanceof Promise) return access.then((known) => answer(known, request, reply));
    return answer(access, request, reply);
  };
}

function registerRoute(app: FastifyInstance, services: RestServices, endpoint: Endpoint): void {
  const handler = authenticated(services, async (access, request, reply) => {
    const members = readMembers(endpoint, request);
    const place = request.params as Record<string, string>;
    if (Object.values(place).some((value) => value.includes('\0'))) return sendError(reply, unknownPath);
    const input = endpoint.readsMembers ? members : castTo(endpoint.input, members);
    const answer = await endpoint.answer({ services, access, input, members, place } as never);
    if (endpoint.output === null)
      return reply.header('access-control-allow-origin', '*').code(endpoint.status).send();
    asJson(reply).code(endpoint.statusFor?.(access.account, members) ?? endpoint.status);
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  });
  const path = restBase + endpoint.path.replace(/\{(\w+)\}/g, ':$1');
  for (const slash of ['', '/'])
    app.route({ method: endpoint.method, url: path + slash, exposeHeadRoute: false, handler });
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** Members of the body, or of the query without a body: some HTTP libraries send none with DELETE. */
function readMembers({ method }: Endpoint, { body, raw }: FastifyRequest): Members {
  const isEmpty = !Buffer.isBuffer(body) || body.length === 0;
  if (method !== 'GET' && !(method === 'DELETE' && isEmpty)) return readBody(body);
  const url = raw.url!;
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const members: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const plain = name.replace(/\[\d*\]$/, '');
    const values = query.getAll(name);
    const before = Object.hasOwn(members, plain) ? [members[plain]].flat() : [];
    const isList = plain !== name;
    members[plain] = isList ? [...before, ...values] : values.at(-1);
  }
  return members;
}

function refuseUnserved(): never {
  throw pathNotServed();
}
