// Accounts and the credentials that authenticate them. Used by authentication, the account cache and the accounts services.
// Accounts are a table of configuration: they are found by id, service name, e-mail or credential.
import {
  type Account,
  type AccountSettings,
  type AccountStatus,
  defaultSettings,
  defaultSmppSettings,
} from '#domain/account/account.ts';
import {
  bytes,
  instant,
  int2,
  int4,
  int8,
  json,
  list,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

export type CredentialFamily = 'octopush' | 'ovh' | 'smpp' | 'http2sms';

export interface AccountWithSecrets {
  readonly account: Account;
  readonly secrets: readonly Buffer[];
}

export interface NewAccount {
  readonly bucket: number;
  readonly email: string;
  readonly name: string;
  readonly serviceName: string;
  /** Only settings that differ from the defaults. */
  readonly settings: Partial<AccountSettings>;
  readonly parentId?: number;
  readonly contactPerson?: ContactPerson;
}

/** The contact person of a sub-account. */
export interface ContactPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
}

const accountRow = {
  id: int4,
  bucket: int2,
  email: text,
  name: text,
  serviceName: text,
  status: word<AccountStatus>(),
  parentId: nullable(int4),
  settings: json<Partial<AccountSettings>>(),
};
const columns = `a.id, a.bucket, a.email, a.name, a.service_name as "serviceName", a.status, a.parent_id as "parentId",
  a.settings`;

function toAccount({ settings, ...row }: RowOf<typeof accountRow>): Account {
  return {
    ...row,
    settings: {
      ...defaultSettings,
      ...settings,
      campaign: { ...defaultSettings.campaign, ...settings.campaign },
      callbacks: { ...defaultSettings.callbacks, ...settings.callbacks },
      billing: { ...defaultSettings.billing, ...settings.billing },
      smpp: settings.smpp ? { ...defaultSmppSettings, ...settings.smpp } : null,
    },
  };
}

const insert = statement('insert_account', {
  params: {
    bucket: int2,
    email: text,
    name: text,
    serviceName: text,
    settings: json<Partial<AccountSettings>>(),
    now: instant,
    parentId: nullable(int4),
    firstName: text,
    lastName: text,
    company: text,
  },
  row: accountRow,
  text: (p) => `
insert into accounts as a (bucket, email, name, service_name, settings, created_at, parent_id, first_name, last_name,
  company)
values (${p.bucket}, ${p.email}, ${p.name}, ${p.serviceName}, ${p.settings}, ${p.now}, ${p.parentId}, ${p.firstName},
  ${p.lastName}, ${p.company})
on conflict do nothing returning ${columns}`,
});

const insertBalance = statement('insert_balance', {
  params: { bucket: int2, accountId: int4 },
  text: (p) => `insert into balances (bucket, account_id) values (${p.bucket}, ${p.accountId})`,
});

/** Inserts the account with an empty balance. Null if the e-mail is taken. */
export async function insertAccount(
  query: Query,
  account: NewAccount,
  nowMs: number,
): Promise<Account | null> {
  const {
    contactPerson = { firstName: '', lastName: '', company: '' },
    parentId = null,
    ...values
  } = account;
  const row = await insert.find(query, { ...values, ...contactPerson, parentId, now: nowMs });
  if (row === null) return null;
  await insertBalance.run(query, { bucket: row.bucket, accountId: row.id });
  return toAccount(row);
}

const insertCredentialRow = statement('insert_credential', {
  params: {
    accountId: int4,
    family: word<CredentialFamily>(),
    identifier: text,
    secretSha256: bytes,
    now: instant,
  },
  text: (p) => `
insert into credentials (account_id, dialect, identifier, secret_sha256, created_at)
values (${p.accountId}, ${p.family}, ${p.identifier}, ${p.secretSha256}, ${p.now})`,
});

export async function insertCredential(
  query: Query,
  accountId: number,
  family: CredentialFamily,
  identifier: string,
  secretSha256: Buffer,
  nowMs: number,
): Promise<void> {
  await insertCredentialRow.run(query, { accountId, family, identifier, secretSha256, now: nowMs });
}

const findByIdentifier = statement('find_by_credential', {
  params: { family: word<CredentialFamily>(), identifier: text },
  row: { ...accountRow, secret: bytes },
  text: (p) => `
select ${columns}, c.secret_sha256 as secret from credentials c join accounts a on a.id = c.account_id
where c.dialect = ${p.family} and lower(c.identifier) = lower(${p.identifier}) and c.revoked_at is null`,
});

/** The account of an identifier, with the hashes of all its secrets. */
export async function findByCredential(
  query: Query,
  family: CredentialFamily,
  identifier: string,
): Promise<AccountWithSecrets | null> {
  const rows = await findByIdentifier.run(query, { family, identifier });
  const [first] = rows;
  if (first === undefined) return null;
  const { secret: _, ...account } = first;
  return { account: toAccount(account), secrets: rows.map(({ secret }) => secret) };
}

const read = statement('read_account', {
  params: { id: int4 },
  row: accountRow,
  text: (p) => `select ${columns} from accounts a where a.id = ${p.id}`,
});

export async function readAccount(query: Query, id: number): Promise<Account | null> {
  const row = await read.find(query, { id });
  return row && toAccount(row);
}

const lock = statement('lock_account', {
  params: { id: int4 },
  row: accountRow,
  text: (p) => `select ${columns} from accounts a where a.id = ${p.id} for no key update`,
});

/** The current account, locked until the end of the transaction. */
export async function lockAccount(query: Query, id: number): Promise<Account | null> {
  const row = await lock.find(query, { id });
  return row && toAccount(row);
}

const findService = statement('find_by_service_name', {
  params: { serviceName: text },
  row: accountRow,
  text: (p) => `select ${columns} from accounts a where a.service_name = ${p.serviceName}`,
});

export async function findByServiceName(query: Query, serviceName: string): Promise<Account | null> {
  const row = await findService.find(query, { serviceName });
  return row && toAccount(row);
}

const listOfCustomer = statement('list_accounts_of_customer', {
  params: { id: int4 },
  row: accountRow,
  text: (p) =>
    `select ${columns} from accounts a where a.id = ${p.id} or a.parent_id = ${p.id} order by a.id`,
});

/** The account and its sub-accounts: the services of one customer of OVH. */
export async function listAccountsOf(query: Query, accountId: number): Promise<Account[]> {
  return (await listOfCustomer.run(query, { id: accountId })).map(toAccount);
}

const readCreation = statement('read_creation_time', {
  params: { id: int4 },
  row: { createdAtMs: instant },
  text: (p) => `select created_at as "createdAtMs" from accounts where id = ${p.id}`,
});

export async function readCreationTime(query: Query, id: number): Promise<number> {
  return (await readCreation.find(query, { id }))!.createdAtMs;
}

const findByName = statement('find_account', {
  params: { name: text },
  row: accountRow,
  text: (p) => `
select ${columns} from accounts a where a.service_name = ${p.name} or lower(a.email) = lower(${p.name})
order by a.service_name = ${p.name} desc limit 1`,
});

/** By service name, else by e-mail. */
export async function findAccount(query: Query, nameOrEmail: string): Promise<Account | null> {
  const row = await findByName.find(query, { name: nameOrEmail });
  return row && toAccount(row);
}

const countChildren = statement('count_sub_accounts', {
  params: { parentId: int4 },
  row: { count: int8 },
  text: (p) => `select count(*) as count from accounts where parent_id = ${p.parentId}`,
});

/** The number of sub-accounts. Locks the parent: no other transaction adds one until the end of this one. */
export async function countSubAccounts(query: Query, parentId: number): Promise<number> {
  await lockAccount(query, parentId);
  return (await countChildren.find(query, { parentId }))!.count;
}

const findByEmail = statement('find_contact_person', {
  params: { email: text },
  row: { ...accountRow, firstName: text, lastName: text, company: text },
  text: (p) => `
select ${columns}, a.first_name as "firstName", a.last_name as "lastName", a.company
from accounts a where lower(a.email) = lower(${p.email})`,
});

/** The account with this e-mail, and its contact person. */
export async function findPerson(
  query: Query,
  email: string,
): Promise<{ account: Account; contactPerson: ContactPerson } | null> {
  const row = await findByEmail.find(query, { email });
  if (row === null) return null;
  const { firstName, lastName, company, ...account } = row;
  return { account: toAccount(account), contactPerson: { firstName, lastName, company } };
}

const listAll = statement('list_accounts', {
  params: {},
  row: accountRow,
  text: () => `select ${columns} from accounts a order by a.id`,
});

export async function listAccounts(query: Query): Promise<Account[]> {
  return (await listAll.run(query, {})).map(toAccount);
}

export interface AccountPage {
  /** In the name, the service name or the e-mail, in any case of letters; null: all. */
  readonly part: string | null;
  readonly status: AccountStatus | null;
  /** The last account of the page before; 0 for the first page. */
  readonly afterId: number;
  readonly limit: number;
}

const listPage = statement('list_account_page', {
  params: { part: nullable(text), status: nullable(word<AccountStatus>()), afterId: int4, limit: int4 },
  row: { ...accountRow, createdAtMs: instant },
  text: (p) => `
select ${columns}, a.created_at as "createdAtMs" from accounts a
where a.id > ${p.afterId} and (${p.status} is null or a.status = ${p.status})
  and (${p.part} is null or strpos(lower(a.service_name), lower(${p.part})) > 0
    or strpos(lower(a.name), lower(${p.part})) > 0 or strpos(lower(a.email), lower(${p.part})) > 0)
order by a.id limit ${p.limit}`,
});

/** Accounts in the order of their creation. */
export async function listAccountPage(
  query: Query,
  page: AccountPage,
): Promise<{ readonly account: Account; readonly createdAtMs: number }[]> {
  return (await listPage.run(query, page)).map(({ createdAtMs, ...row }) => ({
    account: toAccount(row),
    createdAtMs,
  }));
}

const listById = statement('list_accounts_by_id', {
  params: { ids: list(int4) },
  row: accountRow,
  text: (p) => `select ${columns} from accounts a where a.id = any(${p.ids})`,
});

export async function listAccountsById(query: Query, ids: readonly number[]): Promise<Map<number, Account>> {
  return new Map((await listById.run(query, { ids })).map((row) => [row.id, toAccount(row)]));
}

const mergeSettings = statement('update_account_settings', {
  params: { id: int4, settings: json<Partial<AccountSettings>>() },
  text: (p) => `update accounts set settings = settings || ${p.settings} where id = ${p.id}`,
});

/** Settings that are absent keep their values. */
export async function updateSettings(
  query: Query,
  accountId: number,
  settings: Partial<AccountSettings>,
): Promise<void> {
  await mergeSettings.run(query, { id: accountId, settings });
}

const setStatus = statement('set_account_status', {
  params: { id: int4, status: word<AccountStatus>() },
  text: (p) => `update accounts set status = ${p.status} where id = ${p.id}`,
});

export async function setAccountStatus(
  query: Query,
  accountId: number,
  status: AccountStatus,
): Promise<void> {
  await setStatus.run(query, { id: accountId, status });
}

const setPerson = statement('update_contact_person', {
  params: { id: int4, firstName: nullable(text), lastName: nullable(text), company: nullable(text) },
  text: (p) => `
update accounts set first_name = coalesce(${p.firstName}, first_name), last_name = coalesce(${p.lastName}, last_name),
  company = coalesce(${p.company}, company)
where id = ${p.id}`,
});

/** Fields that are absent keep their values. */
export async function updatePerson(
  query: Query,
  accountId: number,
  contactPerson: { readonly [Name in keyof ContactPerson]?: ContactPerson[Name] | undefined },
): Promise<void> {
  const { firstName = null, lastName = null, company = null } = contactPerson;
  await setPerson.run(query, { id: accountId, firstName, lastName, company });
}

const listUsed = statement('list_buckets', {
  params: {},
  row: { bucket: int2 },
  // Bucket 0 also holds the replies that answer no campaign, with account 0.
  text: () => `select distinct bucket from accounts union select 0::smallint order by 1`,
});

/** The buckets with accounts, and bucket 0. */
export async function listBuckets(query: Query): Promise<number[]> {
  return (await listUsed.run(query, {})).map(({ bucket }) => bucket);
}
