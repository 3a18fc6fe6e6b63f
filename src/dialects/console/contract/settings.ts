// Calls of the settings of an account: senders and message templates. Part of contract.ts.

import { Type } from 'typebox';
import { calls, instant, nothing, ofAccount, oneOf, optional, orNull, strict } from './schemas.ts';

const reviewStatus = oneOf('waiting', 'enabled', 'disabled', 'refused');
const senderName = Type.String({ minLength: 1, maxLength: 20 });
const ofSender = { ...ofAccount, sender: senderName };
const activity = oneOf('alerting', 'authentication', 'transactional');
const templateName = Type.String({ minLength: 1, maxLength: 64 });
const templateText = Type.String({ minLength: 1, maxLength: 1600 });
const description = Type.String({ maxLength: 250 });

const sender = Type.Object({
  name: Type.String(),
  /** `numeric` is a long number of the customer, `shortcode` a short one. */
  type: oneOf('alpha', 'numeric', 'shortcode'),
  status: reviewStatus,
  description: Type.String(),
  /** Of the operator: why it was refused. */
  comment: orNull(Type.String()),
  /** A code was sent to this number: `senders.confirm` takes it. */
  isAwaitingCode: Type.Boolean(),
});

const template = Type.Object({
  name: Type.String(),
  activity,
  message: Type.String(),
  description: Type.String(),
  status: reviewStatus,
  comment: Type.String(),
  changedAt: instant,
});

export const settingsCalls = calls({
  'senders.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/senders',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(sender),
      /** Virtual numbers and short codes that the operator gave the account: they can be answered. */
      numbers: Type.Array(
        Type.Object({
          number: Type.String(),
          kind: oneOf('short-code', 'virtual'),
          countries: Type.Array(Type.String()),
          createdAt: instant,
        }),
      ),
      /** Names that need no review and are not in the list yet. */
      available: Type.Array(Type.String()),
    }),
    permission: 'senders.read',
    audited: false,
  },
  /** Refused with `value-invalid` (field `sender`), `conflict` if the account has it or it belongs to another customer. */
  'senders.request': {
    method: 'POST',
    path: '/console/api/accounts/:account/senders',
    parameters: strict(ofAccount),
    body: strict({
      sender: senderName,
      description: optional(description),
      reason: Type.String({ minLength: 1, maxLength: 1000 }),
    }),
    answer: sender,
    permission: 'senders.write',
    audited: true,
  },
  /** `enabled` and `disabled` only switch a sender that was enabled before; otherwise `conflict`. */
  'senders.change': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/senders/:sender',
    parameters: strict(ofSender),
    body: strict({ description: optional(description), status: optional(oneOf('enabled', 'disabled')) }),
    answer: nothing,
    permission: 'senders.write',
    audited: true,
  },
  /** Refused with `value-invalid` (field `code`), `conflict` if no code is awaited any more. */
  'senders.confirm': {
    method: 'POST',
    path: '/console/api/accounts/:account/senders/:sender/confirm',
    parameters: strict(ofSender),
    body: strict({ code: Type.String({ minLength: 1, maxLength: 20 }) }),
    answer: nothing,
    permission: 'senders.write',
    audited: true,
  },
  'senders.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/senders/:sender',
    parameters: strict(ofSender),
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
  /** Refused with `conflict` if the name is taken. */
  'templates.create': {
    method: 'POST',
    path: '/console/api/accounts/:account/templates',
    parameters: strict(ofAccount),
    body: strict({
      name: templateName,
      activity,
      message: templateText,
      description: optional(description),
    }),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
  /** A changed text is reviewed again. Refused with `conflict` if its status does not allow the change. */
  'templates.change': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/templates/:template',
    parameters: strict({ ...ofAccount, template: templateName }),
    body: strict({
      activity: optional(activity),
      message: optional(templateText),
      description: optional(description),
    }),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
  'templates.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/templates/:template',
    parameters: strict({ ...ofAccount, template: templateName }),
    answer: nothing,
    permission: 'templates.write',
    audited: true,
  },
});
