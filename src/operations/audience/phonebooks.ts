// Phonebooks of an account: created, read, changed, imported and exported as tables. An import is done whole or not at all.
import {
  contactColumns,
  type NewPhonebookContact,
  noGroup,
  type Phonebook,
  type PhonebookContact,
  type PhoneKind,
  phoneKinds,
  readPhone,
} from '#domain/recipients/phonebook.ts';

import { ListError, type ListLine } from '#domain/recipients/recipient-list.ts';
import { prefixOf } from '#gsm/msisdn.ts';
import { randomToken } from '#lib/security/secrets.ts';
import { neutralizeCell, restoreCell } from '#lib/text/csv-formulas.ts';
import { readCsv, renderCsv } from '#lib/text/csv-reader.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Permission } from '#operations/access/permissions.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import {
  countContacts,
  deleteContact,
  deletePhonebook,
  insertContacts,
  insertImport,
  insertPhonebook,
  listContacts,
  listPhonebooks,
  type PhonebookKey,
  pageContacts,
  readContact,
  readPhonebook,
  renamePhonebook,
  updateContact,
} from '#store/recipients/phonebooks.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

/** Phonebooks of the account; `phonebookKey` names one of them. */
export interface Phonebooks {
  list(access: AccountAccess): Promise<readonly string[]>;
  /** Returns its key; null if the account has too many. */
  create(access: AccountAccess, name: string): Promise<string | null>;
  read(access: AccountAccess, phonebookKey: string): Promise<Phonebook | null>;
  rename(access: AccountAccess, phonebookKey: string, name: string): Promise<boolean>;
  drop(access: AccountAccess, phonebookKey: string): Promise<boolean>;
  listContacts(access: AccountAccess, phonebookKey: string): Promise<readonly number[]>;
  /** Returns its id; null for an unknown phonebook. */
  addContact(
    access: AccountAccess,
    phonebookKey: string,
    contact: NewPhonebookContact,
  ): Promise<number | null>;
  readContact(access: AccountAccess, phonebookKey: string, id: number): Promise<PhonebookContact | null>;
  editContact(access: AccountAccess, phonebookKey: string, contact: PhonebookContact): Promise<void>;
  dropContact(access: AccountAccess, phonebookKey: string, id: number): Promise<boolean>;
  /** All contacts as a table. */
  render(access: AccountAccess, phonebookKey: string): AsyncGenerator<Buffer>;
  /** Adds the contacts of a table. Returns its id; null for an unknown phonebook. Throws ListError, CsvError. */
  import(
    access: AccountAccess,
    phonebookKey: string,
    bytes: AsyncIterable<Uint8Array>,
    defaultCountry: string | null,
  ): Promise<number | null>;
}

const maxPhonebooks = 1_000;
const maxContacts = 100_000;
const pageSize = 2_000;

export function createPhonebooks(context: Needs): Phonebooks {
  const { database, clock } = context;
  const { query } = database;
  function keyOf(access: AccountAccess, phonebookKey: string, permission: Permission): PhonebookKey {
    const { bucket, id } = authorize(access, permission);
    return { bucket, id, phonebookKey };
  }
  const reading = (access: AccountAccess, phonebookKey: string) =>
    keyOf(access, phonebookKey, 'phonebooks.read');
  const writing = (access: AccountAccess, phonebookKey: string) =>
    keyOf(access, phonebookKey, 'phonebooks.write');
  return {
    list: async (access) => listPhonebooks(query, authorize(access, 'phonebooks.read')),
    async create(access, name) {
      const account = authorize(access, 'phonebooks.write');
      if ((await listPhonebooks(query, account)).length >= maxPhonebooks) return null;
      const key = randomToken(16).toLowerCase();
      await insertPhonebook(query, account, { key, name }, clock.now());
      return key;
    },
    read: async (access, key) => readPhonebook(query, reading(access, key)),
    rename: async (access, key, name) => renamePhonebook(query, writing(access, key), name),
    drop: async (access, key) => deletePhonebook(query, writing(access, key)),
    listContacts: async (access, key) => listContacts(query, reading(access, key)),
    async addContact(access, key, contact) {
      const phonebook = writing(access, key);
      return database.transaction(async (inside) => {
        if ((await countContacts(inside, phonebook)) >= maxContacts) throw tooMany();
        return (await insertContacts(inside, phonebook, [contact]))?.[0] ?? null;
      });
    },
    readContact: async (access, key, id) => readContact(query, reading(access, key), id),
    editContact: async (access, key, contact) => updateContact(query, writing(access, key), contact),
    dropContact: async (access, key, id) => deleteContact(query, writing(access, key), id),
    render: (access, key) => renderContacts(query, reading(access, key)),
    import: async (access, key, bytes, country) =>
      importContacts(context, writing(access, key), bytes, country),
  };
}

async function* renderContacts(query: Query, phonebook: PhonebookKey): AsyncGenerator<Buffer> {
  yield Buffer.from(renderCsv(contactColumns));
  for (let after = 0; ; ) {
    const page = await pageContacts(query, phonebook, after, pageSize);
    if (page.length === 0) return;
    after = page.at(-1)!.id;
    yield Buffer.from(page.map((contact) => renderCsv(fieldsOf(contact))).join(''));
  }
}

function importContacts(
  { database, clock }: Needs,
  phonebook: PhonebookKey,
  bytes: AsyncIterable<Uint8Array>,
  defaultCountry: string | null,
): Promise<number | null> {
  return database.transaction(async (query) => {
    const reader = new ContactReader(defaultCountry);
    let count = await countContacts(query, phonebook);
    let added = 0;
    for await (const lines of readCsv(bytes)) {
      const contacts = reader.read(lines);
      if (contacts.length === 0) continue;
      count += contacts.length;
      if (count > maxContacts) throw tooMany();
      if ((await insertContacts(query, phonebook, contacts)) === null) return null;
      added += contacts.length;
    }
    reader.end();
    return insertImport(query, phonebook, added, clock.now());
  });
}

function tooMany(): ListError {
  return new ListError(`A phonebook has at most ${maxContacts} contacts`);
}

function fieldsOf(contact: PhonebookContact): string[] {
  return contactColumns.map((column) => neutralizeCell(contact[column] ?? ''));
}

type Column = (typeof contactColumns)[number];

/** A table of contacts; its columns are those of an export, in any order and any case. */
class ContactReader {
  readonly #prefix: string | null;
  #columns: ReadonlyMap<Column, number> | null = null;

  constructor(defaultCountry: string | null) {
    this.#prefix = defaultCountry === null ? null : prefixOf(defaultCountry);
  }

  read(lines: readonly ListLine[]): NewPhonebookContact[] {
    const [header, ...others] = lines;
    if (this.#columns === null && header !== undefined) this.#columns = readColumns(header);
    else return lines.map((line) => this.#readContact(line));
    return others.map((line) => this.#readContact(line));
  }

  end(): void {
    if (this.#columns === null)
      throw new ListError('The file is empty: its first line must name the columns');
  }

  #readContact({ line, fields }: ListLine): NewPhonebookContact {
    const at = (column: Column) => restoreCell(fields[this.#columns!.get(column) ?? fields.length] ?? '');
    const phone = (kind: PhoneKind) => {
      const written = at(kind);
      if (written === '') return null;
      const number = readPhone(written, this.#prefix);
      if (number === null) throw new ListError(`The ${kind} is not a telephone number on line ${line}`);
      return number;
    };
    const [homeMobile, homePhone, workMobile, workPhone] = phoneKinds.map(phone);
    const name = at('name');
    const surname = at('surname');
    if (name === '' && surname === '') throw new ListError(`The name is missing on line ${line}`);
    return {
      name,
      surname,
      group: at('group') || noGroup,
      homeMobile: homeMobile!,
      homePhone: homePhone!,
      workMobile: workMobile!,
      workPhone: workPhone!,
    };
  }
}

function readColumns({ fields }: ListLine): ReadonlyMap<Column, number> {
  const lower = fields.map((name) => name.toLowerCase());
  const columns = new Map<Column, number>();
  for (const column of contactColumns) {
    const at = lower.indexOf(column.toLowerCase());
    if (at !== -1) columns.set(column, at);
  }
  if (!columns.has('name') && !columns.has('surname')) throw new ListError('The file has no column "name"');
  return columns;
}
