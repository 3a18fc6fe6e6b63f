// Handlers of signing in, the one-time link and invitations. Used by http-family.ts.

import type { FastifyRequest } from 'fastify';
import { csrfTokenOf, isPrivateConnection } from '#dialects/shared/console-cookie.ts';
import type { Member, Membership } from '#domain/account/member.ts';
import type { TooManyAttempts } from '#operations/account/members/password-check.ts';
import type { sessionCalls } from './contract/session.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso } from './response.ts';

const maxAccounts = 50;

export function sessionHandlers(options: ConsoleOptions, build: string): HandlersOf<typeof sessionCalls> {
  const { sessions, profile } = options.services;
  return {
    async 'session.read'({ session, token }) {
      const me = session?.state === 'signed-in' ? session.access : null;
      return {
        state: session?.state ?? 'signed-out',
        csrf: session === null || token === null ? null : csrfTokenOf(token),
        member: me && renderMember(me.member),
        accounts: me === null ? [] : (await sessions.listAccounts(me, maxAccounts)).map(renderMembership),
        installation: await describeInstallation(options, build),
        now: iso(options.clock.now()),
      };
    },
    async 'session.signIn'({ body, visitor, request, openSession }) {
      requirePrivacy(request);
      const { email, password, staySignedIn = false } = body;
      const opened = await sessions.signIn({ email: email.trim(), password, staySignedIn }, visitor);
      return openSession(refuseWrong(opened));
    },
    async 'session.secondFactor'({ session, body, visitor, openSession }) {
      if (session?.state !== 'second-factor') throw new ConsoleRefusal('session-missing');
      const opened = await sessions.proveSecondFactor(session, body.code, session.isLong, visitor);
      if (opened === null) throw new ConsoleRefusal('session-missing', { detail: 'Sign in again.' });
      if (opened === 'wrong') throw codeWrong();
      return openSession(opened);
    },
    async 'session.signOut'({ me, closeSession }) {
      await profile.endSession(me, me.session.id);
      closeSession();
      return {};
    },
    async 'session.enter'({ body, visitor, request, openSession }) {
      requirePrivacy(request);
      const entered = await sessions.enter(body.token, visitor);
      if (entered === null)
        throw new ConsoleRefusal('link-invalid', {
          detail: 'This link was used, replaced or has expired. Make another with: npx chappe operator link',
        });
      const canPostpone = request.protocol !== 'https' && (await options.isDemo());
      return { ...openSession(entered), needsPassword: entered.needsPassword, canPostpone };
    },
    async 'session.readInvitation'({ body }) {
      const found = await sessions.readInvitation(body.token);
      if (found === null) throw invitationInvalid();
      const { email, account, accountName, role, invitedBy, expiresAtMs, isKnown } = found;
      return { email, account, accountName, role, invitedBy, expiresAt: iso(expiresAtMs), isKnown };
    },
    async 'session.acceptInvitation'({ body, visitor, request, openSession }) {
      requirePrivacy(request);
      const { token, name = '', password } = body;
      const opened = await sessions.acceptInvitation({ token, name, password }, visitor);
      if (opened === null) throw invitationInvalid();
      if (opened === 'weak')
        throw new ConsoleRefusal('password-weak', { fields: { password: 'not-allowed' } });
      return openSession(refuseWrong(opened));
    },
  };
}

/** Refuses a wrong password and too many attempts. */
export function refuseWrong<Result extends object | string>(
  result: Result | 'wrong' | TooManyAttempts,
): Exclude<Result, 'wrong' | TooManyAttempts> {
  if (result === 'wrong')
    throw new ConsoleRefusal('sign-in-wrong', { detail: 'The e-mail or the password is wrong.' });
  if (typeof result === 'object' && 'retryAfterMs' in result)
    throw new ConsoleRefusal('sign-in-too-many', {
      detail: 'There were too many attempts. Try again later.',
      retryAfterMs: (result as TooManyAttempts).retryAfterMs,
    });
  return result as Exclude<Result, 'wrong' | TooManyAttempts>;
}

export const codeWrong = () =>
  new ConsoleRefusal('second-factor-wrong', { detail: 'The code is wrong, or was used before.' });

const invitationInvalid = () =>
  new ConsoleRefusal('invitation-invalid', {
    detail: 'This invitation was used, revoked or has expired. Ask for another.',
  });

/** A password and a cookie never cross a network in clear. */
function requirePrivacy(request: FastifyRequest): void {
  if (!isPrivateConnection(request))
    throw new ConsoleRefusal('https-needed', {
      detail:
        'Signing in needs HTTPS, or a browser on this machine (localhost). Open the HTTPS address of this platform, or put ' +
        'a proxy with a certificate in front of it (CHAPPE_TRUSTED_PROXIES).',
    });
}

async function describeInstallation(
  { services, baseUrl, label, hasMail, keepDays, isDemo }: ConsoleOptions,
  build: string,
): Promise<Answer<'session.read'>['installation']> {
  const demo = await isDemo();
  const id = await services.sessions.installationId();
  return { id, label, build, baseUrl, hasPhone: demo, isDemo: demo, hasMail, keepDays };
}

export function renderMember(member: Member): Answer<'me.read'>['member'] {
  const { createdAtMs: _, ...shown } = member;
  return shown;
}

export function renderMembership({
  serviceName,
  name,
  role,
}: Membership): Answer<'me.read'>['accounts'][number] {
  return { account: serviceName, name, role };
}
