// Calls of the audience: contacts, lists and tags, opt-outs. Part of contract.ts.

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
  phone,
  rowId,
  strict,
} from './schemas.ts';

const number = Type.String({ minLength: 4, maxLength: 30 });
const text = Type.String({ maxLength: 50 });
const groupName = Type.String({ minLength: 1, maxLength: 30 });
const kind = oneOf('list', 'tag');

const contact = Type.Object({
  number: phone,
  firstName: Type.String(),
  lastName: Type.String(),
  /** param1 to param5. */
  params: Type.Array(Type.String()),
  lists: Type.Array(Type.String()),
  tags: Type.Array(Type.String()),
  isOptedOut: Type.Boolean(),
  updatedAt: instant,
});

const counted = Type.Object({
  kept: Type.Integer(),
  /** Numbers that cannot be read, or that take no SMS. */
  invalid: Type.Integer(),
});

const group = Type.Object({ kind, name: Type.String(), createdAt: instant });
const ofGroup = { ...ofAccount, kind, name: groupName };

export const audienceCalls = calls({
  /** By number. `q`: the begin of a number (digits), or part of a name. */
  'contacts.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/contacts',
    parameters: strict({
      ...ofAccount,
      ...paged,
      q: optional(Type.String({ maxLength: 60 })),
      list: optional(groupName),
      tag: optional(groupName),
    }),
    answer: page(contact),
    permission: 'contacts.read',
    audited: false,
  },
  /** Adds or changes contacts, at most 500; an absent field keeps its value. */
  'contacts.save': {
    method: 'POST',
    path: '/console/api/accounts/:account/contacts',
    parameters: strict(ofAccount),
    body: strict({
      contacts: Type.Array(
        strict({
          number,
          firstName: optional(text),
          lastName: optional(text),
          params: optional(Type.Array(text, { maxItems: 5 })),
        }),
        { minItems: 1, maxItems: 500 },
      ),
      lists: optional(Type.Array(groupName, { maxItems: 20 })),
      tags: optional(Type.Array(groupName, { maxItems: 20 })),
    }),
    answer: counted,
    permission: 'contacts.write',
    audited: false,
  },
  /** From one group, or everywhere. */
  'contacts.remove': {
    method: 'POST',
    path: '/console/api/accounts/:account/contacts/remove',
    parameters: strict(ofAccount),
    body: strict({
      numbers: Type.Array(number, { minItems: 1, maxItems: 500 }),
      list: optional(groupName),
      tag: optional(groupName),
    }),
    answer: nothing,
    permission: 'contacts.write',
    audited: false,
  },
  'groups.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/contact-groups',
    parameters: strict({ ...ofAccount, ...paged }),
    answer: page(group),
    permission: 'contacts.read',
    audited: false,
  },
  /** Refused with `conflict` if it exists. */
  'groups.create': {
    method: 'POST',
    path: '/console/api/accounts/:account/contact-groups',
    parameters: strict(ofAccount),
    body: strict({ kind, name: groupName }),
    answer: nothing,
    permission: 'contacts.write',
    audited: false,
  },
  /** Its contacts stay. */
  'groups.remove': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/contact-groups/:kind/:name',
    parameters: strict(ofGroup),
    answer: nothing,
    permission: 'contacts.write',
    audited: false,
  },
  /** Contacts of the group and those of them that are not opted out; counted exactly, so ask for one group at a time. */
  'groups.measure': {
    method: 'GET',
    path: '/console/api/accounts/:account/contact-groups/:kind/:name',
    parameters: strict(ofGroup),
    answer: Type.Object({ contacts: Type.Integer(), sendable: Type.Integer() }),
    permission: 'contacts.read',
    audited: false,
  },
  /** By number. */
  'optOuts.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/opt-outs',
    parameters: strict({ ...ofAccount, ...paged, number: optional(number) }),
    answer: page(
      Type.Object({
        number: phone,
        at: instant,
        /** Null: a reply said so. */
        by: orNull(Type.String()),
        reason: orNull(Type.String()),
        /** Text of the reply, and the campaign that it answered. */
        reply: orNull(Type.String()),
        campaign: orNull(rowId),
      }),
    ),
    permission: 'opt-outs.read',
    audited: false,
  },
  'optOuts.add': {
    method: 'POST',
    path: '/console/api/accounts/:account/opt-outs',
    parameters: strict(ofAccount),
    body: strict({
      numbers: Type.Array(number, { minItems: 1, maxItems: 1000 }),
      reason: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    answer: Type.Object({
      added: Type.Integer(),
      known: Type.Integer(),
      invalid: Type.Integer(),
    }),
    permission: 'opt-outs.enter',
    audited: true,
  },
  'optOuts.remove': {
    method: 'POST',
    path: '/console/api/accounts/:account/opt-outs/remove',
    parameters: strict(ofAccount),
    body: strict({ number, reason: Type.String({ minLength: 1, maxLength: 200 }) }),
    answer: nothing,
    permission: 'opt-outs.enter',
    audited: true,
  },
});
