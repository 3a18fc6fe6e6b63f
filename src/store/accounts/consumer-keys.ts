// Consumer keys: the permission of an application to make calls for one customer, with the permitted calls. Stored as
// hashes. Used by the OVH keys service. The table has no bucket: the account is named by its id alone.
import { bytes, instant, int4, int8, json, list, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export type ConsumerKeyStatus = 'pending' | 'validated' | 'refused' | 'ended';

export interface ConsumerKeyRule {
  readonly method: string;
  readonly path: string;
}

export interface ConsumerKey {
  readonly id: number;
  readonly applicationId: number;
  /** The customer; null until they validate the key. */
  readonly accountId: number | null;
  readonly status: ConsumerKeyStatus;
  readonly rules: readonly ConsumerKeyRule[];
  /** CIDR blocks; empty: every address. */
  readonly allowedIps: readonly string[];
  readonly redirection: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUseAtMs: number | null;
}

export interface NewConsumerKey extends Omit<ConsumerKey, 'id' | 'createdAtMs' | 'lastUseAtMs'> {
  readonly keySha256: Buffer;
  /** Of the token in the validation address. */
  readonly validationSha256: Buffer | null;
}

export interface Decision {
  readonly status: 'validated' | 'refused';
  /** The account of the key from then on. */
  readonly accountId: number | null;
  readonly expiresAtMs: number | null;
}

const keyRow = {
  id: int4,
  applicationId: int4,
  accountId: nullable(int4),
  status: word<ConsumerKeyStatus>(),
  rules: json<readonly ConsumerKeyRule[]>(),
  allowedIps: list(text),
  redirection: nullable(text),
  createdAtMs: instant,
  expiresAtMs: nullable(instant),
  lastUseAtMs: nullable(instant),
};
const columns = `id, application_id as "applicationId", account_id as "accountId", status, rules,
  allowed_ips as "allowedIps", redirection, created_at as "createdAtMs", expires_at as "expiresAtMs",
  last_use_at as "lastUseAtMs"`;

const insert = statement('insert_consumer_key', {
  params: {
    applicationId: int4,
    accountId: nullable(int4),
    keySha256: bytes,
    validationSha256: nullable(bytes),
    rules: json<readonly ConsumerKeyRule[]>(),
    allowedIps: list(text),
    redirection: nullable(text),
    status: word<ConsumerKeyStatus>(),
    now: instant,
    expiresAtMs: nullable(instant),
  },
  row: { id: int4 },
  text: (p) => `
insert into consumer_keys (application_id, account_id, key_sha256, validation_sha256, rules, allowed_ips, redirection,
  status, created_at, expires_at)
values (${p.applicationId}, ${p.accountId}, ${p.keySha256}, ${p.validationSha256}, ${p.rules}, ${p.allowedIps},
  ${p.redirection}, ${p.status}, ${p.now}, ${p.expiresAtMs})
returning id`,
});

/** Returns its id. */
export async function insertConsumerKey(query: Query, key: NewConsumerKey, nowMs: number): Promise<number> {
  return (await insert.find(query, { ...key, now: nowMs }))!.id;
}

const findByHash = statement('find_consumer_key', {
  params: { applicationId: int4, keySha256: bytes },
  row: keyRow,
  text: (p) => `
select ${columns} from consumer_keys where application_id = ${p.applicationId} and key_sha256 = ${p.keySha256}`,
});

/** A key of this application; keys of other applications are not found. */
export function findConsumerKey(
  query: Query,
  applicationId: number,
  keySha256: Buffer,
): Promise<ConsumerKey | null> {
  return findByHash.find(query, { applicationId, keySha256 });
}

const saveLastUse = statement('save_consumer_key_use', {
  params: { id: int4, now: instant },
  text: (p) => `update consumer_keys set last_use_at = ${p.now} where id = ${p.id}`,
});

export async function noteUse(query: Query, id: number, nowMs: number): Promise<void> {
  await saveLastUse.run(query, { id, now: nowMs });
}

const findByToken = statement('find_consumer_key_by_validation', {
  params: { validationSha256: bytes },
  row: keyRow,
  text: (p) => `select ${columns} from consumer_keys where validation_sha256 = ${p.validationSha256}`,
});

/** By the token in the validation address. */
export function findByValidation(query: Query, validationSha256: Buffer): Promise<ConsumerKey | null> {
  return findByToken.find(query, { validationSha256 });
}

const decide = statement('decide_consumer_key', {
  params: {
    id: int4,
    status: word<Decision['status']>(),
    accountId: nullable(int4),
    expiresAtMs: nullable(instant),
  },
  row: { id: int4 },
  text: (p) => `
update consumer_keys set status = ${p.status}, account_id = ${p.accountId}, expires_at = ${p.expiresAtMs}
where id = ${p.id} and status = 'pending' returning id`,
});

/** False if it was decided before. */
export async function decideConsumerKey(query: Query, id: number, decision: Decision): Promise<boolean> {
  return (await decide.find(query, { id, ...decision })) !== null;
}

const end = statement('end_consumer_key', {
  params: { id: int4 },
  text: (p) => `update consumer_keys set status = 'ended' where id = ${p.id}`,
});

export async function endConsumerKey(query: Query, id: number): Promise<void> {
  await end.run(query, { id });
}

const listOfAccount = statement('list_consumer_keys', {
  params: { accountId: int4 },
  row: keyRow,
  text: (p) => `select ${columns} from consumer_keys where account_id = ${p.accountId} order by id`,
});

/** Keys that this customer validated. */
export function listConsumerKeys(query: Query, accountId: number): Promise<ConsumerKey[]> {
  return listOfAccount.run(query, { accountId });
}

const read = statement('read_consumer_key', {
  // Ids come from paths and can exceed an `integer`.
  params: { accountId: int4, id: int8 },
  row: keyRow,
  text: (p) => `select ${columns} from consumer_keys where id = ${p.id} and account_id = ${p.accountId}`,
});

export function readConsumerKey(query: Query, accountId: number, id: number): Promise<ConsumerKey | null> {
  return read.find(query, { accountId, id });
}

const findAny = statement('has_consumer_key', {
  params: { accountId: int4, applicationId: int4 },
  row: { id: int4 },
  text: (p) => `
select id from consumer_keys where account_id = ${p.accountId} and application_id = ${p.applicationId} limit 1`,
});

/** Whether the customer validated a key of this application. */
export async function hasConsumerKey(
  query: Query,
  accountId: number,
  applicationId: number,
): Promise<boolean> {
  return (await findAny.find(query, { accountId, applicationId })) !== null;
}

const restrict = statement('restrict_consumer_key', {
  params: { accountId: int4, id: int8, allowedIps: list(text) },
  row: { id: int4 },
  text: (p) => `
update consumer_keys set allowed_ips = ${p.allowedIps}
where id = ${p.id} and account_id = ${p.accountId} returning id`,
});

/** False if the customer has no key of this id. */
export async function restrictConsumerKey(
  query: Query,
  accountId: number,
  id: number,
  allowedIps: readonly string[],
): Promise<boolean> {
  return (await restrict.find(query, { accountId, id, allowedIps })) !== null;
}

const remove = statement('delete_consumer_key', {
  params: { accountId: int4, id: int8 },
  row: { id: int4 },
  text: (p) => `delete from consumer_keys where id = ${p.id} and account_id = ${p.accountId} returning id`,
});

/** False if the customer has no key of this id. */
export async function deleteConsumerKey(query: Query, accountId: number, id: number): Promise<boolean> {
  return (await remove.find(query, { accountId, id })) !== null;
}

const removeOfApplication = statement('delete_keys_of_application', {
  params: { applicationId: int4 },
  text: (p) => `delete from consumer_keys where application_id = ${p.applicationId}`,
});

export async function deleteKeysOfApplication(query: Query, applicationId: number): Promise<void> {
  await removeOfApplication.run(query, { applicationId });
}

const deletePending = statement('delete_old_pending_keys', {
  params: { applicationId: int4, since: instant },
  text: (p) => `
delete from consumer_keys
where application_id = ${p.applicationId} and status = 'pending' and created_at < ${p.since}`,
});

const countPending = statement('count_pending_keys', {
  params: { applicationId: int4 },
  row: { count: int8 },
  text: (p) => `
select count(*) as count from consumer_keys where application_id = ${p.applicationId} and status = 'pending'`,
});

/** The number of keys of an application that wait for their validation. Deletes those from before `sinceMs` first. */
export async function countPendingKeys(
  query: Query,
  applicationId: number,
  sinceMs: number,
): Promise<number> {
  await deletePending.run(query, { applicationId, since: sinceMs });
  return (await countPending.find(query, { applicationId }))!.count;
}
