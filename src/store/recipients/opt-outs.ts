// Who must not be written to, and the replies that said so.
import type { OptOut } from '#domain/delivery/history.ts';
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

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

export interface NewOptOut {
  readonly bucket: number;
  readonly accountId: number;
  readonly msisdn: number;
  readonly replyId: number;
}

/** In one order for all processes, so that two transactions cannot wait for each other. */
export async function insertOptOuts(
  query: Query,
  optOuts: readonly NewOptOut[],
  atMs: number,
): Promise<void> {
  await query(
    `insert into opt_outs (bucket, account_id, msisdn, reply_id, at)
     select o.bucket, o.account_id, o.msisdn, o.reply_id, to_timestamp($5::float8 / 1000)
     from unnest($1::smallint[], $2::int[], $3::bigint[], $4::bigint[]) as o(bucket, account_id, msisdn, reply_id)
     order by o.bucket, o.account_id, o.msisdn, o.reply_id on conflict do nothing`,
    [
      numbers(optOuts.map((o) => o.bucket)),
      numbers(optOuts.map((o) => o.accountId)),
      numbers(optOuts.map((o) => o.msisdn)),
      numbers(optOuts.map((o) => o.replyId)),
      atMs,
    ],
  );
}

export interface OptOutFilter {
  readonly batchId?: string;
  readonly messageId?: number;
}

/** What the STOP answered, as far as it is known. */
const causes = `
left join replies r on r.bucket = o.bucket and r.account_id = o.account_id and r.id = o.reply_id
left join campaigns c on c.bucket = r.bucket and c.account_id = r.account_id and c.id = r.campaign_id`;

/** Oldest first. */
export async function listOptOuts(
  query: Query,
  bucket: number,
  accountId: number,
  { batchId, messageId }: OptOutFilter,
): Promise<number[]> {
  const rows = await query<{ msisdn: number }>(
    `select o.msisdn from opt_outs o ${causes}
     where o.bucket = $1 and o.account_id = $2
       and ($3::uuid is null or c.batch_id = $3) and ($4::bigint is null or r.message_id = $4)
     order by o.at, o.msisdn`,
    [bucket, accountId, batchId ?? null, messageId ?? null],
  );
  return rows.map((row) => row.msisdn);
}

export async function readOptOut(
  query: Query,
  bucket: number,
  accountId: number,
  msisdn: number,
): Promise<OptOut | null> {
  const [row] = await query<OptOut>(
    `select o.msisdn, o.at as "atMs", r.message_id as "messageId", c.batch_id as "batchId" from opt_outs o ${causes}
     where o.bucket = $1 and o.account_id = $2 and o.msisdn = $3`,
    [bucket, accountId, msisdn],
  );
  return row ?? null;
}

/** Takes a number off the list, and writes down that it was. False when it is not on it. */
export async function removeOptOut(
  query: Query,
  bucket: number,
  accountId: number,
  msisdn: number,
  nowMs: number,
  by: { readonly actor: string; readonly reason: string | null } | null = null,
): Promise<boolean> {
  const rows = await query(
    `with gone as (
       delete from opt_outs where bucket = $1 and account_id = $2 and msisdn = $3
       returning reply_id, at, actor, reason
     )
     insert into opt_out_removals (bucket, account_id, msisdn, reply_id, opted_out_at, opted_out_by,
       opted_out_reason, at, actor, reason)
     select $1, $2, $3, reply_id, at, actor, reason, to_timestamp($4::float8 / 1000), $5, $6 from gone returning 1`,
    [bucket, accountId, msisdn, nowMs, by?.actor ?? null, by?.reason ?? null],
  );
  return rows.length > 0;
}

export interface EnteredOptOut {
  readonly msisdn: number;
  readonly reason: string;
  readonly atMs: number;
}

/** Numbers that somebody enters. Those on the list already stay as they are; answers how many are new. */
export async function enterOptOuts(
  query: Query,
  bucket: number,
  accountId: number,
  actor: string,
  entries: readonly EnteredOptOut[],
): Promise<number> {
  const [row] = await query<{ n: number }>(
    `with entered as (
       insert into opt_outs (bucket, account_id, msisdn, at, actor, reason)
       select $1, $2, e.msisdn, to_timestamp(e.at / 1000), $3, e.reason
       from unnest($4::bigint[], $5::float8[], $6::text[]) as e(msisdn, at, reason)
       on conflict do nothing returning 1)
     select count(*) as n from entered`,
    [
      bucket,
      accountId,
      actor,
      numbers(entries.map(({ msisdn }) => msisdn)),
      numbers(entries.map(({ atMs }) => atMs)),
      texts(entries.map(({ reason }) => reason)),
    ],
  );
  return row!.n;
}

export interface ListedOptOut {
  readonly msisdn: number;
  readonly atMs: number;
  /** Who entered it; null: a reply said so. */
  readonly actor: string | null;
  readonly reason: string | null;
}

/** By number, from the first above `after`; `msisdn` alone when it is not null. */
export async function listEnteredOptOuts(
  query: Query,
  bucket: number,
  accountId: number,
  {
    msisdn,
    after,
    limit,
  }: { readonly msisdn: number | null; readonly after: number; readonly limit: number },
): Promise<ListedOptOut[]> {
  return query<ListedOptOut>(
    `select o.msisdn, o.at as "atMs", o.actor, o.reason from opt_outs o
     where o.bucket = $1 and o.account_id = $2 and o.msisdn > $3 and ($4::bigint is null or o.msisdn = $4)
     order by o.msisdn limit $5`,
    [bucket, accountId, after, msisdn, limit],
  );
}
