// Users of accounts: logins, passwords, permitted addresses, quotas and alerts. Used by the users service.
import type { AccountKey } from '#domain/account/account.ts';
import { noAlert, type User, type UserAlert } from '#domain/account/user.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  bytes,
  instant,
  int2,
  int4,
  json,
  list,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface UserWithPassword extends PasswordHash {
  readonly accountId: number;
  readonly user: User;
}

/** Fields that are absent keep their values. */
export interface UserChange {
  readonly password?: PasswordHash | undefined;
  readonly allowedIps?: readonly string[] | undefined;
  readonly alert?: UserAlert | undefined;
}

const userRow = {
  id: int4,
  login: text,
  allowedIps: list(text),
  hasQuota: boolean,
  quotaMicros: micros,
  alert: nullable(json<UserAlert>()),
};
const columns = `u.id, u.login, u.allowed_ips as "allowedIps", u.has_quota as "hasQuota",
  u.quota_micros as "quotaMicros", u.alert`;

function toUser({ id, login, allowedIps, hasQuota, quotaMicros, alert }: RowOf<typeof userRow>): User {
  return { id, login, allowedIps, quotaMicros: hasQuota ? quotaMicros : null, alert: alert ?? noAlert };
}

const insert = statement('insert_user', {
  params: { ...accountParams, login: text, salt: bytes, hash: bytes, now: instant },
  row: userRow,
  text: (p) => `
insert into users as u (bucket, account_id, login, password_salt, password_hash, created_at)
values (${p.bucket}, ${p.accountId}, ${p.login}, ${p.salt}, ${p.hash}, ${p.now})
on conflict do nothing returning ${columns}`,
});

/** Null if the login is taken, in any case. */
export async function insertUser(
  query: Query,
  account: AccountKey,
  login: string,
  { salt, hash }: PasswordHash,
  nowMs: number,
): Promise<User | null> {
  const row = await insert.find(query, { ...valuesOf(account), login, salt, hash, now: nowMs });
  return row && toUser(row);
}

const find = statement('find_user', {
  params: { ...accountParams, login: text },
  row: userRow,
  text: (p) => `
select ${columns} from users u
where u.bucket = ${p.bucket} and u.account_id = ${p.accountId} and lower(u.login) = lower(${p.login})`,
});

export async function findUser(query: Query, account: AccountKey, login: string): Promise<User | null> {
  const row = await find.find(query, { ...valuesOf(account), login });
  return row && toUser(row);
}

const findAccount = statement('find_account_of_user', {
  params: { serviceName: text },
  row: { bucket: int2, id: int4 },
  text: (p) => `select bucket, id from accounts where service_name = ${p.serviceName}`,
});

const findPassword = statement('find_user_password', {
  params: { ...accountParams, login: text },
  row: { ...userRow, salt: bytes, hash: bytes },
  text: (p) => `
select ${columns}, u.password_salt as salt, u.password_hash as hash from users u
where u.bucket = ${p.bucket} and u.account_id = ${p.accountId} and lower(u.login) = lower(${p.login})`,
});

/** Two statements, so that the second is of one bucket: a join by the service name would ask every bucket. */
export async function findUserPassword(
  query: Query,
  serviceName: string,
  login: string,
): Promise<UserWithPassword | null> {
  const account = await findAccount.find(query, { serviceName });
  if (account === null) return null;
  const row = await findPassword.find(query, { ...valuesOf(account), login });
  return row && { accountId: account.id, salt: row.salt, hash: row.hash, user: toUser(row) };
}

const listOfAccount = statement('list_logins', {
  params: accountParams,
  row: { login: text },
  text: (p) =>
    `select login from users where bucket = ${p.bucket} and account_id = ${p.accountId} order by id`,
});

/** In the order of their creation. */
export async function listLogins(query: Query, account: AccountKey): Promise<string[]> {
  return (await listOfAccount.run(query, valuesOf(account))).map(({ login }) => login);
}

const update = statement('update_user', {
  params: {
    ...accountParams,
    userId: int4,
    salt: nullable(bytes),
    hash: nullable(bytes),
    allowedIps: nullable(list(text)),
    alert: nullable(json<UserAlert>()),
  },
  // A changed bound is watched anew.
  text: (p) => `
update users set password_salt = coalesce(${p.salt}, password_salt), password_hash = coalesce(${p.hash}, password_hash),
  allowed_ips = coalesce(${p.allowedIps}, allowed_ips), alert = coalesce(${p.alert}, alert),
  alerted_at = case when ${p.alert} is null or ${p.alert} -> 'bound' = alert -> 'bound' then alerted_at end
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId}`,
});

export async function updateUser(
  query: Query,
  account: AccountKey,
  userId: number,
  { password, allowedIps, alert }: UserChange,
): Promise<void> {
  await update.run(query, {
    ...valuesOf(account),
    userId,
    salt: password?.salt ?? null,
    hash: password?.hash ?? null,
    allowedIps: allowedIps ?? null,
    alert: alert ?? null,
  });
}

const remove = statement('delete_user', {
  params: { ...accountParams, userId: int4 },
  text: (p) =>
    `delete from users where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.userId}`,
});

export async function deleteUser(query: Query, account: AccountKey, userId: number): Promise<void> {
  await remove.run(query, { ...valuesOf(account), userId });
}
