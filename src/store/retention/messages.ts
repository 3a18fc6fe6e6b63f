// Messages on their way out: those whose campaign is not kept any more, and with them the references of carriers and the
// traces of conversations when these have served. For pipeline/retention/delete-messages.ts and forget-references.ts only.
import { messageStatusCodes } from '#domain/base/message.ts';
import { numbers, type Query } from '#store/database/database.ts';
import type { Partition } from '#store/database/partitions.ts';

/** When its campaign was accepted, and the last of that one's messages due; null when the campaign is gone. */
const withCampaign = `
left join lateral (
  select created_at, coalesce(last_due_at, due_at) as due_at from campaigns c
  where c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id
  offset 0
) c on true`;

/** Whether ids after this partition's were in use at that time: nothing is put into it any more. */
export async function hasMessageAfter(
  query: Query,
  buckets: readonly number[],
  { end }: Partition,
  atMs: number,
): Promise<boolean> {
  for (const bucket of buckets) {
    const rows = await query(
      `select 1 from (select * from messages where bucket = $1 and id >= $2 order by id limit 1) m ${withCampaign}
       where (c.created_at >= to_timestamp($3::float8 / 1000)) is not true`,
      [bucket, end, atMs],
    );
    if (rows.length > 0) return true;
  }
  return false;
}

/** The first message of a bucket among these ids; null when there is none. */
export async function findMessageWithin(
  query: Query,
  bucket: number,
  first: number,
  end: number,
): Promise<number | null> {
  const [row] = await query<{ id: number }>(
    'select id from messages where bucket = $1 and id >= $2 and id < $3 order by id limit 1',
    [bucket, first, end],
  );
  return row?.id ?? null;
}

export interface SliceOfAccount {
  readonly accountId: number;
  readonly costMicros: bigint;
  /** When the last message is due of the campaigns that are kept; null when none is. */
  readonly keptDueAtMs: number | null;
}

/** What the messages among these ids cost, by account, and whether a campaign of theirs is kept. */
export async function sumMessages(
  query: Query,
  bucket: number,
  first: number,
  end: number,
): Promise<SliceOfAccount[]> {
  const rows = await query<Omit<SliceOfAccount, 'costMicros'> & { costMicros: number }>(
    `select m.account_id as "accountId", sum(m.cost_micros)::bigint as "costMicros", max(c.due_at) as "keptDueAtMs"
     from (select * from messages where bucket = $1 and id >= $2 and id < $3) m ${withCampaign}
     group by m.account_id`,
    [bucket, first, end],
  );
  return rows.map((row) => ({ ...row, costMicros: BigInt(row.costMicros) }));
}

export interface OldMessage {
  readonly id: number;
  readonly dueAtMs: number;
  /** Null when its campaign is gone. */
  readonly acceptedAtMs: number | null;
}

/** The next messages after this one, by their ids. */
export async function listMessagesAfter(
  query: Query,
  bucket: number,
  afterId: number,
  limit: number,
): Promise<OldMessage[]> {
  return query<OldMessage>(
    `select m.id, m.due_at as "dueAtMs", c.created_at as "acceptedAtMs"
     from (select * from messages where bucket = $1 and id > $2 order by id limit $3) m ${withCampaign} order by m.id`,
    [bucket, afterId, limit],
  );
}

/** With the references that carriers gave them. In the order of their ids; answers what was there. */
export async function deleteMessages(
  query: Query,
  bucket: number,
  ids: readonly number[],
): Promise<{ readonly accountId: number; readonly costMicros: bigint }[]> {
  const rows = await query<{ accountId: number; costMicros: number }>(
    `delete from messages where bucket = $1 and id = any($2::bigint[])
     returning account_id as "accountId", cost_micros as "costMicros"`,
    [bucket, numbers(ids)],
  );
  // Their index by message knows pages only (BRIN), and is asked by a range.
  await query(
    `delete from carrier_refs where bucket = $1 and message_id between $2 and $3
       and (message_id in (select unnest($4::bigint[]))) is true`,
    [bucket, ids[0], ids.at(-1), numbers(ids)],
  );
  return rows.map((row) => ({ ...row, costMicros: BigInt(row.costMicros) }));
}

const { accepted, submitted } = messageStatusCodes;

/**
 * When the last of the messages among these ids runs out of its validity that has no end, or for which a receipt may still
 * come; null when there is none.
 */
export async function findLastExpiry(
  query: Query,
  bucket: number,
  first: number,
  end: number,
  receiptsFromMs: number,
): Promise<number | null> {
  const [row] = await query<{ atMs: number | null }>(
    `select max(expires_at) as "atMs" from messages
     where bucket = $1 and id >= $2 and id < $3
       and (status in (${accepted}, ${submitted}) or expires_at >= to_timestamp($4::float8 / 1000))`,
    [bucket, first, end, receiptsFromMs],
  );
  return row!.atMs;
}

/** When a message was due that may still be answered; null when none of this partition may. */
export async function findAnswerable(
  query: Query,
  { name }: Partition,
  answersFromMs: number,
): Promise<number | null> {
  const [row] = await query<{ dueAtMs: number }>(
    `select due_at as "dueAtMs" from ${name} where due_at >= to_timestamp($1::float8 / 1000) limit 1`,
    [answersFromMs],
  );
  return row?.dueAtMs ?? null;
}

/** Answers how many were deleted, `limit` at the most. Rows lie in the order of time, which is all they have by way of index. */
export async function deleteConversations(
  query: Query,
  { name }: Partition,
  dueBeforeMs: number,
  limit: number,
): Promise<number> {
  const rows = await query(
    `delete from ${name} where ctid = any(array(
       select ctid from ${name} where due_at < to_timestamp($1::float8 / 1000) limit $2)) returning 1`,
    [dueBeforeMs, limit],
  );
  return rows.length;
}
