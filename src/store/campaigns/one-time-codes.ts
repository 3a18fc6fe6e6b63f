// One-time codes: hashes, attempts, expiry. Used by the one-time codes service. One statement counts an attempt before the code
// is compared, so that of concurrent guesses no more than the limit are compared.
import type { AccountKey } from '#domain/account/account.ts';
import { dayMs } from '#lib/time/duration.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { bytes, instant, int2, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface NewCode {
  readonly tokenSha256: Buffer;
  readonly msisdn: number;
  readonly codeHash: Buffer;
  /** In characters. */
  readonly codeLength: number;
  readonly salt: Buffer;
  readonly attempts: number;
  readonly recipientIp: string | null;
  readonly expiresAtMs: number;
}

export interface StoredCode {
  readonly id: number;
  readonly codeHash: Buffer;
  /** Null: stored before its length was. */
  readonly codeLength: number | null;
  readonly salt: Buffer;
  readonly attemptsLeft: number;
  readonly recipientIp: string | null;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
}

/** How long an expired code differs from an unknown one. */
const rememberMs = dayMs;

const insert = statement('insert_one_time_code', {
  params: {
    ...accountParams,
    tokenSha256: bytes,
    msisdn: int8,
    codeHash: bytes,
    salt: bytes,
    attempts: int2,
    recipientIp: nullable(text),
    expiresAtMs: instant,
    now: instant,
    rememberedSince: instant,
    codeLength: int2,
  },
  row: { id: int8 },
  text: (p) => `
with old as (
  delete from one_time_codes
  where bucket = ${p.bucket} and account_id = ${p.accountId} and expires_at < ${p.rememberedSince}
)
insert into one_time_codes (bucket, account_id, token_sha256, msisdn, code_hash, salt, attempts_left, recipient_ip,
  expires_at, created_at, code_length)
values (${p.bucket}, ${p.accountId}, ${p.tokenSha256}, ${p.msisdn}, ${p.codeHash}, ${p.salt}, ${p.attempts},
  ${p.recipientIp}, ${p.expiresAtMs}, ${p.now}, ${p.codeLength})
returning id`,
});

/** Returns its id. Deletes codes of the account that expired more than a day ago. */
export async function insertCode(
  query: Query,
  account: AccountKey,
  code: NewCode,
  nowMs: number,
): Promise<number> {
  const values = { ...valuesOf(account), ...code, now: nowMs, rememberedSince: nowMs - rememberMs };
  return (await insert.find(query, values))!.id;
}

const remove = statement('delete_one_time_code', {
  params: { ...accountParams, id: int8 },
  text: (p) =>
    `delete from one_time_codes where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

/** Deletes a code whose message was not sent. */
export async function deleteCode(query: Query, account: AccountKey, id: number): Promise<void> {
  await remove.run(query, { ...valuesOf(account), id });
}

const codeRow = {
  id: int8,
  codeHash: bytes,
  codeLength: nullable(int2),
  salt: bytes,
  attemptsLeft: int2,
  recipientIp: nullable(text),
  expiresAtMs: instant,
  usedAtMs: nullable(instant),
};
const columns = `id, code_hash as "codeHash", code_length as "codeLength", salt, attempts_left as "attemptsLeft",
  recipient_ip as "recipientIp", expires_at as "expiresAtMs", used_at as "usedAtMs"`;

const findByToken = statement('find_code_by_token', {
  params: { ...accountParams, tokenSha256: bytes },
  row: codeRow,
  text: (p) => `
select ${columns} from one_time_codes
where bucket = ${p.bucket} and account_id = ${p.accountId} and token_sha256 = ${p.tokenSha256}`,
});

const findByNumber = statement('find_code_by_number', {
  params: { ...accountParams, msisdn: int8 },
  row: codeRow,
  text: (p) => `
select ${columns} from one_time_codes
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = ${p.msisdn} order by id desc limit 1`,
});

/** By the token of its request or, without one, the latest to this phone. */
export function findCode(
  query: Query,
  account: AccountKey,
  key: { readonly tokenSha256: Buffer } | { readonly msisdn: number },
): Promise<StoredCode | null> {
  const values = valuesOf(account);
  return 'tokenSha256' in key
    ? findByToken.find(query, { ...values, tokenSha256: key.tokenSha256 })
    : findByNumber.find(query, { ...values, msisdn: key.msisdn });
}

const countAttempt = statement('take_code_attempt', {
  params: { ...accountParams, id: int8, now: instant },
  row: { left: int2 },
  text: (p) => `
update one_time_codes set attempts_left = attempts_left - 1
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and attempts_left > 0 and used_at is null
  and expires_at > ${p.now}
returning attempts_left as left`,
});

/** Counts an attempt and returns the rest; null if none was left, or the code is used or expired. */
export async function takeAttempt(
  query: Query,
  account: AccountKey,
  id: number,
  nowMs: number,
): Promise<number | null> {
  return (await countAttempt.find(query, { ...valuesOf(account), id, now: nowMs }))?.left ?? null;
}

const use = statement('use_code', {
  params: { ...accountParams, id: int8, now: instant },
  row: { id: int8 },
  text: (p) => `
update one_time_codes set used_at = ${p.now}
where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id} and used_at is null returning id`,
});

/** Marks a correct code as used. False for all but the first call. */
export async function useCode(
  query: Query,
  account: AccountKey,
  id: number,
  nowMs: number,
): Promise<boolean> {
  return (await use.find(query, { ...valuesOf(account), id, now: nowMs })) !== null;
}
