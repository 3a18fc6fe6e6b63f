// Numbers that must not receive messages of an account, the replies that said so, and the removals. Used by the plan, the
// reply recorder, the opt-out services and OVH's blacklists.
import type { AccountKey } from '#domain/account/account.ts';
import type { OptOut } from '#domain/delivery/history.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  list,
  nullable,
  text,
  uuid,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface NewOptOut {
  readonly accountId: number;
  readonly msisdn: number;
  readonly replyId: number;
}

export interface EnteredOptOut {
  readonly msisdn: number;
  readonly reason: string;
  readonly atMs: number;
}

export interface ListedOptOut {
  readonly msisdn: number;
  readonly atMs: number;
  /** The person who entered it; null: a reply said so. */
  readonly actor: string | null;
  readonly reason: string | null;
}

export interface OptOutFilter {
  readonly batchId?: string;
  readonly messageId?: number;
}

const find = statement('find_opt_outs', {
  params: { ...accountParams, numbers: list(int8) },
  row: { msisdn: int8 },
  text: (p) => `
select msisdn from opt_outs
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = any(${p.numbers})`,
});

/** Those of `numbers` that are opted out of messages of this account. */
export async function findOptOuts(
  query: Query,
  account: AccountKey,
  numbers: readonly number[],
): Promise<Set<number>> {
  const found = await find.run(query, { ...valuesOf(account), numbers });
  return new Set(found.map(({ msisdn }) => msisdn));
}

const insertOne = statement('insert_opt_out', {
  params: { ...accountParams, msisdn: int8, replyId: nullable(int8), atMs: instant },
  text: (p) => `
insert into opt_outs (bucket, account_id, msisdn, reply_id, at)
values (${p.bucket}, ${p.accountId}, ${p.msisdn}, ${p.replyId}, ${p.atMs}) on conflict do nothing`,
});

export async function insertOptOut(
  query: Query,
  account: AccountKey,
  msisdn: number,
  replyId: number | null,
  atMs: number,
): Promise<void> {
  await insertOne.run(query, { ...valuesOf(account), msisdn, replyId, atMs });
}

const insertMany = statement('insert_opt_outs', {
  params: {
    bucket: int2,
    optOuts: rows<NewOptOut>({
      account_id: of(int4, (o) => o.accountId),
      msisdn: of(int8, (o) => o.msisdn),
      reply_id: of(int8, (o) => o.replyId),
    }),
    atMs: instant,
  },
  text: (p) => `
insert into opt_outs (bucket, account_id, msisdn, reply_id, at)
select ${p.bucket}, o.account_id, o.msisdn, o.reply_id, ${p.atMs} from ${p.optOuts.as('o')}
order by o.account_id, o.msisdn, o.reply_id on conflict do nothing`,
});

/** In one order for all processes, so that two transactions cannot wait for each other. */
export async function insertOptOuts(
  query: Query,
  bucket: number,
  optOuts: readonly NewOptOut[],
  atMs: number,
): Promise<void> {
  if (optOuts.length > 0) await insertMany.run(query, { bucket, optOuts, atMs });
}

const enter = statement('enter_opt_outs', {
  params: {
    ...accountParams,
    actor: text,
    entries: rows<EnteredOptOut>({
      msisdn: of(int8, (entry) => entry.msisdn),
      at: of(instant, (entry) => entry.atMs),
      reason: of(text, (entry) => entry.reason),
    }),
  },
  row: { count: int8 },
  text: (p) => `
with entered as (
  insert into opt_outs (bucket, account_id, msisdn, at, actor, reason)
  select ${p.bucket}, ${p.accountId}, e.msisdn, ${instantOf('e.at')}, ${p.actor}, e.reason from ${p.entries.as('e')}
  on conflict do nothing returning 1
)
select count(*) as count from entered`,
});

/** Numbers that a person enters. Listed numbers keep their entries. Returns the number of new ones. */
export async function enterOptOuts(
  query: Query,
  account: AccountKey,
  actor: string,
  entries: readonly EnteredOptOut[],
): Promise<number> {
  return (await enter.find(query, { ...valuesOf(account), actor, entries }))!.count;
}

/** The campaign that the reply answered, if it is known. */
const causes = (p: { readonly bucket: string; readonly accountId: string }) => `
left join replies r on r.bucket = ${p.bucket} and r.account_id = ${p.accountId} and r.id = o.reply_id
left join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = r.campaign_id`;

const listByCause = statement('list_opt_outs', {
  params: { ...accountParams, batchId: nullable(uuid), messageId: nullable(int8) },
  row: { msisdn: int8 },
  text: (p) => `
select o.msisdn from opt_outs o ${causes(p)}
where o.bucket = ${p.bucket} and o.account_id = ${p.accountId}
  and (${p.batchId} is null or c.batch_id = ${p.batchId}) and (${p.messageId} is null or r.message_id = ${p.messageId})
order by o.at, o.msisdn`,
});

/** Numbers, oldest opt-out first. */
export async function listOptOuts(
  query: Query,
  account: AccountKey,
  { batchId, messageId }: OptOutFilter,
): Promise<number[]> {
  const values = { ...valuesOf(account), batchId: batchId ?? null, messageId: messageId ?? null };
  return (await listByCause.run(query, values)).map(({ msisdn }) => msisdn);
}

const listEntered = statement('list_entered_opt_outs', {
  params: { ...accountParams, after: int8, msisdn: nullable(int8), limit: int4 },
  row: { msisdn: int8, atMs: instant, actor: nullable(text), reason: nullable(text) },
  text: (p) => `
select o.msisdn, o.at as "atMs", o.actor, o.reason from opt_outs o
where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn > ${p.after}
  and (${p.msisdn} is null or o.msisdn = ${p.msisdn})
order by o.msisdn limit ${p.limit}`,
});

/** In ascending order of numbers, from the first above `after`; only `msisdn` if it is not null. */
export function listEnteredOptOuts(
  query: Query,
  account: AccountKey,
  page: { readonly msisdn: number | null; readonly after: number; readonly limit: number },
): Promise<ListedOptOut[]> {
  return listEntered.run(query, { ...valuesOf(account), ...page });
}

const read = statement('read_opt_out', {
  params: { ...accountParams, msisdn: int8 },
  row: { msisdn: int8, atMs: instant, messageId: nullable(int8), batchId: nullable(uuid) },
  text: (p) => `
select o.msisdn, o.at as "atMs", r.message_id as "messageId", c.batch_id as "batchId" from opt_outs o ${causes(p)}
where o.bucket = ${p.bucket} and o.account_id = ${p.accountId} and o.msisdn = ${p.msisdn}`,
});

export function readOptOut(query: Query, account: AccountKey, msisdn: number): Promise<OptOut | null> {
  return read.find(query, { ...valuesOf(account), msisdn });
}

const remove = statement('remove_opt_out', {
  params: {
    ...accountParams,
    msisdn: int8,
    now: instant,
    actor: nullable(text),
    reason: nullable(text),
  },
  row: { isRemoved: boolean },
  text: (p) => `
with deleted as (
  delete from opt_outs where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = ${p.msisdn}
  returning reply_id, at, actor, reason
), removal as (
  insert into opt_out_removals (bucket, account_id, msisdn, reply_id, opted_out_at, opted_out_by, opted_out_reason, at,
    actor, reason)
  select ${p.bucket}, ${p.accountId}, ${p.msisdn}, reply_id, at, actor, reason, ${p.now}, ${p.actor}, ${p.reason}
  from deleted
)
select true as "isRemoved" from deleted`,
});

/** Removes a number from the list and stores the removal. False if it is not on the list. */
export async function removeOptOut(
  query: Query,
  account: AccountKey,
  msisdn: number,
  nowMs: number,
  by: { readonly actor: string; readonly reason: string | null } | null = null,
): Promise<boolean> {
  const { actor = null, reason = null } = by ?? {};
  return (await remove.find(query, { ...valuesOf(account), msisdn, now: nowMs, actor, reason })) !== null;
}
