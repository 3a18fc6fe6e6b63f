// Creates, reads and changes phonebooks and their contacts, and exports and imports them as CSV files
// (docs/dialects/ovh.md#contacts). Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { getUrlOf } from '#dialects/ovh/api/document-address.ts';
import { badParameter, noRoom, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { tellingListErrors } from '#dialects/ovh/api/recipient-list-source.ts';
import {
  type NewPhonebookContact,
  noGroup,
  type PhoneKind,
  phoneKinds,
  readPhone,
} from '#domain/recipients/phonebook.ts';
import { isUuid } from '#lib/security/secrets.ts';
import { dayMs } from '#lib/time/duration.ts';

interface OnePhonebook {
  readonly bookKey: string;
}

interface OneContact extends OnePhonebook {
  readonly id: number;
}

type ContactInput = Partial<Record<PhoneKind, string | null>> & {
  readonly group?: string;
  readonly name?: string;
  readonly surname?: string;
};

const maxNameLength = 255;
const base = '/sms/{serviceName}/phonebooks';
const phonebook = `${base}/{bookKey}`;
const contact = `${phonebook}/phonebookContact/{id}`;

export const phonebookAnswers: Answers = {
  [`GET ${base}`]: answer(({ services, access }) => services.phonebooks.list(access)),

  [`POST ${base}`]: answer<{ name: string }>(async ({ services, access, input }) => {
    const key = await services.phonebooks.create(access, readName('name', input.name));
    if (key === null) throw new OvhRefusal(403, 'There are too many phonebooks: delete some');
    return key;
  }),

  [`GET ${phonebook}`]: answer<OnePhonebook>(async (call) => {
    const { key, name } = await findPhonebook(call);
    return { bookKey: key, name, phoneKey: key };
  }),

  [`PUT ${phonebook}`]: answer<OnePhonebook & { name?: string }>(async (call) => {
    await findPhonebook(call);
    const { name } = call.input;
    if (name !== undefined)
      await call.services.phonebooks.rename(...phonebookOf(call), readName('name', name));
  }),

  [`DELETE ${phonebook}`]: answer<OnePhonebook>(async (call) => {
    if (!(await call.services.phonebooks.drop(...phonebookOf(call)))) throw unknownObject();
  }),

  [`GET ${phonebook}/phonebookContact`]: answer<OnePhonebook>(async (call) => {
    await findPhonebook(call);
    return call.services.phonebooks.listContacts(...phonebookOf(call));
  }),

  [`POST ${phonebook}/phonebookContact`]: answer<OnePhonebook & ContactInput>(async (call) => {
    const added = { ...noPhones, group: noGroup, name: '', surname: '', ...readContact(call.input) };
    const id = await tellingListErrors('bookKey', () =>
      call.services.phonebooks.addContact(...phonebookOf(call), added),
    );
    if (id === null) throw unknownObject();
    return id;
  }),

  [`GET ${contact}`]: answer<OneContact>(findContact),

  [`PUT ${contact}`]: answer<OneContact & ContactInput>(async (call) => {
    const found = await findContact(call);
    await call.services.phonebooks.editContact(...phonebookOf(call), {
      ...found,
      ...readContact(call.input),
    });
  }),

  [`DELETE ${contact}`]: answer<OneContact>(async (call) => {
    const isDeleted = await call.services.phonebooks.dropContact(...phonebookOf(call), call.input.id);
    if (!isDeleted) throw unknownObject();
  }),

  // The file is complete when the call is answered.
  [`GET ${phonebook}/export`]: answer<OnePhonebook>(async (call) => {
    const { services, access, baseUrl } = call;
    const { name } = await findPhonebook(call);
    const { documents, phonebooks } = services;
    const filename = `${name.replace(/[^\p{L}\p{N} _-]/gu, '_')}.csv`;
    const document = await documents.create(access, {
      kind: 'attached',
      name: filename,
      lifeMs: exportLifeMs,
    });
    if (document === null) throw new OvhRefusal(403, 'There are too many exports: wait until some expire');
    const written = await documents.write(document, phonebooks.render(...phonebookOf(call)));
    if (written === 'account-full' || written === 'platform-full') throw noRoom(written);
    if (typeof written === 'string') throw new OvhRefusal(403, 'The phonebook is too large for one file');
    return {
      filename,
      status: 'done',
      url: getUrlOf(document, baseUrl),
      urlExpirationDatetime: renderDate(document.expiresAtMs!),
    };
  }),

  [`POST ${phonebook}/import`]: answer<OnePhonebook & { documentId: string }>(async (call) => {
    const { services, access, customer } = call;
    await findPhonebook(call);
    const id = call.input.documentId.trim().toLowerCase();
    const reading = isUuid(id) ? await services.documents.open(customer, id) : null;
    if (reading === null)
      throw badParameter('documentId', 'There is no such document, or nothing was uploaded to it');
    if (/\.xlsx?$/i.test(reading.document.name))
      throw badParameter('documentId', 'Spreadsheets are not read: save it as CSV');
    const { defaultCountry } = access.account.settings;
    const taskId = await tellingListErrors('documentId', () =>
      services.phonebooks.import(...phonebookOf(call), reading.bytes, defaultCountry),
    );
    if (taskId === null) throw unknownObject();
    const task = { taskId, action: 'importContacts', serviceType: 'sms', status: 'done' };
    return { ...task, message: null, objectCreated: null };
  }),
};

const exportLifeMs = dayMs;

const noPhones = { homeMobile: null, homePhone: null, workMobile: null, workPhone: null } as const;

/** The first arguments of a method on one phonebook. */
function phonebookOf({ access, input }: Call<OnePhonebook>) {
  return [access, input.bookKey] as const;
}

async function findPhonebook(call: Call<OnePhonebook>) {
  const found = await call.services.phonebooks.read(...phonebookOf(call));
  if (found === null) throw unknownObject();
  return found;
}

async function findContact(call: Call<OneContact>) {
  const found = await call.services.phonebooks.readContact(...phonebookOf(call), call.input.id);
  if (found === null) throw unknownObject();
  return found;
}

function readName(field: string, written: string): string {
  const name = written.trim();
  if (name === '' || name.length > maxNameLength)
    throw badParameter(field, `A name has 1 to ${maxNameLength} characters`);
  return name;
}

/** The fields of a contact that the body has. */
function readContact(input: ContactInput): Partial<NewPhonebookContact> {
  const named: { -readonly [Member in keyof NewPhonebookContact]?: NewPhonebookContact[Member] } = {};
  // Quirk: OVH's UI sends this for an empty group (docs/dialects/ovh.md#contacts).
  if (input.group !== undefined)
    named.group = input.group.trim() === '' ? noGroup : readName('group', input.group);
  if (input.name !== undefined) named.name = readName('name', input.name);
  if (input.surname !== undefined) named.surname = readName('surname', input.surname);
  for (const kind of phoneKinds) {
    const written = input[kind];
    if (written === undefined) continue;
    named[kind] = written === null || written === '' ? null : readPhone(written, null);
    if (written && named[kind] === null)
      throw badParameter(kind, 'A number is needed with its country code, as in +33612345678');
  }
  return named;
}
