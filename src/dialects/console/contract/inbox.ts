// Calls of the inbox: conversations, one thread, answers, marks. Part of contract.ts. A conversation is named by the id of the
// first reply of its phone. Unread and handled belong to the account, not to a person.

import { Type } from 'typebox';
import {
  calls,
  instant,
  messageStatus,
  money,
  nothing,
  ofAccount,
  oneOf,
  optional,
  orNull,
  page,
  paged,
  phone,
  rowId,
  strict,
} from './schemas.ts';

const conversation = Type.Object({
  conversation: rowId,
  number: phone,
  contact: orNull(Type.String()),
  /** The number or sender that the latest reply came to. */
  recipient: Type.String(),
  /** Of the latest reply. */
  text: Type.String(),
  at: instant,
  isUnread: Type.Boolean(),
  isHandled: Type.Boolean(),
  isOptedOut: Type.Boolean(),
});

const ofConversation = { ...ofAccount, conversation: rowId };

export const inboxCalls = calls({
  'inbox.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/inbox',
    parameters: strict({
      ...ofAccount,
      ...paged,
      tab: optional(oneOf('unhandled', 'all', 'opt-outs')),
      /** Of the number or sender that replies came to. */
      recipient: optional(Type.String({ maxLength: 30 })),
      campaign: optional(rowId),
    }),
    answer: page(conversation),
    permission: 'inbox.read',
    audited: false,
  },
  /** Newest first; `after` loads older entries. */
  'inbox.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/inbox/:conversation',
    parameters: strict({ ...ofConversation, ...paged }),
    answer: Type.Object({
      number: phone,
      contact: orNull(Type.String()),
      recipient: Type.String(),
      isOptedOut: Type.Boolean(),
      optedOutAt: orNull(instant),
      isHandled: Type.Boolean(),
      handledBy: orNull(Type.String()),
      rows: Type.Array(
        Type.Object({
          kind: oneOf('reply', 'message'),
          /** Of the reply or the message. */
          id: rowId,
          text: Type.String(),
          at: instant,
          /** Of a message. */
          status: orNull(messageStatus),
          campaign: orNull(rowId),
          isOptOut: Type.Boolean(),
        }),
      ),
      next: orNull(Type.String()),
    }),
    permission: 'inbox.read',
    audited: false,
  },
  /**
   * Sends from the number that the latest reply came to. `request` makes two clicks one message. With `isDryRun` only the price
   * is computed. Refused with `recipient-opted-out` and the refusals of sending.
   */
  'inbox.answer': {
    method: 'POST',
    path: '/console/api/accounts/:account/inbox/:conversation/answer',
    parameters: strict(ofConversation),
    body: strict({
      text: Type.String({ minLength: 1, maxLength: 2000 }),
      request: Type.String({ minLength: 8, maxLength: 60 }),
      isDryRun: optional(Type.Boolean()),
    }),
    answer: Type.Object({
      campaign: orNull(rowId),
      segments: Type.Integer(),
      cost: money,
      available: money,
    }),
    permission: 'submissions.send',
    audited: false,
  },
  'inbox.mark': {
    method: 'POST',
    path: '/console/api/accounts/:account/inbox/:conversation/mark',
    parameters: strict(ofConversation),
    body: strict({ isRead: optional(Type.Boolean()), isHandled: optional(Type.Boolean()) }),
    answer: nothing,
    permission: 'inbox.write',
    audited: false,
  },
  'cannedTexts.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/canned-texts',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          name: Type.String(),
          text: Type.String(),
          /** Such as `member:anna@example.com`. */
          changedBy: Type.String(),
          changedAt: instant,
        }),
      ),
    }),
    permission: 'inbox.read',
    audited: false,
  },
  /** Replaces the text of this name. 409 `conflict`: the account has 200 others. */
  'cannedTexts.save': {
    method: 'PUT',
    path: '/console/api/accounts/:account/canned-texts',
    parameters: strict(ofAccount),
    body: strict({
      name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
      text: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
    }),
    answer: nothing,
    permission: 'inbox.write',
    audited: false,
  },
  'cannedTexts.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/canned-texts/:name',
    parameters: strict({ ...ofAccount, name: Type.String({ minLength: 1, maxLength: 60 }) }),
    answer: nothing,
    permission: 'inbox.write',
    audited: false,
  },
  /** At most 100 are counted. */
  'inbox.count': {
    method: 'GET',
    path: '/console/api/accounts/:account/inbox-count',
    parameters: strict(ofAccount),
    answer: Type.Object({ unhandled: Type.Integer({ maximum: 100 }) }),
    permission: 'inbox.read',
    audited: false,
  },
});
