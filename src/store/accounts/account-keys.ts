// The keys that open an account, of every dialect, as an operator sees them: never a secret. Used by the operator's
// accounts service.
import type { Query } from '#store/database/database.ts';

export type KeyDialect = 'octopush' | 'ovh' | 'http2sms';

export interface AccountKey {
  /** Such as `octopush-12`; of the dialect and the row. */
  readonly id: string;
  readonly dialect: KeyDialect;
  /** Octopush: the login; OVH: the application key; http2sms: the login of the user. None of them is secret. */
  readonly identifier: string;
  readonly createdAtMs: number;
  /** Of an OVH application: of its consumer keys; null: never, or it is not noted (other dialects). */
  readonly lastUseAtMs: number | null;
}

/** Those that work, oldest first. Consumer keys that the account granted to other applications are `ovh-consumer-…`. */
export async function listAccountKeys(query: Query, accountId: number): Promise<AccountKey[]> {
  return query<AccountKey>(
    `select 'octopush-' || id as id, 'octopush' as dialect, identifier, created_at as "createdAtMs",
       null::timestamptz as "lastUseAtMs"
     from credentials where account_id = $1 and dialect = 'octopush' and revoked_at is null
     union all
     select 'ovh-' || p.id, 'ovh', p.key, p.created_at,
       (select max(k.last_use_at) from consumer_keys k where k.application_id = p.id)
     from applications p where p.account_id = $1 and p.deleted_at is null
     union all
     select 'ovh-consumer-' || k.id, 'ovh', p.key, k.created_at, k.last_use_at
     from consumer_keys k join applications p on p.id = k.application_id
     where k.account_id = $1 and p.account_id <> $1 and k.status = 'validated' and p.deleted_at is null
     union all
     select 'http2sms-' || u.id, 'http2sms', u.login, u.created_at, null
     from users u join accounts a on a.bucket = u.bucket and a.id = u.account_id where a.id = $1
     order by 4, 1`,
    [accountId],
  );
}

/** The key with this secret: of Octopush an API key, of OVH a consumer key of an application of the account. */
export async function findKeyBySecret(
  query: Query,
  accountId: number,
  secretSha256: Buffer,
): Promise<string | null> {
  const [row] = await query<{ id: string }>(
    `select 'octopush-' || id as id from credentials
     where account_id = $1 and secret_sha256 = $2 and revoked_at is null
     union all
     select case when p.account_id = $1 then 'ovh-' || p.id else 'ovh-consumer-' || k.id end
     from consumer_keys k join applications p on p.id = k.application_id
     where k.account_id = $1 and k.key_sha256 = $2 and p.deleted_at is null`,
    [accountId, secretSha256],
  );
  return row?.id ?? null;
}

/** The login of its Octopush keys; null when it never had one. */
export async function readOctopushLogin(query: Query, accountId: number): Promise<string | null> {
  const [row] = await query<{ identifier: string }>(
    `select identifier from credentials where account_id = $1 and dialect = 'octopush' order by id desc limit 1`,
    [accountId],
  );
  return row?.identifier ?? null;
}

export async function revokeCredential(
  query: Query,
  accountId: number,
  id: number,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update credentials set revoked_at = to_timestamp($3::float8 / 1000)
     where account_id = $1 and id = $2 and revoked_at is null returning id`,
    [accountId, id, nowMs],
  );
  return rows.length > 0;
}

/** Every key of the account, whatever its dialect; users keep their quotas, but their passwords open nothing. */
export async function revokeAllKeys(
  query: Query,
  account: { readonly bucket: number; readonly id: number },
  nowMs: number,
): Promise<void> {
  await query(
    `with c as (update credentials set revoked_at = to_timestamp($2::float8 / 1000)
       where account_id = $1 and revoked_at is null),
     p as (update applications set deleted_at = to_timestamp($2::float8 / 1000)
       where account_id = $1 and deleted_at is null),
     k as (update consumer_keys set status = 'ended' where account_id = $1 and status in ('pending', 'validated'))
     update users set password_salt = '\\x', password_hash = '\\x' where bucket = $3 and account_id = $1`,
    [account.id, nowMs, account.bucket],
  );
}
