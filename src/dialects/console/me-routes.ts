// Handlers of the signed-in member: profile, password, second factor, sessions. Used by http-family.ts.
import type { WeakPassword } from '#lib/security/weak-passwords.ts';
import type { OpenedSession } from '#operations/account/members/open-session.ts';
import type { meCalls } from './contract/session.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso } from './response.ts';
import { codeWrong, refuseWrong, renderMember, renderMembership } from './session-routes.ts';

const maxAccounts = 200;
const issuer = 'Chappe';

export function meHandlers({ services, label }: ConsoleOptions): HandlersOf<typeof meCalls> {
  const { profile, sessions } = services;
  return {
    async 'me.read'({ me }) {
      return {
        member: renderMember(me.member),
        recoveryCodesLeft: await profile.countRecoveryCodes(me),
        createdAt: iso(me.member.createdAtMs),
        accounts: (await sessions.listAccounts(me, maxAccounts)).map(renderMembership),
      };
    },
    async 'me.update'({ me, body: { name = null, language = null, preferences = {} } }) {
      return renderMember(await profile.update(me, { name, language, preferences }));
    },
    async 'me.setUp'({ me, body, visitor, openSession }) {
      const opened = await profile.setUp(me, { ...body, email: body.email.trim() }, visitor);
      if (opened === 'not-allowed')
        throw new ConsoleRefusal('conflict', {
          detail: 'You have a password: change it with the present one.',
        });
      if (opened === 'email-taken')
        throw new ConsoleRefusal('value-invalid', {
          detail: 'Another member has this e-mail.',
          fields: { email: 'not-allowed' },
        });
      return openSession(refuseWeak(opened));
    },
    async 'me.changePassword'({ me, body, visitor, openSession }) {
      const changed = refuseWrong(await profile.changePassword(me, body, visitor));
      return openSession(refuseWeak(changed));
    },
    async 'me.listSessions'({ me }) {
      const rows = await profile.listSessions(me);
      return {
        rows: rows.map(({ createdAtMs, lastSeenAtMs, expiresAtMs, ...row }) => ({
          ...row,
          createdAt: iso(createdAtMs),
          lastSeenAt: iso(lastSeenAtMs),
          expiresAt: iso(expiresAtMs),
        })),
      };
    },
    async 'me.endSession'({ me, parameters }) {
      if (!(await profile.endSession(me, parameters.session))) throw notFound();
      return {};
    },
    'me.endOtherSessions': async ({ me }) => ({ ended: await profile.endOtherSessions(me) }),
    'me.startTotp': async ({ me, body }) =>
      refuseWrong(
        await profile.startTotp(me, {
          password: body.password,
          issuer: label === null ? issuer : `${issuer} ${label}`,
        }),
      ),
    async 'me.confirmTotp'({ me, body, visitor, openSession }) {
      const confirmed = await profile.confirmTotp(me, body.code, visitor);
      if (confirmed === null)
        throw new ConsoleRefusal('conflict', { detail: 'There is no secret to confirm. Begin again.' });
      if (confirmed === 'wrong') throw codeWrong();
      const { csrf } = openSession(confirmed.opened);
      return { csrf, recoveryCodes: [...confirmed.recoveryCodes] };
    },
    async 'me.stopTotp'({ me, body }) {
      refuseWrong(await profile.stopTotp(me, body.password));
      return {};
    },
    async 'me.renewRecoveryCodes'({ me, body }) {
      const codes = await profile.renewRecoveryCodes(me, body.password);
      if (codes === null) throw new ConsoleRefusal('conflict', { detail: 'You have no second factor.' });
      return { recoveryCodes: [...refuseWrong(codes)] };
    },
  };
}

function refuseWeak(result: OpenedSession | WeakPassword): OpenedSession {
  if (typeof result !== 'string') return result;
  throw new ConsoleRefusal('password-weak', {
    detail: weakWords[result],
    fields: { password: weakFaults[result] },
  });
}

const weakWords: Readonly<Record<WeakPassword, string>> = {
  short: 'A password has at least 12 characters.',
  long: 'A password has at most 256 bytes.',
  frequent: 'This password is among the first that guessing programs try. Choose another.',
  'own-email': 'The password is nearly the e-mail. Choose another.',
};

const weakFaults: Readonly<Record<WeakPassword, string>> = {
  short: 'too-short',
  long: 'too-long',
  frequent: 'not-allowed',
  'own-email': 'not-allowed',
};
