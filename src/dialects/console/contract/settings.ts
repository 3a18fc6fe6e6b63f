// Calls of the settings of an account: senders, templates, members, the account itself, the audit trail. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  instant,
  nothing,
  ofAccount,
  oneOf,
  optional,
  orNull,
  page,
  paged,
  role,
  rowId,
  strict,
} from './schemas.ts';

const reviewStatus = oneOf('waiting', 'enabled', 'disabled', 'refused');
const senderName = Type.String({ minLength: 1, maxLength: 20 });
const templateName = Type.String({ minLength: 1, maxLength: 60 });
const templateText = {
  message: Type.String({ minLength: 1, maxLength: 2000 }),
  description: optional(Type.String({ maxLength: 500 })),
};

const sender = Type.Object({
  sender: Type.String(),
  type: oneOf('alpha', 'numeric', 'shortcode'),
  status: reviewStatus,
  description: Type.String(),
  /** A code was sent to the number: `senders.confirm`. */
  isAwaitingCode: Type.Boolean(),
  /** Of the operator, such as why it was refused. */
  comment: orNull(Type.String()),
});

const template = Type.Object({
  name: Type.String(),
  message: Type.String(),
  description: Type.String(),
  activity: oneOf('alerting', 'authentication', 'transactional'),
  status: reviewStatus,
  comment: Type.String(),
});

const member = Type.Object({
  member: rowId,
  email: orNull(Type.String()),
  name: Type.String(),
  role,
  hasTotp: Type.Boolean(),
  since: instant,
  lastSeenAt: orNull(instant),
});

const ofTemplate = { ...ofAccount, name: templateName };

export const settingsCalls = calls({
  'senders.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/senders',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(sender),
      /** Virtual numbers that replies arrive at. */
      numbers: Type.Array(Type.Object({ number: Type.String() })),
    }),
    permission: 'senders.read',
    audited: false,
  },
  /** A code is sent to a number, which is paid like any message. Refused with `conflict` if it is taken, `sender-invalid`. */
  'senders.request': {
    method: 'POST',
    path: '/console/api/accounts/:account/senders',
    parameters: strict(ofAccount),
    body: strict({ sender: senderName, reason: Type.String({ minLength: 1, maxLength: 500 }) }),
    answer: sender,
    permission: 'senders.write',
    audited: true,
  },
  /** Refused with `value-invalid` for a wrong code. */
  'senders.confirm': {
    method: 'POST',
    path: '/console/api/accounts/:account/senders/:sender/confirm',
    parameters: strict({ ...ofAccount, sender: senderName }),
    body: strict({ code: Type.String({ minLength: 4, maxLength: 12 }) }),
    answer: nothing,
    permission: 'senders.write',
    audited: true,
  },
  'senders.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/senders/:sender',
    parameters: strict({ ...ofAccount, sender: senderName }),
    answer: nothing,
    permission: 'senders.write',
    audited: true,
  },
  'templates.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/templates',
    parameters: strict(ofAccount),
    answer: Type.Object({ rows: Type.Array(template) }),
    permission: 'templates.read',
    audited: false,
  },
  'templates.create': {
    method: 'POST',
    path: '/console/api/accounts/:account/templates',
    parameters: strict(ofAccount),
    body: strict({
      name: templateName,
      ...templateText,
      activity: oneOf('alerting', 'authentication', 'transactional'),
    }),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
  'templates.update': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/templates/:name',
    parameters: strict(ofTemplate),
    body: strict(templateText),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
  'templates.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/templates/:name',
    parameters: strict(ofTemplate),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
  'members.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/members',
    parameters: strict(ofAccount),
    answer: Type.Object({ rows: Type.Array(member) }),
    permission: 'members.read',
    audited: false,
  },
  'members.listInvitations': {
    method: 'GET',
    path: '/console/api/accounts/:account/invitations',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          invitation: rowId,
          email: Type.String(),
          role,
          invitedBy: Type.String(),
          createdAt: instant,
          expiresAt: instant,
        }),
      ),
    }),
    permission: 'members.write',
    audited: false,
  },
  /** The link is shown once. */
  'members.invite': {
    method: 'POST',
    path: '/console/api/accounts/:account/invitations',
    parameters: strict(ofAccount),
    body: strict({ email: Type.String({ minLength: 3, maxLength: 254 }), role }),
    answer: Type.Object({ invitation: rowId, link: Type.String(), expiresAt: instant }),
    permission: 'members.write',
    audited: true,
  },
  'members.revokeInvitation': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/invitations/:invitation',
    parameters: strict({ ...ofAccount, invitation: rowId }),
    answer: nothing,
    permission: 'members.write',
    audited: true,
  },
  /** Refused with `conflict` for the last owner. */
  'members.changeRole': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/members/:member',
    parameters: strict({ ...ofAccount, member: rowId }),
    body: strict({ role }),
    answer: nothing,
    permission: 'members.write',
    audited: true,
  },
  'members.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/members/:member',
    parameters: strict({ ...ofAccount, member: rowId }),
    answer: nothing,
    permission: 'members.write',
    audited: true,
  },
  'account.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/settings',
    parameters: strict(ofAccount),
    answer: Type.Object({
      account: Type.String(),
      name: Type.String(),
      email: Type.String(),
      status: oneOf('active', 'not-validated', 'blocked', 'closed'),
      description: orNull(Type.String()),
      /** ISO 3166 code of national numbers; null refuses them. */
      country: orNull(Type.String()),
      optOutsCoverTransactional: Type.Boolean(),
      createdAt: instant,
      isSubAccount: Type.Boolean(),
      role: Type.Union([role, Type.Literal('operator')]),
    }),
    permission: 'account.read',
    audited: false,
  },
  'account.update': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/settings',
    parameters: strict(ofAccount),
    body: strict({ description: optional(Type.String({ maxLength: 100 })) }),
    answer: nothing,
    permission: 'account.write',
    audited: true,
  },
  /** Newest first. */
  'audit.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/audit',
    parameters: strict({ ...ofAccount, ...paged, action: optional(Type.String({ maxLength: 60 })) }),
    answer: page(
      Type.Object({
        entry: rowId,
        at: instant,
        actor: Type.String(),
        action: Type.String(),
        target: Type.String(),
        before: orNull(Type.Record(Type.String(), Type.Unknown())),
        after: orNull(Type.Record(Type.String(), Type.Unknown())),
        address: orNull(Type.String()),
      }),
    ),
    permission: 'account-audit.read',
    audited: false,
  },
});
