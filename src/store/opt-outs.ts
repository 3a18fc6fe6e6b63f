// Who must not be written to, and the replies that said so.
import { numbers, type Query, type Statement } from './database.ts';

const findStatement: Statement = {
  name: 'find_opt_outs',
  text: 'select msisdn from opt_outs where bucket = $1 and account_id = $2 and msisdn = any($3::bigint[])',
};

/** Those of `msisdns` that said STOP to this account. */
export async function findOptOuts(
  query: Query,
  bucket: number,
  accountId: number,
  msisdns: readonly number[],
): Promise<Set<number>> {
  const rows = await query<{ msisdn: number }>(findStatement, [bucket, accountId, numbers(msisdns)]);
  return new Set(rows.map((row) => row.msisdn));
}

export async function insertOptOut(
  query: Query,
  bucket: number,
  accountId: number,
  msisdn: number,
  replyId: number | null,
  atMs: number,
): Promise<void> {
  await query(
    `insert into opt_outs (bucket, account_id, msisdn, reply_id, at)
     values ($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) on conflict do nothing`,
    [bucket, accountId, msisdn, replyId, atMs],
  );
}
