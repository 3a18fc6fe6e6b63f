// Calls of the operator about accounts: list, create, credit, settings, keys, closing. Part of contract.ts.

import { Type } from 'typebox';
import {
  account,
  calls,
  instant,
  money,
  nothing,
  oneOf,
  optional,
  orNull,
  paged,
  role,
  strict,
} from './schemas.ts';

const count = Type.Integer({ minimum: 0 });
const amount = Type.String({ minLength: 1, maxLength: 20, description: 'Euros, such as 25.50.' });
const note = Type.String({ maxLength: 200 });

const accountStatus = oneOf('active', 'not-validated', 'blocked', 'closed');

/** Messages that carriers took since the begin of the reader's day. */
export const accountTraffic = Type.Object({
  messages: count,
  segments: count,
  price: money,
  /** Of the messages whose carrier price is known; null: of none. */
  margin: orNull(money),
});

/** The begin of the reader's day: an instant of the last two days. */
export const today = { today: optional(Type.String({ maxLength: 35 })) };

const key = Type.Object({
  key: Type.String(),
  dialect: oneOf('octopush', 'ovh', 'http2sms', 'smpp'),
  identifier: Type.String(),
  createdAt: instant,
  lastUseAt: orNull(instant),
});

const balance = { balance: money, held: money, available: money };

const ofOne = { account };

export const operatorAccountCalls = calls({
  /** In the order of their creation. */
  'operator.accounts.list': {
    method: 'GET',
    path: '/console/api/operator/accounts',
    parameters: strict({
      ...paged,
      ...today,
      q: optional(Type.String({ maxLength: 100 })),
      status: optional(accountStatus),
    }),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          account: Type.String(),
          name: Type.String(),
          email: Type.String(),
          status: accountStatus,
          isSubAccount: Type.Boolean(),
          ...balance,
          today: accountTraffic,
          createdAt: instant,
        }),
      ),
      next: orNull(Type.String()),
    }),
    permission: 'accounts.read',
    audited: false,
  },
  'operator.accounts.read': {
    method: 'GET',
    path: '/console/api/operator/accounts/:account',
    parameters: strict(ofOne),
    answer: Type.Object({
      account: Type.String(),
      name: Type.String(),
      email: Type.String(),
      status: accountStatus,
      ...balance,
      keys: Type.Array(key),
      settings: Type.Array(
        Type.Object({
          setting: Type.String(),
          value: Type.String(),
          choices: Type.Array(Type.String()),
          isSecret: Type.Boolean(),
          /** In English; the browser has its own sentence for the settings that it knows. */
          sentence: Type.String(),
        }),
      ),
      members: Type.Array(
        Type.Object({ name: Type.String(), email: orNull(Type.String()), role, lastSeenAt: orNull(instant) }),
      ),
      /** The latest 20. */
      entries: Type.Array(
        Type.Object({
          entry: Type.Integer(),
          kind: oneOf('top_up', 'adjustment', 'hold', 'charge', 'release'),
          amount: money,
          campaigns: count,
          messages: count,
          note: orNull(Type.String()),
          at: instant,
        }),
      ),
    }),
    permission: 'accounts.read',
    audited: false,
  },
  /** The keys are shown this once. */
  'operator.accounts.create': {
    method: 'POST',
    path: '/console/api/operator/accounts',
    body: strict({
      email: Type.String({ minLength: 3, maxLength: 254 }),
      name: Type.String({ maxLength: 100 }),
      credit: optional(amount),
      parent: optional(account),
    }),
    answer: Type.Object({
      account: Type.String(),
      octopush: Type.Object({ userLogin: Type.String(), apiKey: Type.String() }),
      ovh: Type.Object({
        applicationKey: Type.String(),
        applicationSecret: Type.String(),
        consumerKey: Type.String(),
      }),
      http2sms: Type.Object({ login: Type.String(), password: Type.String() }),
      smpp: Type.Object({ systemId: Type.String(), password: Type.String() }),
    }),
    permission: 'accounts.write',
    audited: true,
  },
  /** Texts by setting, as `read` shows them. */
  'operator.accounts.change': {
    method: 'PATCH',
    path: '/console/api/operator/accounts/:account',
    parameters: strict(ofOne),
    body: strict({ settings: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 500 })) }),
    answer: Type.Object({ changed: Type.Array(Type.String()) }),
    permission: 'accounts.write',
    audited: true,
  },
  /** `take` needs a note, and never takes credit that is held. */
  'operator.accounts.moveCredit': {
    method: 'POST',
    path: '/console/api/operator/accounts/:account/credit',
    parameters: strict(ofOne),
    body: strict({ direction: oneOf('add', 'take'), amount, note: optional(note) }),
    answer: Type.Object(balance),
    permission: 'accounts.write',
    audited: true,
  },
  /** The link is shown this once; it is valid for seven days. */
  'operator.accounts.invite': {
    method: 'POST',
    path: '/console/api/operator/accounts/:account/invitations',
    parameters: strict(ofOne),
    body: strict({ email: Type.String({ minLength: 3, maxLength: 254 }), role }),
    answer: Type.Object({ link: Type.String(), expiresAt: instant }),
    permission: 'accounts.write',
    audited: true,
  },
  'operator.accounts.revokeKey': {
    method: 'DELETE',
    path: '/console/api/operator/accounts/:account/keys/:key',
    parameters: strict({ ...ofOne, key: Type.String({ maxLength: 60 }) }),
    answer: nothing,
    permission: 'accounts.write',
    audited: true,
  },
  /** Revokes every key. Accepted messages are still sent, and all data is kept. */
  'operator.accounts.close': {
    method: 'POST',
    path: '/console/api/operator/accounts/:account/close',
    parameters: strict(ofOne),
    body: strict({ note: optional(note) }),
    answer: nothing,
    permission: 'accounts.write',
    audited: true,
  },
});
