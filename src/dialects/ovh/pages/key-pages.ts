// The key pages at the addresses of guides for OVH's API: /createApp/, /createToken/, and /auth/, where a customer decides about a
// key that an application asked for (docs/dialects/ovh.md#pages-for-people). Used by http-family.ts. A person who is
// signed in to the console chooses an account; anybody else enters e-mail and API key in each form (docs/decisions/0015-signing-in-for-keys.md).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tellRules, writeRules } from '#dialects/ovh/api/access-rule-text.ts';
import { isRule } from '#dialects/ovh/api/access-rules.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerHttpErrors } from '#dialects/shared/http-errors.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { SignInFailure } from '#operations/account/sign-in.ts';
import type { Services } from '#operations/services.ts';
import {
  type Fields,
  fieldsOfBody,
  fieldsOfQuery,
  PageRefusal,
  queryOf,
  readAddresses,
  readApplication,
  readLifetime,
  readRights,
} from './key-fields.ts';
import {
  type Question,
  renderApplicationForm,
  renderKeys,
  renderMessage,
  renderQuestion,
  renderTokenForm,
} from './key-forms.ts';
import { sendElsewhere, sendPage } from './key-page.ts';
import { accessOfSession, findSignedIn, type SignedIn } from './key-session.ts';

export interface KeyPageServices extends Pick<Services, 'ovhKeys' | 'signIns' | 'sessions'> {
  /** Public addresses of the platform, without a trailing slash. Empty: not configured. */
  readonly publicUrls: readonly string[];
}

const bodyLimitBytes = 64 * 1024;

const signInProblems: Readonly<Record<SignInFailure, readonly [status: number, words: string]>> = {
  wrong: [403, 'No account has this e-mail and API key.'],
  'not-active': [403, 'This account is not active. Ask the operator of the platform.'],
  'too-many': [429, 'Too many attempts. Try again in a quarter of an hour.'],
};

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function keyPages(app: FastifyInstance, services: KeyPageServices): Promise<void> {
  takeBodies(app, bodyLimitBytes);
  app.addHook('onRequest', async (request) => refuseForeignForms(request, services.publicUrls));
  app.setErrorHandler(answerPageError);
  const at = (paths: readonly string[], show: Handler, take: Handler) => {
    for (const url of paths) {
      app.get(url, (request, reply) => show(services, request, reply));
      app.post(url, (request, reply) => take(services, request, reply));
    }
  };
  at(addressesOf('createApp'), showApplicationForm, takeApplicationForm);
  at(addressesOf('createToken'), showTokenForm, takeTokenForm);
  at(['/auth', '/auth/'], showQuestion, takeDecision);
  // Without these routes, the legacy Octopush API would answer below /api/.
  for (const page of ['createApp', 'createToken'])
    app.all(`/api/${page}/*`, () => {
      throw new PageRefusal(404, 'There is no such page.');
    });
}

/** Addresses in guides, old and new (docs/dialects/ovh.md#pages-for-people). */
function addressesOf(page: string): readonly string[] {
  return ['', '/api', '/auth/api'].flatMap((folder) => [
    `${folder}/${page}`,
    `${folder}/${page}/`,
    `${folder}/${page}/index.cgi`,
  ]);
}

type Handler = (
  services: KeyPageServices,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply> | FastifyReply;

/**
 * Refuses forms that another site submits. Browsers name the origin of a form; a client without these headers is not a browser,
 * so no person can be tricked into sending the form.
 */
function refuseForeignForms({ method, headers }: FastifyRequest, publicUrls: readonly string[]): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  const isOwn =
    site === undefined
      ? origin === undefined || URL.parse(origin)?.host === host || publicUrls.includes(origin)
      : site === 'same-origin' || site === 'none';
  if (!isOwn) throw new PageRefusal(403, 'This form was sent by another site.');
}

const answerPageError = answerHttpErrors({
  name: 'ovh-pages',
  refused: (error, _request, reply) =>
    error instanceof PageRefusal
      ? sendMessage(reply, error.status, 'The request was refused', error.message)
      : sendUnreadable(reply, 400),
  malformed: (_request, reply, fault) => sendUnreadable(reply, fault === 'unstorable' ? 400 : fault.status),
  badUrl: (_request, reply) => sendUnreadable(reply, 404),
  internal: (_request, reply) =>
    sendMessage(
      reply,
      500,
      'Internal error',
      'Try again. If the error persists, ask the operator of the platform.',
    ),
});

function sendUnreadable(reply: FastifyReply, status: number): FastifyReply {
  return sendMessage(reply, status, 'The request cannot be read', 'The request is too large or malformed.');
}

function sendMessage(reply: FastifyReply, status: number, title: string, words: string): FastifyReply {
  return sendPage(reply, { title, status, content: renderMessage(title, words) });
}

async function showApplicationForm(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const signedIn = await findSignedIn(services.sessions, request);
  return sendApplicationForm(reply, fieldsOfQuery(request), signedIn, null);
}

async function takeApplicationForm(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const fields = fieldsOfBody(request);
  return orAgain(
    async () => {
      const application = readApplication(fields);
      const access = await signIn(services, request, fields);
      const keys = await services.ovhKeys.createApplication(access, application);
      const title = `The application ${application.name} was created`;
      const content = renderKeys(title, [
        ['Application key', keys.applicationKey],
        ['Application secret', keys.applicationSecret],
      ]);
      return sendPage(reply, { title, content });
    },
    async (problem) =>
      sendApplicationForm(reply, fields, await signedInOf(services, request, fields), problem),
  );
}

function sendApplicationForm(
  reply: FastifyReply,
  fields: Fields,
  signedIn: SignedIn | null,
  problem: PageRefusal | null,
) {
  const content = renderApplicationForm(fields, signedIn, problem?.message ?? null);
  return sendPage(reply, { title: 'Create an application', content, status: problem?.status ?? 200 });
}

// From `?GET=/sms&POST=/sms/*/jobs`: each method can occur several times.
async function showTokenForm(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const rules = [...queryOf(request)]
    .map(([name, path]) => ({ method: name.toUpperCase(), path }))
    .filter(({ method, path }) => isRule(method, path));
  const signedIn = await findSignedIn(services.sessions, request);
  return sendTokenForm(reply, { ...fieldsOfQuery(request), rights: writeRules(rules) }, signedIn, null);
}

async function takeTokenForm(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const fields = fieldsOfBody(request);
  return orAgain(
    async () => {
      const order = {
        ...readApplication(fields),
        rules: readRights(fields['rights'] ?? ''),
        allowedIps: readAddresses(fields['addresses'] ?? ''),
        lifetimeMs: readLifetime(fields['lifetime']),
      };
      const keys = await services.ovhKeys.createToken(await signIn(services, request, fields), order);
      const title = 'Your keys';
      const content = renderKeys(title, [
        ['Application key', keys.applicationKey],
        ['Application secret', keys.applicationSecret],
        ['Consumer key', keys.consumerKey],
      ]);
      return sendPage(reply, { title, content });
    },
    async (problem) => sendTokenForm(reply, fields, await signedInOf(services, request, fields), problem),
  );
}

function sendTokenForm(
  reply: FastifyReply,
  fields: Fields,
  signedIn: SignedIn | null,
  problem: PageRefusal | null,
) {
  const content = renderTokenForm(fields, signedIn, problem?.message ?? null);
  return sendPage(reply, { title: 'Create a token', content, status: problem?.status ?? 200 });
}

async function showQuestion(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const token = queryOf(request).get('credentialToken') ?? '';
  const signedIn = await findSignedIn(services.sessions, request);
  return sendQuestion(reply, { ...(await questionOf(services, token, {})), signedIn }, null);
}

async function takeDecision(services: KeyPageServices, request: FastifyRequest, reply: FastifyReply) {
  const fields = fieldsOfBody(request);
  const question = await questionOf(services, fields['credentialToken'] ?? '', fields);
  const { request: asked } = question;
  const isAccepted = fields['decision'] === 'accept';
  return orAgain(
    async () => {
      if (!isAccepted && fields['decision'] !== 'refuse')
        throw new PageRefusal(400, 'Choose to accept or to refuse.');
      const isFirst = isAccepted
        ? await services.ovhKeys.validate(
            await signIn(services, request, fields),
            asked.id,
            readLifetime(fields['lifetime']),
          )
        : await services.ovhKeys.refuse(asked.id);
      if (!isFirst) throw nothingToDecide();
      if (asked.redirection !== null) return sendElsewhere(reply, asked.redirection);
      const title = isAccepted ? 'Access is granted' : 'Access is refused';
      const words = isAccepted
        ? 'can use your account from now on.'
        : 'will not be able to use your account.';
      return sendMessage(reply, 200, title, `${asked.application.name} ${words} You can close this page.`);
    },
    async (problem) =>
      sendQuestion(reply, { ...question, signedIn: await signedInOf(services, request, fields) }, problem),
  );
}

const nothingToDecide = () =>
  new PageRefusal(
    404,
    'This request does not exist, is decided already, or has expired. Start again in the application.',
  );

async function questionOf(
  { ovhKeys }: KeyPageServices,
  token: string,
  fields: Fields,
): Promise<Omit<Question, 'problem' | 'signedIn'>> {
  const request = await ovhKeys.readRequest(token);
  if (request === null) throw nothingToDecide();
  return { request, rules: tellRules(request.rules), token, fields };
}

function sendQuestion(
  reply: FastifyReply,
  question: Omit<Question, 'problem'>,
  problem: PageRefusal | null,
): FastifyReply {
  const { application, redirection } = question.request;
  const content = renderQuestion({ ...question, problem: problem?.message ?? null });
  const title = `${application.name} asks for access`;
  return sendPage(reply, { title, content, status: problem?.status ?? 200, leadsTo: redirection });
}

/** Runs the action of a form. On a refusal, shows the form again with the reason. */
async function orAgain(
  work: () => Promise<FastifyReply>,
  again: (problem: PageRefusal) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PageRefusal && error.status !== 404) return await again(error);
    throw error;
  }
}

/** Of the form that is shown again: one with e-mail and API key keeps its fields. */
function signedInOf(
  { sessions }: KeyPageServices,
  request: FastifyRequest,
  { csrf }: Fields,
): Promise<SignedIn | null> {
  return csrf === undefined ? Promise.resolve(null) : findSignedIn(sessions, request);
}

async function signIn(
  { signIns, sessions }: KeyPageServices,
  request: FastifyRequest,
  fields: Fields,
): Promise<AccountAccess> {
  if (fields['csrf'] !== undefined) return accessOfSession(sessions, request, fields);
  const { email = '', apiKey = '' } = fields;
  const access = await signIns.signIn({ email: email.trim(), apiKey: apiKey.trim(), address: request.ip });
  if (typeof access !== 'string') return access;
  throw new PageRefusal(...signInProblems[access]);
}
