// One-time codes: hashes, attempts, expiry. An attempt is taken by one statement before the code is compared, so that
// of guesses that come at once no more are compared than allowed.
import { dayMs } from '#lib/time/duration.ts';
import type { Query, Statement } from '#store/database/database.ts';

export interface Owner {
  readonly bucket: number;
  readonly id: number;
}

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

/** How long a code that expired is told apart from one that never was. */
const rememberMs = dayMs;

const insertStatement: Statement = {
  name: 'insert_one_time_code',
  text: `
with old as (
  delete from one_time_codes
  where bucket = $1 and account_id = $2 and expires_at < to_timestamp($11::float8 / 1000)
)
insert into one_time_codes (bucket, account_id, token_sha256, msisdn, code_hash, salt, attempts_left, recipient_ip,
  expires_at, created_at, code_length)
values ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::float8 / 1000), to_timestamp($10::float8 / 1000), $12)
returning id`,
};

export async function insertCode(query: Query, owner: Owner, code: NewCode, nowMs: number): Promise<number> {
  const [row] = await query<{ id: number }>(insertStatement, [
    owner.bucket,
    owner.id,
    code.tokenSha256,
    code.msisdn,
    code.codeHash,
    code.salt,
    code.attempts,
    code.recipientIp,
    code.expiresAtMs,
    nowMs,
    nowMs - rememberMs,
    code.codeLength,
  ]);
  return row!.id;
}

/** It was not sent after all. */
export async function deleteCode(query: Query, owner: Owner, id: number): Promise<void> {
  await query('delete from one_time_codes where bucket = $1 and account_id = $2 and id = $3', [
    owner.bucket,
    owner.id,
    id,
  ]);
}

export interface StoredCode {
  readonly id: number;
  readonly codeHash: Buffer;
  /** Null of codes stored before their length was. */
  readonly codeLength: number | null;
  readonly salt: Buffer;
  readonly attemptsLeft: number;
  readonly recipientIp: string | null;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
}

const columns = `id, code_hash as "codeHash", code_length as "codeLength", salt, attempts_left as "attemptsLeft", recipient_ip as "recipientIp",
  expires_at as "expiresAtMs", used_at as "usedAtMs"`;

/** By the token of its request or, without one, the latest to this telephone. */
export async function findCode(
  query: Query,
  owner: Owner,
  key: { readonly tokenSha256: Buffer } | { readonly msisdn: number },
): Promise<StoredCode | null> {
  const whose = 'where bucket = $1 and account_id = $2';
  const [row] =
    'tokenSha256' in key
      ? await query<StoredCode>(`select ${columns} from one_time_codes ${whose} and token_sha256 = $3`, [
          owner.bucket,
          owner.id,
          key.tokenSha256,
        ])
      : await query<StoredCode>(
          `select ${columns} from one_time_codes ${whose} and msisdn = $3 order by id desc limit 1`,
          [owner.bucket, owner.id, key.msisdn],
        );
  return row ?? null;
}

/** Takes one attempt and answers how many are left; null when there was none, or the code is used or expired. */
export async function takeAttempt(
  query: Query,
  owner: Owner,
  id: number,
  nowMs: number,
): Promise<number | null> {
  const [row] = await query<{ left: number }>(
    {
      name: 'take_code_attempt',
      text: `
update one_time_codes set attempts_left = attempts_left - 1
where bucket = $1 and account_id = $2 and id = $3 and attempts_left > 0 and used_at is null
  and expires_at > to_timestamp($4::float8 / 1000)
returning attempts_left as left`,
    },
    [owner.bucket, owner.id, id, nowMs],
  );
  return row?.left ?? null;
}

/** The code was right: it opens once. False for everybody but the first. */
export async function useCode(query: Query, owner: Owner, id: number, nowMs: number): Promise<boolean> {
  const rows = await query(
    `update one_time_codes set used_at = to_timestamp($4::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and used_at is null returning id`,
    [owner.bucket, owner.id, id, nowMs],
  );
  return rows.length > 0;
}
