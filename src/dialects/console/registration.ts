// Registers a route for each call of the contract, in one order of checks: origin, session, CSRF token, parameters, body,
// account, handler. Used by http-family.ts. A service checks the permission; this file only says who calls.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  csrfTokenOf,
  isOwnOrigin,
  readSessionToken,
  setSessionCookie,
} from '#dialects/shared/console-cookie.ts';
import { TooManyHashes } from '#lib/security/passwords.ts';
import type { AccountAccess, MemberAccess, OperatorAccess } from '#operations/access/access.ts';
import type { OpenedSession, Visitor } from '#operations/account/members/open-session.ts';
import type { ResumedSession } from '#operations/account/members/sessions.ts';
import { describeAgent } from './agent.ts';
import type { CallDefinition, FileAnswer } from './contract/schemas.ts';
import {
  type Answer,
  type Body,
  type CallName,
  type ConsoleContract,
  contract,
  type Parameters,
} from './contract.ts';
import { asConsoleRefusal, ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { readBody, readParameters } from './request.ts';

type PathOf<C extends CallName> = ConsoleContract[C]['path'];

/** Access to the account or the installation that the path names; undefined for other paths. */
type AccessOf<C extends CallName> =
  PathOf<C> extends `/console/api/accounts/:account${string}`
    ? AccountAccess
    : PathOf<C> extends `/console/api/operator/${string}`
      ? OperatorAccess
      : undefined;

type MeOf<C extends CallName> = ConsoleContract[C]['permission'] extends 'none' ? null : MemberAccess;

interface Call<C extends CallName> {
  readonly parameters: Parameters<C>;
  readonly body: Body<C>;
  readonly access: AccessOf<C>;
  /** Null for calls without a session. */
  readonly me: MeOf<C>;
  /** The session of the cookie, also of calls that need none. */
  readonly session: ResumedSession | null;
  /** Of the cookie. */
  readonly token: string | null;
  /** Whole numbers of the account may be shown to the caller. */
  readonly showsNumbers: boolean;
  readonly visitor: Visitor;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Sets the cookie of a new session and returns the state for the answer. */
  openSession(opened: OpenedSession): { state: OpenedSession['state']; csrf: string };
  /** Deletes the cookie. */
  closeSession(): void;
}

export type Handlers = { readonly [C in CallName]: (call: Call<C>) => Promise<Answer<C>> };
/** Those of one subject. */
export type HandlersOf<Calls> = Pick<Handlers, keyof Calls & CallName>;

type AnyCall = Call<CallName>;
type AnyHandler = (call: AnyCall) => Promise<unknown>;

/** Registers the calls with a JSON body, or (`file`) those whose body is a file, which need a parser of their own. */
export function registerCalls(
  app: FastifyInstance,
  handlers: Handlers,
  options: ConsoleOptions,
  bodies: 'json' | 'file' = 'json',
): void {
  for (const [name, definition] of Object.entries<CallDefinition>(contract)) {
    if ((definition.takesFile === true) !== (bodies === 'file')) continue;
    const handler = handlers[name as CallName] as unknown as AnyHandler;
    app.route({
      method: definition.method,
      url: definition.path,
      exposeHeadRoute: false,
      handler: (request, reply) => answer(definition, handler, { request, reply, options }),
    });
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly options: ConsoleOptions;
}

async function answer(
  definition: CallDefinition,
  handler: AnyHandler,
  exchange: Exchange,
): Promise<FastifyReply> {
  const { reply } = exchange;
  try {
    const content = await handler(await openCall(definition, exchange));
    if (reply.sent) return reply;
    if (isFile(content)) return sendFile(reply, content);
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(content));
  } catch (error) {
    if (error instanceof TooManyHashes) throw new ConsoleRefusal('sign-in-too-many', { retryAfterMs: 2000 });
    throw asConsoleRefusal(error);
  }
}

function isFile(content: unknown): content is FileAnswer {
  return typeof content === 'object' && content !== null && 'bytes' in content && 'type' in content;
}

function sendFile(reply: FastifyReply, { name, type, bytes }: FileAnswer): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .send(Readable.from(bytes));
}

async function openCall(
  { method, parameters, body, permission, path, takesFile }: CallDefinition,
  { request, reply, options }: Exchange,
): Promise<AnyCall> {
  const { sessions } = options.services;
  if (method !== 'GET') requireOwnOrigin(request, options.publicUrls, takesFile ? fileType : jsonType);
  const visitor = { address: request.ip, agent: describeAgent(request.headers['user-agent'] ?? '') };
  const installationId = await sessions.installationId();
  const token = readSessionToken(request, installationId);
  const session = token === null ? null : await sessions.resume(token, visitor);
  const me = session?.state === 'signed-in' ? session.access : null;
  if (permission !== 'none') requireSession(me, session);
  if (permission !== 'none' && method !== 'GET') requireCsrfToken(request, token);
  const access = permission === 'none' ? undefined : await openAccess(path, request, me!, options);
  const read = {
    parameters: readParameters(parameters, request.params as never, request.query as never),
    body: readBody(body, request.body),
  };
  return {
    ...read,
    access,
    me,
    session,
    token,
    showsNumbers: access !== undefined && 'account' in access && showsNumbers(me!, access),
    visitor,
    request,
    reply,
    openSession(opened: OpenedSession) {
      setSessionCookie(request, reply, installationId, opened);
      return { state: opened.state, csrf: csrfTokenOf(opened.token) };
    },
    closeSession: () => setSessionCookie(request, reply, installationId, null),
  } as unknown as AnyCall;
}

const jsonType = 'application/json';
const fileType = 'application/octet-stream';

/** The type of a body too: a form of another site can send neither of these. */
function requireOwnOrigin(
  request: FastifyRequest,
  publicUrls: readonly string[],
  expectedType: typeof jsonType | typeof fileType,
): void {
  if (!isOwnOrigin(request, publicUrls))
    throw new ConsoleRefusal('origin-foreign', { detail: 'This request was sent by another site.' });
  const type = request.headers['content-type'];
  if (type === undefined && expectedType === jsonType) return;
  if ((type ?? '').split(';', 1)[0]!.trim().toLowerCase() !== expectedType)
    throw new ConsoleRefusal('request-invalid', { detail: `Send the body as ${expectedType}.` });
}

function requireSession(me: MemberAccess | null, session: ResumedSession | null): asserts me {
  if (me !== null) return;
  if (session?.state === 'second-factor')
    throw new ConsoleRefusal('second-factor-missing', { detail: 'Send the code of your app first.' });
  throw new ConsoleRefusal('session-missing', {
    detail: 'Sign in first: nobody is, or the session has ended.',
  });
}

function requireCsrfToken(request: FastifyRequest, token: string | null): void {
  if (token === null || request.headers['x-chappe-csrf'] !== csrfTokenOf(token))
    throw new ConsoleRefusal('csrf-wrong', {
      detail: 'The header X-Chappe-CSRF does not fit the session. Read /console/api/session again.',
    });
}

async function openAccess(
  path: string,
  request: FastifyRequest,
  me: MemberAccess,
  { services: { sessions } }: ConsoleOptions,
): Promise<AccountAccess | OperatorAccess | undefined> {
  if (path.startsWith('/console/api/operator/')) return sessions.actAsOperator(me);
  if (!path.startsWith('/console/api/accounts/')) return undefined;
  const { account } = request.params as { account: string };
  const access = await sessions.openAccount(me, account);
  if (access === null) throw notFound();
  return access;
}

/** Owners and editors work with their own contacts; others see two digits until they ask for more, which is recorded. */
export function showsNumbers(me: MemberAccess, { role, account }: AccountAccess): boolean {
  return role === 'owner' || role === 'editor' || me.session.showsNumbersOf === account.id;
}
