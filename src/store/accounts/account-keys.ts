// The keys that authenticate an account, of every dialect, without their secrets. Used by the operator's accounts service.
// Tables without a bucket (credentials, applications, consumer_keys) name the account by its id alone.
import type { AccountKey } from '#domain/account/account.ts';
import { bytes, instant, int2, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export type KeyDialect = 'octopush' | 'ovh' | 'http2sms' | 'smpp';

export interface ListedKey {
  /** Dialect and row id, such as `octopush-12`. */
  readonly id: string;
  readonly dialect: KeyDialect;
  /** Octopush: the login; OVH: the application key; http2sms: the login of the user; SMPP: the system_id. No secret. */
  readonly identifier: string;
  readonly createdAtMs: number;
  /** OVH: the last use of any consumer key of the application. Null: never used, or another dialect. */
  readonly lastUseAtMs: number | null;
}

const listKeysOfAccount = statement('list_account_keys', {
  params: { accountId: int4 },
  row: { id: text, dialect: text, identifier: text, createdAtMs: instant, lastUseAtMs: nullable(instant) },
  text: (p) => `
select dialect || '-' || id as id, dialect, identifier, created_at as "createdAtMs",
  null::timestamptz as "lastUseAtMs"
from credentials
where account_id = ${p.accountId} and dialect in ('octopush', 'smpp') and revoked_at is null
union all
select 'ovh-' || p.id, 'ovh', p.key, p.created_at,
  (select max(k.last_use_at) from consumer_keys k where k.application_id = p.id)
from applications p where p.account_id = ${p.accountId} and p.deleted_at is null
union all
select 'ovh-consumer-' || k.id, 'ovh', p.key, k.created_at, k.last_use_at
from consumer_keys k join applications p on p.id = k.application_id
where k.account_id = ${p.accountId} and p.account_id <> ${p.accountId} and k.status = 'validated'
  and p.deleted_at is null`,
});

const listKeysOfUsers = statement('list_user_keys', {
  params: { bucket: int2, accountId: int4 },
  row: { id: text, identifier: text, createdAtMs: instant },
  text: (p) => `
select 'http2sms-' || u.id as id, u.login as identifier, u.created_at as "createdAtMs"
from users u where u.bucket = ${p.bucket} and u.account_id = ${p.accountId}`,
});

/** Keys that work, oldest first. Consumer keys that the account granted to other applications are `ovh-consumer-…`. */
export async function listAccountKeys(query: Query, account: AccountKey): Promise<ListedKey[]> {
  const keys = (await listKeysOfAccount.run(query, { accountId: account.id })) as ListedKey[];
  const ofUsers = await listKeysOfUsers.run(query, { bucket: account.bucket, accountId: account.id });
  for (const key of ofUsers) keys.push({ ...key, dialect: 'http2sms', lastUseAtMs: null });
  return keys.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
}

const findBySecret = statement('find_key_by_secret', {
  params: { accountId: int4, secretSha256: bytes },
  row: { id: text },
  text: (p) => `
select 'octopush-' || id as id from credentials
where account_id = ${p.accountId} and secret_sha256 = ${p.secretSha256} and revoked_at is null
union all
select case when p.account_id = ${p.accountId} then 'ovh-' || p.id else 'ovh-consumer-' || k.id end
from consumer_keys k join applications p on p.id = k.application_id
where k.account_id = ${p.accountId} and k.key_sha256 = ${p.secretSha256} and p.deleted_at is null`,
});

/** The id of the key with this secret: an API key of Octopush, or a consumer key of OVH. */
export async function findKeyBySecret(
  query: Query,
  accountId: number,
  secretSha256: Buffer,
): Promise<string | null> {
  return (await findBySecret.find(query, { accountId, secretSha256 }))?.id ?? null;
}

const readLogin = statement('read_octopush_login', {
  params: { accountId: int4 },
  row: { identifier: text },
  text: (p) => `
select identifier from credentials where account_id = ${p.accountId} and dialect = 'octopush' order by id desc limit 1`,
});

/** The login of the Octopush keys of an account; null if it never had one. */
export async function readOctopushLogin(query: Query, accountId: number): Promise<string | null> {
  return (await readLogin.find(query, { accountId }))?.identifier ?? null;
}

const revoke = statement('revoke_credential', {
  params: { accountId: int4, id: int8, now: instant },
  row: { id: int4 },
  text: (p) => `
update credentials set revoked_at = ${p.now}
where account_id = ${p.accountId} and id = ${p.id} and revoked_at is null returning id`,
});

/** False if the account has no such credential, or it is revoked already. */
export async function revokeCredential(
  query: Query,
  accountId: number,
  id: number,
  nowMs: number,
): Promise<boolean> {
  return (await revoke.find(query, { accountId, id, now: nowMs })) !== null;
}

const revokeCredentials = statement('revoke_credentials', {
  params: { accountId: int4, now: instant },
  text: (p) =>
    `update credentials set revoked_at = ${p.now} where account_id = ${p.accountId} and revoked_at is null`,
});

const deleteApplications = statement('delete_applications', {
  params: { accountId: int4, now: instant },
  text: (p) =>
    `update applications set deleted_at = ${p.now} where account_id = ${p.accountId} and deleted_at is null`,
});

const endConsumerKeys = statement('end_consumer_keys', {
  params: { accountId: int4 },
  text: (p) => `
update consumer_keys set status = 'ended' where account_id = ${p.accountId} and status in ('pending', 'validated')`,
});

const clearPasswords = statement('clear_user_passwords', {
  params: { bucket: int2, accountId: int4 },
  text: (p) => `
update users set password_salt = '\\x', password_hash = '\\x'
where bucket = ${p.bucket} and account_id = ${p.accountId}`,
});

/** Revokes every key of the account. Users keep their quotas, but no password matches. In a transaction. */
export async function revokeAllKeys(query: Query, { bucket, id }: AccountKey, nowMs: number): Promise<void> {
  await revokeCredentials.run(query, { accountId: id, now: nowMs });
  await deleteApplications.run(query, { accountId: id, now: nowMs });
  await endConsumerKeys.run(query, { accountId: id });
  await clearPasswords.run(query, { bucket, accountId: id });
}
