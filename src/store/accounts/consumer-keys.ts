// Consumer keys: an application's leave to call for one customer, with what it may call. Kept as hashes.
import type { Query, Statement } from '#store/database/database.ts';

export type ConsumerKeyStatus = 'pending' | 'validated' | 'refused' | 'ended';

export interface ConsumerKeyRule {
  readonly method: string;
  readonly path: string;
}

export interface ConsumerKey {
  readonly id: number;
  readonly applicationId: number;
  /** The customer; null until he validates it. */
  readonly accountId: number | null;
  readonly status: ConsumerKeyStatus;
  readonly rules: readonly ConsumerKeyRule[];
  /** CIDR blocks; empty: from anywhere. */
  readonly allowedIps: readonly string[];
  readonly redirection: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUseAtMs: number | null;
}

export interface NewConsumerKey extends Omit<ConsumerKey, 'id' | 'createdAtMs' | 'lastUseAtMs'> {
  readonly keySha256: Buffer;
  /** Of the token in the address where it is validated. */
  readonly validationSha256: Buffer | null;
}

const columns = `id, application_id as "applicationId", account_id as "accountId", status, rules,
  allowed_ips as "allowedIps", redirection, created_at as "createdAtMs", expires_at as "expiresAtMs",
  last_use_at as "lastUseAtMs"`;

export async function insertConsumerKey(query: Query, key: NewConsumerKey, nowMs: number): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into consumer_keys (application_id, account_id, key_sha256, validation_sha256, rules, allowed_ips,
       redirection, status, created_at, expires_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, to_timestamp($9::float8 / 1000),
       to_timestamp($10::float8 / 1000))
     returning id`,
    [
      key.applicationId,
      key.accountId,
      key.keySha256,
      key.validationSha256,
      JSON.stringify(key.rules),
      key.allowedIps,
      key.redirection,
      key.status,
      nowMs,
      key.expiresAtMs,
    ],
  );
  return row!.id;
}

const findStatement: Statement = {
  name: 'find_consumer_key',
  text: `select ${columns} from consumer_keys where application_id = $1 and key_sha256 = $2`,
};

/** Of this application; keys of others do not exist for it. */
export async function findConsumerKey(
  query: Query,
  applicationId: number,
  keySha256: Buffer,
): Promise<ConsumerKey | null> {
  const [row] = await query<ConsumerKey>(findStatement, [applicationId, keySha256]);
  return row ?? null;
}

export async function noteUse(query: Query, id: number, nowMs: number): Promise<void> {
  await query('update consumer_keys set last_use_at = to_timestamp($2::float8 / 1000) where id = $1', [
    id,
    nowMs,
  ]);
}

/** By the token in the address where it is validated. */
export async function findByValidation(query: Query, validationSha256: Buffer): Promise<ConsumerKey | null> {
  const [row] = await query<ConsumerKey>(
    `select ${columns} from consumer_keys where validation_sha256 = $1`,
    [validationSha256],
  );
  return row ?? null;
}

export interface Decision {
  readonly status: 'validated' | 'refused';
  /** Whose key it becomes. */
  readonly accountId: number | null;
  readonly expiresAtMs: number | null;
}

/** False when it was decided before. */
export async function decideConsumerKey(query: Query, id: number, decision: Decision): Promise<boolean> {
  const rows = await query(
    `update consumer_keys set status = $2, account_id = $3, expires_at = to_timestamp($4::float8 / 1000)
     where id = $1 and status = 'pending' returning id`,
    [id, decision.status, decision.accountId, decision.expiresAtMs],
  );
  return rows.length > 0;
}

export async function endConsumerKey(query: Query, id: number): Promise<void> {
  await query(`update consumer_keys set status = 'ended' where id = $1`, [id]);
}

/** Those that a customer has validated. */
export async function listConsumerKeys(query: Query, accountId: number): Promise<ConsumerKey[]> {
  return query<ConsumerKey>(`select ${columns} from consumer_keys where account_id = $1 order by id`, [
    accountId,
  ]);
}

export async function readConsumerKey(
  query: Query,
  accountId: number,
  id: number,
): Promise<ConsumerKey | null> {
  const [row] = await query<ConsumerKey>(
    `select ${columns} from consumer_keys where id = $2::bigint and account_id = $1`,
    [accountId, id],
  );
  return row ?? null;
}

/** Whether a customer has validated a key for an application. */
export async function hasConsumerKey(
  query: Query,
  accountId: number,
  applicationId: number,
): Promise<boolean> {
  const rows = await query(
    'select 1 from consumer_keys where account_id = $1 and application_id = $2 limit 1',
    [accountId, applicationId],
  );
  return rows.length > 0;
}

/** False when the customer has none of this id. */
export async function restrictConsumerKey(
  query: Query,
  accountId: number,
  id: number,
  allowedIps: readonly string[],
): Promise<boolean> {
  const rows = await query(
    'update consumer_keys set allowed_ips = $3 where id = $2::bigint and account_id = $1 returning id',
    [accountId, id, allowedIps],
  );
  return rows.length > 0;
}

/** False when the customer has none of this id. */
export async function deleteConsumerKey(query: Query, accountId: number, id: number): Promise<boolean> {
  const rows = await query(
    'delete from consumer_keys where id = $2::bigint and account_id = $1 returning id',
    [accountId, id],
  );
  return rows.length > 0;
}

export async function deleteKeysOfApplication(query: Query, applicationId: number): Promise<void> {
  await query('delete from consumer_keys where application_id = $1', [applicationId]);
}

/** How many keys of an application wait for their validation; those from before `sinceMs` are forgotten. */
export async function countPendingKeys(
  query: Query,
  applicationId: number,
  sinceMs: number,
): Promise<number> {
  await query(
    `delete from consumer_keys
     where application_id = $1 and status = 'pending' and created_at < to_timestamp($2::float8 / 1000)`,
    [applicationId, sinceMs],
  );
  const [row] = await query<{ n: number }>(
    `select count(*) as n from consumer_keys where application_id = $1 and status = 'pending'`,
    [applicationId],
  );
  return row!.n;
}
