// Phonebooks and their contacts, and the imports into them. Used by the phonebooks service.
import type { AccountKey } from '#domain/account/account.ts';
import type { NewPhonebookContact, Phonebook, PhonebookContact } from '#domain/recipients/phonebook.ts';
import { accountParams } from '#store/database/account-key.ts';
import { instant, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

/** An account, and one of its phonebooks. */
export interface PhonebookKey extends AccountKey {
  readonly phonebookKey: string;
}

const phonebookParams = { ...accountParams, phonebookKey: text };
const valuesOf = ({ bucket, id, phonebookKey }: PhonebookKey) => ({ bucket, accountId: id, phonebookKey });

type PhonebookMentions = Readonly<Record<keyof typeof phonebookParams, string>>;
const isPhonebook = (p: PhonebookMentions) =>
  `bucket = ${p.bucket} and account_id = ${p.accountId} and key = ${p.phonebookKey}`;
const isInPhonebook = (p: PhonebookMentions) =>
  `bucket = ${p.bucket} and account_id = ${p.accountId} and phonebook_key = ${p.phonebookKey}`;

const list = statement('list_phonebooks', {
  params: accountParams,
  row: { key: text },
  text: (p) => `
select key from phonebooks where bucket = ${p.bucket} and account_id = ${p.accountId} order by created_at, key`,
});

/** Their keys, in the order of their creation. */
export async function listPhonebooks(query: Query, { bucket, id }: AccountKey): Promise<string[]> {
  return (await list.run(query, { bucket, accountId: id })).map(({ key }) => key);
}

const insert = statement('insert_phonebook', {
  params: { ...phonebookParams, name: text, now: instant },
  text: (p) => `
insert into phonebooks (bucket, account_id, key, name, created_at)
values (${p.bucket}, ${p.accountId}, ${p.phonebookKey}, ${p.name}, ${p.now})`,
});

export async function insertPhonebook(
  query: Query,
  { bucket, id }: AccountKey,
  { key, name }: Phonebook,
  nowMs: number,
): Promise<void> {
  await insert.run(query, { bucket, accountId: id, phonebookKey: key, name, now: nowMs });
}

const read = statement('read_phonebook', {
  params: phonebookParams,
  row: { key: text, name: text },
  text: (p) => `select key, name from phonebooks where ${isPhonebook(p)}`,
});

export function readPhonebook(query: Query, phonebook: PhonebookKey): Promise<Phonebook | null> {
  return read.find(query, valuesOf(phonebook));
}

const rename = statement('rename_phonebook', {
  params: { ...phonebookParams, name: text },
  row: { key: text },
  text: (p) => `update phonebooks set name = ${p.name} where ${isPhonebook(p)} returning key`,
});

/** False if there is no such phonebook. */
export async function renamePhonebook(query: Query, phonebook: PhonebookKey, name: string): Promise<boolean> {
  return (await rename.find(query, { ...valuesOf(phonebook), name })) !== null;
}

const remove = statement('delete_phonebook', {
  params: phonebookParams,
  row: { key: text },
  text: (p) => `
with contacts as (delete from phonebook_contacts where ${isInPhonebook(p)})
delete from phonebooks where ${isPhonebook(p)} returning key`,
});

/** With its contacts. False if there is no such phonebook. */
export async function deletePhonebook(query: Query, phonebook: PhonebookKey): Promise<boolean> {
  return (await remove.find(query, valuesOf(phonebook))) !== null;
}

const lockPhonebook = statement('lock_phonebook', {
  params: phonebookParams,
  row: { key: text },
  text: (p) => `select key from phonebooks where ${isPhonebook(p)} for key share`,
});

const insertRows = statement('insert_phonebook_contacts', {
  params: {
    ...phonebookParams,
    contacts: rows<NewPhonebookContact>({
      group_name: of(text, (contact) => contact.group),
      name: of(text, (contact) => contact.name),
      surname: of(text, (contact) => contact.surname),
      home_mobile: of(text, (contact) => contact.homeMobile),
      home_phone: of(text, (contact) => contact.homePhone),
      work_mobile: of(text, (contact) => contact.workMobile),
      work_phone: of(text, (contact) => contact.workPhone),
      place: of(int4, (_, index) => index),
    }),
  },
  row: { id: int8 },
  text: (p) => `
insert into phonebook_contacts (bucket, account_id, phonebook_key, group_name, name, surname, home_mobile, home_phone,
  work_mobile, work_phone)
select ${p.bucket}, ${p.accountId}, ${p.phonebookKey}, c.group_name, c.name, c.surname, c.home_mobile, c.home_phone,
  c.work_mobile, c.work_phone
from ${p.contacts.as('c')}
order by c.place returning id`,
});

/** Returns their ids in the same order. Locks the phonebook against its deletion; null if it does not exist. */
export async function insertContacts(
  query: Query,
  phonebook: PhonebookKey,
  contacts: readonly NewPhonebookContact[],
): Promise<number[] | null> {
  if ((await lockPhonebook.find(query, valuesOf(phonebook))) === null) return null;
  return (await insertRows.run(query, { ...valuesOf(phonebook), contacts })).map(({ id }) => id);
}

const listIds = statement('list_phonebook_contacts', {
  params: phonebookParams,
  row: { id: int8 },
  text: (p) => `select id from phonebook_contacts where ${isInPhonebook(p)} order by id`,
});

/** Their ids, ascending. */
export async function listContacts(query: Query, phonebook: PhonebookKey): Promise<number[]> {
  return (await listIds.run(query, valuesOf(phonebook))).map(({ id }) => id);
}

const count = statement('count_phonebook_contacts', {
  params: phonebookParams,
  row: { count: int8 },
  text: (p) => `select count(*) as count from phonebook_contacts where ${isInPhonebook(p)}`,
});

export async function countContacts(query: Query, phonebook: PhonebookKey): Promise<number> {
  return (await count.find(query, valuesOf(phonebook)))!.count;
}

const contactRow = {
  id: int8,
  group: text,
  name: text,
  surname: text,
  homeMobile: nullable(text),
  homePhone: nullable(text),
  workMobile: nullable(text),
  workPhone: nullable(text),
};
const columns = `id, group_name as "group", name, surname, home_mobile as "homeMobile", home_phone as "homePhone",
  work_mobile as "workMobile", work_phone as "workPhone"`;

const readPage = statement('page_phonebook_contacts', {
  params: { ...phonebookParams, after: int8, limit: int4 },
  row: contactRow,
  text: (p) => `
select ${columns} from phonebook_contacts where ${isInPhonebook(p)} and id > ${p.after} order by id limit ${p.limit}`,
});

/** In ascending order of ids, from the first above `after`. */
export function pageContacts(
  query: Query,
  phonebook: PhonebookKey,
  after: number,
  limit: number,
): Promise<PhonebookContact[]> {
  return readPage.run(query, { ...valuesOf(phonebook), after, limit });
}

const readOne = statement('read_phonebook_contact', {
  params: { ...phonebookParams, contactId: int8 },
  row: contactRow,
  text: (p) => `select ${columns} from phonebook_contacts where ${isInPhonebook(p)} and id = ${p.contactId}`,
});

export function readContact(
  query: Query,
  phonebook: PhonebookKey,
  contactId: number,
): Promise<PhonebookContact | null> {
  return readOne.find(query, { ...valuesOf(phonebook), contactId });
}

const update = statement('update_phonebook_contact', {
  params: { ...phonebookParams, ...contactRow },
  text: (p) => `
update phonebook_contacts set group_name = ${p.group}, name = ${p.name}, surname = ${p.surname},
  home_mobile = ${p.homeMobile}, home_phone = ${p.homePhone}, work_mobile = ${p.workMobile}, work_phone = ${p.workPhone}
where ${isInPhonebook(p)} and id = ${p.id}`,
});

export async function updateContact(
  query: Query,
  phonebook: PhonebookKey,
  contact: PhonebookContact,
): Promise<void> {
  await update.run(query, { ...valuesOf(phonebook), ...contact });
}

const removeContact = statement('delete_phonebook_contact', {
  params: { ...phonebookParams, contactId: int8 },
  row: { id: int8 },
  text: (p) =>
    `delete from phonebook_contacts where ${isInPhonebook(p)} and id = ${p.contactId} returning id`,
});

/** False if there is no such contact. */
export async function deleteContact(
  query: Query,
  phonebook: PhonebookKey,
  contactId: number,
): Promise<boolean> {
  return (await removeContact.find(query, { ...valuesOf(phonebook), contactId })) !== null;
}

const insertImportRow = statement('insert_phonebook_import', {
  params: { ...phonebookParams, contacts: int4, now: instant },
  row: { id: int8 },
  text: (p) => `
insert into phonebook_imports (bucket, account_id, phonebook_key, contacts, at)
values (${p.bucket}, ${p.accountId}, ${p.phonebookKey}, ${p.contacts}, ${p.now}) returning id`,
});

/** Stores a completed import and returns its id. */
export async function insertImport(
  query: Query,
  phonebook: PhonebookKey,
  contacts: number,
  nowMs: number,
): Promise<number> {
  return (await insertImportRow.find(query, { ...valuesOf(phonebook), contacts, now: nowMs }))!.id;
}
