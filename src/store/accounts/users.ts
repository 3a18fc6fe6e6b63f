// Users of accounts: their names, their passwords, what they may.
import { noAlert, type User, type UserAlert } from '#domain/account/user.ts';
import type { Query, Statement } from '#store/database/database.ts';

/** An account by its place. */
export interface UserOwner {
  readonly bucket: number;
  readonly id: number;
}

/** What is kept of a password. */
export interface PasswordHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

interface UserRow {
  id: number;
  login: string;
  allowedIps: string[];
  hasQuota: boolean;
  quota: number;
  alert: UserAlert | null;
}

const columns = `u.id, u.login, u.allowed_ips as "allowedIps", u.has_quota as "hasQuota", u.quota_micros as quota,
  u.alert`;

function readUserRow({ hasQuota, quota, alert, id, login, allowedIps }: UserRow): User {
  return { id, login, allowedIps, quotaMicros: hasQuota ? BigInt(quota) : null, alert: alert ?? noAlert };
}

/** Null when the login is taken, in whatever case. */
export async function insertUser(
  query: Query,
  { bucket, id }: UserOwner,
  login: string,
  { salt, hash }: PasswordHash,
  nowMs: number,
): Promise<User | null> {
  const [row] = await query<UserRow>(
    `insert into users as u (bucket, account_id, login, password_salt, password_hash, created_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000))
     on conflict do nothing returning ${columns}`,
    [bucket, id, login, salt, hash, nowMs],
  );
  return row ? readUserRow(row) : null;
}

const findStatement: Statement = {
  name: 'find_user',
  text: `select ${columns} from users u where u.bucket = $1 and u.account_id = $2 and lower(u.login) = lower($3)`,
};

export async function findUser(query: Query, owner: UserOwner, login: string): Promise<User | null> {
  const [row] = await query<UserRow>(findStatement, [owner.bucket, owner.id, login]);
  return row ? readUserRow(row) : null;
}

const findPasswordStatement: Statement = {
  name: 'find_user_password',
  text: `
select a.id as "accountId", u.password_salt as salt, u.password_hash as hash, ${columns}
from accounts a join users u on u.bucket = a.bucket and u.account_id = a.id
where a.service_name = $1 and lower(u.login) = lower($2)`,
};

export interface UserWithPassword extends PasswordHash {
  readonly accountId: number;
  readonly user: User;
}

export async function findUserPassword(
  query: Query,
  serviceName: string,
  login: string,
): Promise<UserWithPassword | null> {
  const [row] = await query<UserRow & PasswordHash & { accountId: number }>(findPasswordStatement, [
    serviceName,
    login,
  ]);
  if (!row) return null;
  const { accountId, salt, hash } = row;
  return { accountId, salt, hash, user: readUserRow(row) };
}

/** In the order in which they were made. */
export async function listLogins(query: Query, { bucket, id }: UserOwner): Promise<string[]> {
  const rows = await query<{ login: string }>(
    'select login from users where bucket = $1 and account_id = $2 order by id',
    [bucket, id],
  );
  return rows.map((row) => row.login);
}

/** What is not named stays as it is. */
export interface UserChange {
  readonly password?: PasswordHash | undefined;
  readonly allowedIps?: readonly string[] | undefined;
  readonly alert?: UserAlert | undefined;
}

export async function updateUser(
  query: Query,
  { bucket, id }: UserOwner,
  userId: number,
  { password, allowedIps, alert }: UserChange,
): Promise<void> {
  await query(
    `update users set password_salt = coalesce($4, password_salt), password_hash = coalesce($5, password_hash),
       allowed_ips = coalesce($6, allowed_ips), alert = coalesce($7::jsonb, alert),
       -- another bound is watched anew
       alerted_at = case when $7::jsonb is null or $7::jsonb -> 'bound' = alert -> 'bound' then alerted_at end
     where bucket = $1 and account_id = $2 and id = $3`,
    [bucket, id, userId, password?.salt ?? null, password?.hash ?? null, allowedIps ?? null, alert ?? null],
  );
}

export async function deleteUser(query: Query, { bucket, id }: UserOwner, userId: number): Promise<void> {
  await query('delete from users where bucket = $1 and account_id = $2 and id = $3', [bucket, id, userId]);
}
