// The doors of OVH's API: /1.0 and /v1, with or without a slash at the end. Serves every client written for
// eu.api.ovh.com. A call is matched with the published description, authorized, read, answered; no rule of ours is here.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '#domain/account.ts';
import { RefusedError } from '#domain/refusals.ts';
import { randomToken } from '#lib/secrets.ts';
import { takeBodies } from '../bodies.ts';
import { withoutEndSlash } from './access-rules.ts';
import { answers } from './answers.ts';
import { type AuthorizedCall, authorize, type UnverifiedCall } from './authorize.ts';
import type { Answer, OvhHouse } from './call.ts';
import { type Match, matchRoute, nameOf } from './contract.ts';
import { asOvhError, OvhError, unknownPath, unknownService } from './errors.ts';
import { readBody, readInput, readQuery } from './request.ts';
import { describeApi } from './schema.ts';

const bodyLimitBytes = 8 * 1024 * 1024;

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function ovhRoutes(app: FastifyInstance, house: OvhHouse): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.setErrorHandler(answerOvhError);
  for (const version of ['/1.0', '/v1'])
    app.all(`${version}/*`, (request, reply) => serve(house, request, reply, version));
}

async function serve(
  house: OvhHouse,
  request: FastifyRequest,
  reply: FastifyReply,
  version: string,
): Promise<FastifyReply> {
  const target = request.raw.url!;
  const cut = target.indexOf('?');
  const path = withoutEndSlash((cut === -1 ? target : target.slice(0, cut)).slice(version.length));
  const description = request.method === 'GET' ? describeApi(path, baseUrlOf(house, request)) : null;
  if (description !== null) return send(reply, description);
  const match = matchRoute(request.method, path);
  if (match === null) throw unknownPath();
  if (match === 'no-method') throw new OvhError(405, 'This method is not allowed here');
  const answer = answers[nameOf(match.route)];
  const call: UnverifiedCall = {
    headers: headersOf(request),
    method: request.method,
    target,
    path,
    body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
    ip: request.ip,
  };
  const authorized = match.route.signed ? await authorize(house, call) : null;
  if (answer === undefined) throw new OvhError(501, 'This platform does not serve this call');
  return send(reply, await answerCall(house, request, match, answer, call, authorized));
}

async function answerCall(
  house: OvhHouse,
  request: FastifyRequest,
  { route, places }: Match,
  answer: Answer,
  { headers: { application }, target, body, ip }: UnverifiedCall,
  authorized: AuthorizedCall | null,
): Promise<unknown> {
  const account = authorized && (await accountOf(house, authorized.customer, places['serviceName']));
  const hasBody = route.method === 'POST' || route.method === 'PUT';
  const query = target.split('?', 2)[1] ?? '';
  const input = readInput(route, places, hasBody ? readBody(body) : readQuery(query));
  // Answers of open routes read neither customer nor account.
  return answer({
    house,
    ...authorized,
    application,
    account,
    input,
    baseUrl: baseUrlOf(house, request),
    ip,
  } as never);
}

/** Another customer's account is none. */
async function accountOf(
  house: OvhHouse,
  customer: Account,
  serviceName: string | undefined,
): Promise<Account> {
  if (serviceName === undefined || serviceName === customer.serviceName) return customer;
  const account = await house.desks.accounts.byName(serviceName);
  if (account === null || account.parentId !== customer.id) throw unknownService();
  return account;
}

function headersOf({ headers }: FastifyRequest): UnverifiedCall['headers'] {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  return {
    host: headers.host,
    application: one(headers['x-ovh-application']),
    consumer: one(headers['x-ovh-consumer']),
    timestamp: one(headers['x-ovh-timestamp']),
    signature: one(headers['x-ovh-signature']),
  };
}

export function baseUrlOf(house: OvhHouse, request: FastifyRequest): string {
  return house.publicUrls[0] ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}

/** Always 200, with null for void: clients take no other success (protocols/ovh.md 2). */
function send(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply
    .header('x-ovh-queryid', queryId())
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(answer ?? null));
}

function queryId(): string {
  return `EU.ext-1.${randomToken(16).toLowerCase()}`;
}

/** What fastify's error handler and its `frameworkErrors` do for a path of this dialect. */
export function answerOvhError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = asTold(error, request);
  return reply
    .code(told.status)
    .header('x-ovh-queryid', queryId())
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(told.body));
}

function asTold(error: unknown, request: FastifyRequest): OvhError {
  if (error instanceof OvhError) return error;
  if (error instanceof RefusedError) return asOvhError(error.refusal);
  const { statusCode = 500 } = error as { statusCode?: number };
  // Fastify's own complaints about a request.
  if (statusCode < 500) return new OvhError(400, 'The request cannot be read');
  request.log.error({ err: error, requestId: request.id }, 'an OVH call failed');
  return new OvhError(500, 'Internal server error');
}
