// Calls of the members of an account, of the account itself and of its audit trail. Part of contract.ts.

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

const member = Type.Object({
  member: rowId,
  email: orNull(Type.String()),
  name: Type.String(),
  role,
  hasTotp: Type.Boolean(),
  since: instant,
  lastSeenAt: orNull(instant),
});

export const accountCalls = calls({
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
      /** Campaigns of the console with more messages need another member's approval; 0: all; null: none. */
      approveAbove: orNull(Type.Integer()),
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
  'account.setApproval': {
    method: 'PUT',
    path: '/console/api/accounts/:account/settings/approval',
    parameters: strict(ofAccount),
    body: strict({ above: orNull(Type.Integer({ minimum: 0, maximum: 1_000_000 })) }),
    answer: nothing,
    permission: 'account-approval.write',
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
