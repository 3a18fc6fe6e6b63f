// Endpoints of contacts, lists and tags (docs/dialects/octopush.md#rest-contacts-and-look-ups). Used by routes.ts and openapi.ts.
// Only the status of their answers is documented; the bodies are ours and show the stored values.

import { type Static, Type } from 'typebox';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import type { WrittenContact } from '#operations/audience/contacts.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { RestRefusal } from './errors.ts';
import { phoneNumbersMissing, recipientsMissing, tooManyInRequest } from './request-refusals.ts';
import { contact, flag, listName, tagName } from './schemas.ts';

const group = 'Contacts';
const maxContacts = 10_000;
const maxDeleted = 200;
const maxValueLength = 50;

const creation = Type.Object({
  contacts: Type.Array(contact),
  list_name: Type.Optional(listName('A list that the contacts join; created if it does not exist.')),
  list_names: Type.Optional(Type.Array(listName('Several lists.'))),
  tag_name: Type.Optional(tagName('A tag that the contacts get.')),
  tag_names: Type.Optional(Type.Array(tagName('Several tags.'))),
  un_list: Type.Optional(
    Type.Array(
      listName(
        'Lists to remove the contacts from. true: the list_name of this request, or all lists without one.',
      ),
    ),
  ),
  un_tag: Type.Optional(
    Type.Array(
      tagName(
        'Tags to remove from the contacts. true: the tag_name of this request, or all tags without one.',
      ),
    ),
  ),
  auto_remove_blacklisted_numbers: flag('Opted-out numbers are not stored. Free of charge.'),
  do_not_overwrite: flag('Existing contacts keep their values.'),
});

const counts = Type.Object({
  number_of_contacts: Type.Integer(),
  number_of_invalid_contacts: Type.Integer(),
  number_of_blacklisted_contacts: Type.Integer(),
});

const deletion = Type.Object({
  phone_numbers: Type.Array(Type.String(), { description: '1 to 200 numbers.' }),
  list_name: Type.Optional(listName('If given, the contacts are only removed from this list.')),
});

const oneList = Type.Object({ list_name: listName('The list.') });

const emptying = Type.Object({
  list_name: listName('The list.'),
  delete_contacts: flag('Deletes the contacts of the list too.'),
});

const done = Type.Object({});

export const contactEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/contact/create',
    group,
    summary: 'Stores contacts, with their lists and tags',
    input: creation,
    status: 201,
    output: counts,
    answer: createContacts,
  }),
  endpoint({
    method: 'DELETE',
    path: '/contact/delete',
    group,
    summary: 'Deletes contacts, or removes them from a list',
    input: deletion,
    status: 204,
    output: null,
    async answer({ services, access, input }) {
      const numbers = input.phone_numbers;
      if (numbers.length === 0) throw phoneNumbersMissing();
      if (numbers.length > maxDeleted) throw tooManyInRequest(maxDeleted, 'numbers');
      const from = nameOf(input.list_name) === '' ? null : listOf(input.list_name);
      if (!(await services.contacts.drop(access, numbers, from))) throw new RestRefusal('list-unknown');
    },
  }),
  endpoint({
    method: 'POST',
    path: '/contact-list/create',
    group,
    summary: 'Creates an empty list',
    input: oneList,
    status: 201,
    output: oneList,
    async answer({ services, access, input }) {
      const list = listOf(input.list_name);
      if (!(await services.contacts.createGroup(access, list))) throw new RestRefusal('list-name-taken');
      return { list_name: list.name };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/contact-list/empty',
    group,
    summary: 'Removes all contacts from a list',
    input: emptying,
    status: 200,
    output: done,
    async answer({ services, access, input }) {
      const list = listOf(input.list_name);
      const isThere = await services.contacts.clearGroup(access, list, input.delete_contacts ?? false);
      if (!isThere) throw new RestRefusal('list-unknown');
      return {};
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/contact-list/delete',
    group,
    summary: 'Deletes a list; its contacts stay',
    input: oneList,
    status: 204,
    output: null,
    async answer({ services, access, input }) {
      const list = listOf(input.list_name);
      if (!(await services.contacts.dropGroup(access, list))) throw new RestRefusal('list-unknown');
    },
  }),
];

function nameOf(written: string | undefined): string {
  return written?.trim() ?? '';
}

/** Refuses `list-name-missing`. */
export function listOf(written: string | undefined): ContactGroup {
  const name = nameOf(written);
  if (name === '') throw new RestRefusal('list-name-missing');
  return { kind: 'list', name };
}

/** Names of one kind, trimmed, without repetitions. */
function groups(kind: ContactGroup['kind'], ...written: (string | undefined)[]): ContactGroup[] {
  const names = new Set(written.map(nameOf));
  names.delete('');
  return [...names].map((name) => ({ kind, name }));
}

async function createContacts({ services, access, input }: Call<Static<typeof creation>>) {
  if (input.contacts.length === 0) throw recipientsMissing('contacts');
  if (input.contacts.length > maxContacts) throw tooManyInRequest(maxContacts, 'contacts');
  const lists = groups('list', input.list_name, ...(input.list_names ?? []));
  const tags = groups('tag', input.tag_name, ...(input.tag_names ?? []));
  const [leaveLists, leaveTags] = [input.un_list ?? [], input.un_tag ?? []];
  // A flag instead of names means the names in the same request or, without any, all.
  const leavesNamedLists = leaveLists.some(isYes);
  const leavesNamedTags = leaveTags.some(isYes);
  const kept = await services.contacts.keep(access, {
    contacts: input.contacts.map(writtenContact),
    join: [...(leavesNamedLists ? [] : lists), ...(leavesNamedTags ? [] : tags)],
    leave: [
      ...(leavesNamedLists ? lists : groups('list', ...leaveLists.filter((name) => !isNo(name)))),
      ...(leavesNamedTags ? tags : groups('tag', ...leaveTags.filter((name) => !isNo(name)))),
    ],
    leaveAll: [
      ...(leavesNamedLists && lists.length === 0 ? (['list'] as const) : []),
      ...(leavesNamedTags && tags.length === 0 ? (['tag'] as const) : []),
    ],
    overwrites: !(input.do_not_overwrite ?? false),
    skipsOptedOut: input.auto_remove_blacklisted_numbers ?? false,
  });
  return {
    number_of_contacts: kept.kept,
    number_of_invalid_contacts: kept.invalid,
    number_of_blacklisted_contacts: kept.optedOut,
  };
}

function isYes(name: string): boolean {
  return /^(true|1)$/i.test(name);
}

function isNo(name: string): boolean {
  return /^(false|0)$/i.test(name);
}

/** Omitted fields stay as stored; null or an empty text clears a field. */
export function writtenContact(given: Static<typeof contact>): WrittenContact {
  const value = (text: string | undefined) => text?.slice(0, maxValueLength).toWellFormed() ?? null;
  return {
    number: given.phone_number,
    firstName: value(given.first_name),
    lastName: value(given.last_name),
    params: [given.param1, given.param2, given.param3, given.param4, given.param5].map(value),
  };
}
