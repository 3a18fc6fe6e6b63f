// Registers a route for each call of the contract, in one order of checks: origin, session, CSRF token, parameters, body,
// account, handler. Used by http-family.ts. A service checks the permission; this file only says who calls.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallDefinition } from './contract/schemas.ts';
import { type Answer, type Body, type CallName, contract, type Parameters } from './contract.ts';
import { asConsoleRefusal, ConsoleRefusal } from './errors.ts';
import { readBody, readParameters } from './request.ts';

export interface Call<C extends CallName> {
  readonly parameters: Parameters<C>;
  readonly body: Body<C>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type Handlers = { readonly [C in CallName]?: (call: Call<C>) => Promise<Answer<C>> };

export function registerCalls(app: FastifyInstance, handlers: Handlers): void {
  for (const [name, definition] of Object.entries<CallDefinition>(contract)) {
    const handler = handlers[name as CallName] as ((call: Call<CallName>) => Promise<unknown>) | undefined;
    app.route({
      method: definition.method,
      url: definition.path,
      exposeHeadRoute: false,
      handler: (request, reply) => answer(definition, handler, request, reply),
    });
  }
}

async function answer(
  { parameters, body, permission }: CallDefinition,
  handler: ((call: Call<CallName>) => Promise<unknown>) | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (permission !== 'none') throw new ConsoleRefusal('session-missing', { detail: 'Sign in first.' });
  const call = {
    parameters: readParameters(parameters, request.params as never, request.query as never),
    body: readBody(body, request.body),
    request,
    reply,
  } as Call<CallName>;
  if (handler === undefined) throw new ConsoleRefusal('not-found', { detail: 'This call is not built yet.' });
  try {
    const content = await handler(call);
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(content));
  } catch (error) {
    throw asConsoleRefusal(error);
  }
}
