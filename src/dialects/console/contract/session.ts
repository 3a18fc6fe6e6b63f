// Calls of signing in and of the signed-in person ("me"). Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  instant,
  language,
  nothing,
  oneOf,
  optional,
  orNull,
  role,
  rowId,
  strict,
} from './schemas.ts';

const email = Type.String({ minLength: 3, maxLength: 254 });
/** At least 12 characters, at most 256 bytes; the server also refuses frequent passwords and the e-mail. */
const newPassword = Type.String({ minLength: 12, maxLength: 256 });
const password = Type.String({ minLength: 1, maxLength: 256 });
const name = Type.String({ minLength: 1, maxLength: 100 });
const token = Type.String({ minLength: 20, maxLength: 100 });
/** Six digits of the app, or a recovery code. */
const code = Type.String({ minLength: 6, maxLength: 40 });

const timeDisplay = oneOf('local', 'utc', 'account');
const preferences = Type.Object({
  theme: oneOf('system', 'light', 'dark'),
  density: oneOf('compact', 'comfortable'),
  timeDisplay,
  /** Keyboard shortcuts of single letters (WCAG 2.1.4). */
  hasKeys: Type.Boolean(),
});

const member = Type.Object({
  id: rowId,
  /** Null: an operator who signed in with a one-time link and has chosen none yet. */
  email: orNull(Type.String()),
  name: Type.String(),
  language: orNull(language),
  preferences,
  isOperator: Type.Boolean(),
  hasPassword: Type.Boolean(),
  hasTotp: Type.Boolean(),
});

const account = Type.Object({
  /** The service name. */
  account: Type.String(),
  name: Type.String(),
  /** `operator`: a person without a role in the account, who acts for it. */
  role: Type.Union([role, Type.Literal('operator')]),
});

const installation = Type.Object({
  /** Short and equal for all processes; part of the cookie's name. */
  id: Type.String(),
  label: orNull(Type.String()),
  /** Changes with each version of the server. */
  build: Type.String(),
  /** The address of the APIs, without a final slash. */
  baseUrl: Type.String(),
  /** The simulated carrier runs: the page of the simulated phone works. */
  hasPhone: Type.Boolean(),
  /** There is no other carrier: nothing leaves this machine. */
  isDemo: Type.Boolean(),
  /** A mail relay is set: invitations can be mailed. */
  hasMail: Type.Boolean(),
  /** Days that messages are kept; null: for ever. */
  keepDays: orNull(Type.Integer()),
});

const state = oneOf('signed-out', 'second-factor', 'signed-in');

const signedIn = Type.Object({ state, csrf: orNull(Type.String()) });

export const sessionCalls = calls({
  /** Never refused: says whether somebody is signed in, with the token for `X-Chappe-CSRF`. */
  'session.read': {
    method: 'GET',
    path: '/console/api/session',
    answer: Type.Object({
      state,
      csrf: orNull(Type.String()),
      member: orNull(member),
      /** At most 50, by name; an operator finds others with `search`. */
      accounts: Type.Array(account),
      installation,
      now: instant,
    }),
    permission: 'none',
    audited: false,
  },
  /** Refused with `sign-in-wrong`, `sign-in-too-many` (`retryAfterMs`), `sign-in-blocked`, `https-needed`. */
  'session.signIn': {
    method: 'POST',
    path: '/console/api/session/sign-in',
    body: strict({ email, password, staySignedIn: optional(Type.Boolean()) }),
    answer: signedIn,
    permission: 'none',
    audited: false,
  },
  /** Refused with `second-factor-wrong`, after five tries with `session-missing`. */
  'session.secondFactor': {
    method: 'POST',
    path: '/console/api/session/second-factor',
    body: strict({ code }),
    answer: signedIn,
    permission: 'none',
    audited: false,
  },
  'session.signOut': {
    method: 'POST',
    path: '/console/api/session/sign-out',
    answer: nothing,
    permission: 'session',
    audited: false,
  },
  /** A one-time link of `chappe operator link`. Refused with `link-invalid`. */
  'session.enter': {
    method: 'POST',
    path: '/console/api/session/enter',
    body: strict({ token }),
    answer: Type.Object({
      state,
      csrf: orNull(Type.String()),
      /** The person has no password yet: ask for e-mail and password (`me.setUp`). */
      needsPassword: Type.Boolean(),
      /** On a loopback address with the simulated carrier only, the choice can be postponed. */
      canPostpone: Type.Boolean(),
    }),
    permission: 'none',
    audited: true,
  },
  /** Refused with `invitation-invalid`. */
  'session.readInvitation': {
    method: 'POST',
    path: '/console/api/session/invitation',
    body: strict({ token }),
    answer: Type.Object({
      email: Type.String(),
      account: orNull(Type.String()),
      accountName: orNull(Type.String()),
      role: Type.Union([role, Type.Literal('operator')]),
      invitedBy: Type.String(),
      expiresAt: instant,
      /** A member with this e-mail exists: the password is theirs, no name is needed. */
      isKnown: Type.Boolean(),
    }),
    permission: 'none',
    audited: false,
  },
  /** Signs in. `password` is new, or that of the known member. */
  'session.acceptInvitation': {
    method: 'POST',
    path: '/console/api/session/accept-invitation',
    body: strict({ token, name: optional(name), password }),
    answer: signedIn,
    permission: 'none',
    audited: true,
  },
});

export const meCalls = calls({
  'me.read': {
    method: 'GET',
    path: '/console/api/me',
    answer: Type.Object({
      member,
      recoveryCodesLeft: Type.Integer(),
      createdAt: instant,
      accounts: Type.Array(account),
    }),
    permission: 'session',
    audited: false,
  },
  'me.update': {
    method: 'PATCH',
    path: '/console/api/me',
    body: strict({
      name: optional(name),
      language: optional(language),
      preferences: optional(Type.Partial(preferences, { additionalProperties: false })),
    }),
    answer: member,
    permission: 'session',
    audited: false,
  },
  /** E-mail and password of a person who has none yet. Refused with `conflict` afterwards. */
  'me.setUp': {
    method: 'POST',
    path: '/console/api/me/set-up',
    body: strict({ name, email, password: newPassword }),
    answer: signedIn,
    permission: 'session',
    audited: true,
  },
  /** Ends the other sessions. Refused with `sign-in-wrong`, `password-weak`. */
  'me.changePassword': {
    method: 'POST',
    path: '/console/api/me/password',
    body: strict({ current: password, password: newPassword }),
    answer: signedIn,
    permission: 'session',
    audited: true,
  },
  'me.listSessions': {
    method: 'GET',
    path: '/console/api/me/sessions',
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          id: rowId,
          isCurrent: Type.Boolean(),
          createdAt: instant,
          lastSeenAt: instant,
          expiresAt: instant,
          address: Type.String(),
          /** Such as "Firefox on Linux". */
          agent: Type.String(),
        }),
      ),
    }),
    permission: 'session',
    audited: false,
  },
  'me.endSession': {
    method: 'DELETE',
    path: '/console/api/me/sessions/:session',
    parameters: strict({ session: rowId }),
    answer: nothing,
    permission: 'session',
    audited: false,
  },
  'me.endOtherSessions': {
    method: 'POST',
    path: '/console/api/me/sessions/end-others',
    answer: Type.Object({ ended: Type.Integer() }),
    permission: 'session',
    audited: false,
  },
  /** The secret for the app; it is in use from `me.confirmTotp` on. */
  'me.startTotp': {
    method: 'POST',
    path: '/console/api/me/totp/start',
    body: strict({ password }),
    answer: Type.Object({ secret: Type.String(), uri: Type.String() }),
    permission: 'session',
    audited: false,
  },
  'me.confirmTotp': {
    method: 'POST',
    path: '/console/api/me/totp/confirm',
    body: strict({ code }),
    answer: Type.Object({ csrf: Type.String(), recoveryCodes: Type.Array(Type.String()) }),
    permission: 'session',
    audited: true,
  },
  'me.stopTotp': {
    method: 'POST',
    path: '/console/api/me/totp/stop',
    body: strict({ password }),
    answer: nothing,
    permission: 'session',
    audited: true,
  },
  'me.renewRecoveryCodes': {
    method: 'POST',
    path: '/console/api/me/totp/recovery-codes',
    body: strict({ password }),
    answer: Type.Object({ recoveryCodes: Type.Array(Type.String()) }),
    permission: 'session',
    audited: true,
  },
});
