// The session of the console on the key pages: a person who is signed in there enters no e-mail and no API key. Used by key-pages.ts.
// Promises: a form acts for a session only with the token that a page of this session contained, and only for an account whose
// keys the person may write. The pages open no session and set no cookie.
import type { FastifyRequest } from 'fastify';
import { csrfTokenOf, readSessionToken } from '#dialects/shared/console-cookie.ts';
import { hashSecret, isSameHash } from '#lib/security/secrets.ts';
import type { AccountAccess, MemberAccess } from '#operations/access/access.ts';
import type { Services } from '#operations/services.ts';
import { type Fields, PageRefusal, queryOf } from './key-fields.ts';

export interface SignedIn {
  /** E-mail, or the name of a person without one. */
  readonly name: string;
  readonly csrf: string;
  /** The same page with the fields of the API key; null after a refused form, which its address does not contain. */
  readonly keyLink: string | null;
  /** Those whose keys the person may write; of an operator the first ones. */
  readonly accounts: readonly { readonly serviceName: string; readonly name: string }[];
}

type Sessions = Pick<Services['sessions'], 'installationId' | 'resume' | 'listAccounts' | 'openAccount'>;

const maxAccounts = 200;
const roles: readonly string[] = ['owner', 'operator'];

/** Null: nobody is signed in, the person owns no account, or the query asks for the API key. */
export async function findSignedIn(sessions: Sessions, request: FastifyRequest): Promise<SignedIn | null> {
  if (queryOf(request).get('with') === 'key') return null;
  const found = await findSession(sessions, request);
  if (found === null) return null;
  const { access, csrf } = found;
  const own = await sessions.listAccounts(access, maxAccounts);
  const accounts = own.filter(({ role }) => roles.includes(role));
  if (accounts.length === 0) return null;
  const { method, raw } = request;
  const keyLink = method === 'GET' ? `${raw.url}${raw.url!.includes('?') ? '&' : '?'}with=key` : null;
  return { name: access.member.email ?? access.member.name, csrf, keyLink, accounts };
}

/** Access by the session, for a form that a page of the session contained. Throws PageRefusal. */
export async function accessOfSession(
  sessions: Sessions,
  request: FastifyRequest,
  { csrf = '', account = '' }: Fields,
): Promise<AccountAccess> {
  const found = await findSession(sessions, request);
  if (found === null || !isSameHash(hashSecret(csrf), hashSecret(found.csrf)))
    throw new PageRefusal(403, 'Your session has ended. Sign in to the console again, or use an API key.');
  const access = await sessions.openAccount(found.access, account);
  if (access !== null && roles.includes(access.role)) return access;
  throw new PageRefusal(
    403,
    'Only an owner of an active account can write its keys. Choose another account.',
  );
}

async function findSession(
  sessions: Sessions,
  request: FastifyRequest,
): Promise<{ readonly access: MemberAccess; readonly csrf: string } | null> {
  const token = readSessionToken(request, await sessions.installationId());
  if (token === null) return null;
  const session = await sessions.resume(token, { address: request.ip, agent: '' });
  return session?.state === 'signed-in' ? { access: session.access, csrf: csrfTokenOf(token) } : null;
}
