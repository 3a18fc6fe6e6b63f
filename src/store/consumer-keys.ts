// Consumer keys: an application's leave to call for one customer, with what it may call. Kept as hashes.
import type { Query, Statement } from './database.ts';

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
