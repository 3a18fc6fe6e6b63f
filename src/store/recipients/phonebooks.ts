// Phonebooks and their contacts. All rows of an account lie in its bucket.
import type { NewPhonebookContact, Phonebook, PhonebookContact } from '#domain/recipients/phonebook.ts';
import { type Query, texts } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

/** Whose book, and which. */
export interface BookKey extends Owner {
  readonly bookKey: string;
}

const whose = 'bucket = $1 and account_id = $2';
const whichBook = `${whose} and book_key = $3`;

/** In the order in which they were made. */
export async function listPhonebooks(query: Query, { bucket, id }: Owner): Promise<string[]> {
  const rows = await query<{ key: string }>(
    `select key from phonebooks where ${whose} order by created_at, key`,
    [bucket, id],
  );
  return rows.map((row) => row.key);
}

export async function insertPhonebook(
  query: Query,
  { bucket, id }: Owner,
  { key, name }: Phonebook,
  nowMs: number,
): Promise<void> {
  await query(
    `insert into phonebooks (bucket, account_id, key, name, created_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))`,
    [bucket, id, key, name, nowMs],
  );
}

export async function readPhonebook(
  query: Query,
  { bucket, id, bookKey }: BookKey,
): Promise<Phonebook | null> {
  const [row] = await query<Phonebook>(`select key, name from phonebooks where ${whose} and key = $3`, [
    bucket,
    id,
    bookKey,
  ]);
  return row ?? null;
}

/** False when there is none. */
export async function renamePhonebook(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  name: string,
): Promise<boolean> {
  const rows = await query(`update phonebooks set name = $4 where ${whose} and key = $3 returning 1`, [
    bucket,
    id,
    bookKey,
    name,
  ]);
  return rows.length > 0;
}

/** With its contacts. False when there is none. */
export async function deletePhonebook(query: Query, { bucket, id, bookKey }: BookKey): Promise<boolean> {
  const rows = await query(
    `with contacts as (delete from phonebook_contacts where ${whichBook})
     delete from phonebooks where ${whose} and key = $3 returning 1`,
    [bucket, id, bookKey],
  );
  return rows.length > 0;
}

const columns = `id, group_name as "group", name, surname, home_mobile as "homeMobile", home_phone as "homePhone",
  work_mobile as "workMobile", work_phone as "workPhone"`;

/** Their ids, when there is such a book: it is locked against its deletion. Null when there is none. */
export async function insertContacts(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  contacts: readonly NewPhonebookContact[],
): Promise<number[] | null> {
  const book = await query(`select 1 from phonebooks where ${whose} and key = $3 for key share`, [
    bucket,
    id,
    bookKey,
  ]);
  if (book.length === 0) return null;
  const column = (pick: (contact: NewPhonebookContact) => string | null) => texts(contacts.map(pick));
  const rows = await query<{ id: number }>(
    `insert into phonebook_contacts (bucket, account_id, book_key, group_name, name, surname, home_mobile, home_phone,
       work_mobile, work_phone)
     select $1, $2, $3, c.g, c.n, c.s, c.hm, c.hp, c.wm, c.wp
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
       with ordinality as c(g, n, s, hm, hp, wm, wp, place)
     order by c.place returning id`,
    [
      bucket,
      id,
      bookKey,
      column((c) => c.group),
      column((c) => c.name),
      column((c) => c.surname),
      column((c) => c.homeMobile),
      column((c) => c.homePhone),
      column((c) => c.workMobile),
      column((c) => c.workPhone),
    ],
  );
  return rows.map((row) => row.id);
}

export async function listContacts(query: Query, { bucket, id, bookKey }: BookKey): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `select id from phonebook_contacts where ${whichBook} order by id`,
    [bucket, id, bookKey],
  );
  return rows.map((row) => row.id);
}

export async function countContacts(query: Query, { bucket, id, bookKey }: BookKey): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*) as n from phonebook_contacts where ${whichBook}`,
    [bucket, id, bookKey],
  );
  return row!.n;
}

/** In the order of their ids, from the first after `after` on. */
export function pageContacts(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  after: number,
  limit: number,
): Promise<PhonebookContact[]> {
  return query<PhonebookContact>(
    `select ${columns} from phonebook_contacts where ${whichBook} and id > $4 order by id limit $5`,
    [bucket, id, bookKey, after, limit],
  );
}

export async function readContact(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  contactId: number,
): Promise<PhonebookContact | null> {
  const [row] = await query<PhonebookContact>(
    `select ${columns} from phonebook_contacts where ${whichBook} and id = $4`,
    [bucket, id, bookKey, contactId],
  );
  return row ?? null;
}

export async function updateContact(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  contact: PhonebookContact,
): Promise<void> {
  await query(
    `update phonebook_contacts set group_name = $5, name = $6, surname = $7, home_mobile = $8, home_phone = $9,
       work_mobile = $10, work_phone = $11
     where ${whichBook} and id = $4`,
    [
      bucket,
      id,
      bookKey,
      contact.id,
      contact.group,
      contact.name,
      contact.surname,
      contact.homeMobile,
      contact.homePhone,
      contact.workMobile,
      contact.workPhone,
    ],
  );
}

/** False when there is none. */
export async function deleteContact(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  contactId: number,
): Promise<boolean> {
  const rows = await query(`delete from phonebook_contacts where ${whichBook} and id = $4 returning 1`, [
    bucket,
    id,
    bookKey,
    contactId,
  ]);
  return rows.length > 0;
}

/** Writes down that an import was done. Its id. */
export async function insertImport(
  query: Query,
  { bucket, id, bookKey }: BookKey,
  contacts: number,
  nowMs: number,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into phonebook_imports (bucket, account_id, book_key, contacts, at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) returning id`,
    [bucket, id, bookKey, contacts, nowMs],
  );
  return row!.id;
}
