// Accounts and the credentials that open them.
import {
  type Account,
  type AccountSettings,
  type AccountStatus,
  defaultSettings,
} from '#domain/account/account.ts';
import type { Query, Statement } from '#store/database/database.ts';

export type CredentialFamily = 'octopush' | 'ovh' | 'smpp' | 'http2sms';

export interface AccountWithSecrets {
  readonly account: Account;
  readonly secrets: readonly Buffer[];
}

interface AccountRow {
  id: number;
  bucket: number;
  email: string;
  name: string;
  service_name: string;
  status: AccountStatus;
  parent_id: number | null;
  settings: Partial<AccountSettings>;
}

const columns = 'a.id, a.bucket, a.email, a.name, a.service_name, a.status, a.parent_id, a.settings';

function readAccountRow(row: AccountRow): Account {
  return {
    id: row.id,
    bucket: row.bucket,
    email: row.email,
    name: row.name,
    serviceName: row.service_name,
    status: row.status,
    parentId: row.parent_id,
    settings: {
      ...defaultSettings,
      ...row.settings,
      campaign: { ...defaultSettings.campaign, ...row.settings.campaign },
      callbacks: { ...defaultSettings.callbacks, ...row.settings.callbacks },
    },
  };
}

export interface NewAccount {
  readonly bucket: number;
  readonly email: string;
  readonly name: string;
  readonly serviceName: string;
  /** Only what differs from the defaults. */
  readonly settings: Partial<AccountSettings>;
  readonly parentId?: number;
  readonly person?: ContactPerson;
}

/** Whom a sub-account is for. */
export interface ContactPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
}

/** Null when the e-mail is taken. */
export async function insertAccount(
  query: Query,
  account: NewAccount,
  nowMs: number,
): Promise<Account | null> {
  const [row] = await query<AccountRow>(
    `insert into accounts as a (bucket, email, name, service_name, settings, created_at, parent_id, first_name,
       last_name, company)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), $7, $8, $9, $10)
     on conflict do nothing returning ${columns}`,
    [
      account.bucket,
      account.email,
      account.name,
      account.serviceName,
      account.settings,
      nowMs,
      account.parentId ?? null,
      account.person?.firstName ?? '',
      account.person?.lastName ?? '',
      account.person?.company ?? '',
    ],
  );
  if (!row) return null;
  await query('insert into balances (bucket, account_id) values ($1, $2)', [row.bucket, row.id]);
  return readAccountRow(row);
}

export async function insertCredential(
  query: Query,
  accountId: number,
  family: CredentialFamily,
  identifier: string,
  secretSha256: Buffer,
  nowMs: number,
): Promise<void> {
  await query(
    `insert into credentials (account_id, dialect, identifier, secret_sha256, created_at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))`,
    [accountId, family, identifier, secretSha256, nowMs],
  );
}

const findByCredentialStatement: Statement = {
  name: 'find_by_credential',
  text: `
select ${columns}, c.secret_sha256 as secret from credentials c join accounts a on a.id = c.account_id
where c.dialect = $1 and lower(c.identifier) = lower($2) and c.revoked_at is null`,
};

/** The account behind an identifier, with the hashes of every secret that opens it. */
export async function findByCredential(
  query: Query,
  family: CredentialFamily,
  identifier: string,
): Promise<AccountWithSecrets | null> {
  const rows = await query<AccountRow & { secret: Buffer }>(findByCredentialStatement, [family, identifier]);
  if (rows.length === 0) return null;
  return { account: readAccountRow(rows[0]!), secrets: rows.map((row) => row.secret) };
}

const readAccountStatement: Statement = {
  name: 'read_account',
  text: `select ${columns} from accounts a where a.id = $1`,
};

export async function readAccount(query: Query, id: number): Promise<Account | null> {
  const [row] = await query<AccountRow>(readAccountStatement, [id]);
  return row ? readAccountRow(row) : null;
}

/** The account as it is now; nobody else changes it before the end of the transaction. */
export async function lockAccount(query: Query, id: number): Promise<Account | null> {
  const [row] = await query<AccountRow>(
    `select ${columns} from accounts a where a.id = $1 for no key update`,
    [id],
  );
  return row ? readAccountRow(row) : null;
}

const findByServiceNameStatement: Statement = {
  name: 'find_by_service_name',
  text: `select ${columns} from accounts a where a.service_name = $1`,
};

export async function findByServiceName(query: Query, serviceName: string): Promise<Account | null> {
  const [row] = await query<AccountRow>(findByServiceNameStatement, [serviceName]);
  return row ? readAccountRow(row) : null;
}

/** The account and its sub-accounts: what one customer of OVH's has. */
export async function listAccountsOf(query: Query, accountId: number): Promise<Account[]> {
  const rows = await query<AccountRow>(
    `select ${columns} from accounts a where a.id = $1 or a.parent_id = $1 order by a.id`,
    [accountId],
  );
  return rows.map(readAccountRow);
}

export async function readCreationTime(query: Query, id: number): Promise<number> {
  const [row] = await query<{ createdAtMs: number }>(
    'select created_at as "createdAtMs" from accounts where id = $1',
    [id],
  );
  return row!.createdAtMs;
}

/** By service name or, failing that, by e-mail. */
export async function findAccount(query: Query, nameOrEmail: string): Promise<Account | null> {
  const [row] = await query<AccountRow>(
    `select ${columns} from accounts a where a.service_name = $1 or lower(a.email) = lower($1)
     order by a.service_name = $1 desc limit 1`,
    [nameOrEmail],
  );
  return row ? readAccountRow(row) : null;
}

/** How many sub-accounts an account has. Inside a transaction: nobody else adds one meanwhile. */
export async function countSubAccounts(query: Query, parentId: number): Promise<number> {
  await lockAccount(query, parentId);
  const [row] = await query<{ n: number }>('select count(*) as n from accounts where parent_id = $1', [
    parentId,
  ]);
  return row!.n;
}

/** By e-mail, and whom it is for. */
export async function findPerson(
  query: Query,
  email: string,
): Promise<{ account: Account; person: ContactPerson } | null> {
  const [row] = await query<AccountRow & ContactPerson>(
    `select ${columns}, a.first_name as "firstName", a.last_name as "lastName", a.company
     from accounts a where lower(a.email) = lower($1)`,
    [email],
  );
  if (!row) return null;
  const { firstName, lastName, company } = row;
  return { account: readAccountRow(row), person: { firstName, lastName, company } };
}

export async function listAccounts(query: Query): Promise<Account[]> {
  const rows = await query<AccountRow>(`select ${columns} from accounts a order by a.id`);
  return rows.map(readAccountRow);
}

export async function updateSettings(
  query: Query,
  accountId: number,
  settings: Partial<AccountSettings>,
): Promise<void> {
  await query('update accounts set settings = settings || $2::jsonb where id = $1', [accountId, settings]);
}

export async function setAccountStatus(
  query: Query,
  accountId: number,
  status: AccountStatus,
): Promise<void> {
  await query('update accounts set status = $2 where id = $1', [accountId, status]);
}

/** What is named of a person; the rest stays. */
export async function updatePerson(
  query: Query,
  accountId: number,
  person: { readonly [Name in keyof ContactPerson]?: ContactPerson[Name] | undefined },
): Promise<void> {
  await query(
    `update accounts set first_name = coalesce($2, first_name), last_name = coalesce($3, last_name),
       company = coalesce($4, company) where id = $1`,
    [accountId, person.firstName ?? null, person.lastName ?? null, person.company ?? null],
  );
}

export async function listBuckets(query: Query): Promise<number[]> {
  const rows = await query<{ bucket: number }>('select distinct bucket from accounts order by 1');
  return rows.map((row) => row.bucket);
}
