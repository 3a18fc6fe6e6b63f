// The routes of OVH's API: /1.0 and /v1, with or without a slash at the end. Used by clients written for eu.api.ovh.com.
// A call is matched with the published description, authorized, read and answered. Contains no rules.

import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { originForm } from '#dialects/shared/absolute-url.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { isGranted, withoutEndSlash } from './access-rules.ts';
import { type AuthorizedCall, authorize, judgeKeys, type UnverifiedCall } from './authorize.ts';
import { type Ask, answerBatch, answerPage, batchOf, objectsOf } from './batch-requests.ts';
import type { OvhServices } from './call-context.ts';
import { answers } from './call-table.ts';
import { type Match, matchRoute, methodsOf, nameOf } from './contract.ts';
import {
  asOvhRefusal,
  notGranted,
  OvhRefusal,
  unknownObject,
  unknownPath,
  unknownService,
} from './errors.ts';
import { readBody, readInput, readQuery } from './request.ts';
import { describeApi } from './schema.ts';

export const ovhVersions = ['/1.0', '/v1'];

const bodyLimitBytes = 8 * 1024 * 1024;

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function ovhRoutes(app: FastifyInstance, services: OvhServices): Promise<void> {
  takeBodies(app, bodyLimitBytes, (request) =>
    judgeKeys(services, { headers: headersOf(request), ip: request.ip }),
  );
  app.setErrorHandler(answerOvhError);
  for (const version of ovhVersions)
    app.all(`${version}/*`, (request, reply) => serve(services, request, reply, version));
}

async function serve(
  services: OvhServices,
  request: FastifyRequest,
  reply: FastifyReply,
  version: string,
): Promise<FastifyReply> {
  const call = readCall(request, version);
  const description = call.asks === 'GET' ? describeApi(call.path, baseUrlOf(services, request)) : null;
  if (description !== null) return send(reply, description);
  const match = matchRoute(call.asks, call.path);
  if (match === null) throw unknownPath();
  if (match === 'no-method') return answerMethods(call, reply);
  const authorized = match.route.signed ? await authorize(services, call) : null;
  const asked = { services, call, authorized, baseUrl: baseUrlOf(services, request) };
  const batch = batchOf(request.headers, match);
  if (batch !== null) return send(reply, await answerBatch(batch, call.path, asking(asked)));
  const answer = await answerOne(asked, match, membersOf(call, match));
  const objects = objectsOf(request.headers, match.route);
  if (objects === null) return send(reply, answer);
  const list = { ids: answer as readonly unknown[], match, objects };
  const page = await answerPage(list, call.path, request.headers, asking(asked));
  return send(reply.headers(page.headers), page.objects);
}

function readCall(request: FastifyRequest, version: string): UnverifiedCall {
  const [path, query = ''] = cutOnce(request.raw.url!, '?');
  return {
    headers: headersOf(request),
    method: request.method,
    asks: request.method === 'HEAD' ? 'GET' : request.method,
    target: originForm(request.originalUrl),
    // Quirk: an endpoint with a trailing slash in a client's configuration makes /1.0//sms (also in the signature).
    path: withoutEndSlash(path.replace(/\/{2,}/g, '/').slice(version.length)),
    query,
    body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
    ip: request.ip,
  };
}

function cutOnce(text: string, mark: string): readonly [before: string, after?: string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** 405 with the methods of the path (RFC 9110 §15.5.6). */
function answerMethods({ path, method }: UnverifiedCall, reply: FastifyReply): FastifyReply {
  reply.header('allow', methodsOf(path).join(', '));
  if (method === 'OPTIONS') return reply.code(204).send();
  throw new OvhRefusal(405, 'This method is not allowed here');
}

interface Asked {
  readonly services: OvhServices;
  readonly call: UnverifiedCall;
  readonly authorized: AuthorizedCall | null;
  readonly baseUrl: string;
}

function membersOf({ body, query }: UnverifiedCall, { route }: Match): Readonly<Record<string, unknown>> {
  return route.method === 'POST' || route.method === 'PUT' ? readBody(body) : readQuery(query);
}

/** Answers one object of a call for several, if the key has the right; these calls have no parameters. */
function asking(asked: Asked): Ask {
  return async (match, path) => {
    const rules = asked.authorized?.consumer.key?.rules ?? [];
    if (match.route.signed && !isGranted(rules, match.route.method, path)) throw notGranted();
    return answerOne(asked, match, {});
  };
}

async function answerOne(
  { services, call, authorized, baseUrl }: Asked,
  { route, places }: Match,
  members: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const answer = answers[nameOf(route)];
  if (answer === undefined) throw new OvhRefusal(501, 'This platform does not serve this call');
  const access = authorized && (await accessOf(services, authorized.customer, places['serviceName']));
  const input = readInput(route, places, members);
  const { ip } = call;
  const { application } = call.headers;
  // Answers of open routes read neither customer nor account.
  return answer({ services, ...authorized, application, access, input, baseUrl, ip } as never);
}

/** An account of another customer is 404. */
async function accessOf(
  services: OvhServices,
  customer: AccountAccess,
  serviceName: string | undefined,
): Promise<AccountAccess> {
  if (serviceName === undefined) return customer;
  const access = await services.credentials.openAccount(customer, serviceName);
  if (access === null) throw unknownService();
  return access;
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

export function baseUrlOf(services: OvhServices, request: FastifyRequest): string {
  return services.publicUrls[0] ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
}

/** Always 200, with null for void: clients take no other success (docs/dialects/ovh.md#how-it-answers). */
function send(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply
    .header('x-ovh-queryid', queryId())
    .type('application/json; charset=utf-8')
    .send(answer instanceof Readable ? answer : JSON.stringify(answer ?? null));
}

function queryId(): string {
  return `EU.ext-1.${randomToken(16).toLowerCase()}`;
}

export const answerOvhError = answerHttpErrors({
  name: 'ovh',
  readCaller: (request) => ({ kind: 'application', name: headersOf(request).application ?? '' }),
  refused: (error, _request, reply) => sendRefusal(reply, asOvhRefusal(error)),
  malformed: (_request, reply, fault) =>
    sendRefusal(
      reply,
      fault === 'unstorable' ? unknownObject() : new OvhRefusal(400, 'The request cannot be read'),
    ),
  badUrl: (_request, reply) => sendRefusal(reply, unknownPath()),
  internal: (_request, reply) => sendRefusal(reply, new OvhRefusal(500, 'Internal server error')),
});

function sendRefusal(reply: FastifyReply, { status, body }: OvhRefusal): FastifyReply {
  return reply
    .code(status)
    .header('x-ovh-queryid', queryId())
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
