// Replies of phones. Used by pipeline/record-reply.ts, by the callback pusher and by the operator's list.
import type { AccountKey } from '#domain/account/account.ts';
import {
  boolean,
  instant,
  instantOf,
  int2,
  int4,
  int8,
  list,
  nothing,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface StoredReply {
  readonly id: number;
  readonly accountId: number;
  readonly connectorId: number;
  readonly msisdn: number;
  readonly recipient: string;
  readonly text: string;
  readonly isOptOut: boolean;
  readonly messageId: number | null;
  readonly campaignId: number | null;
  readonly atMs: number;
}

/** Account 0 has the replies that belong to no account; only among these are some without a readable sender. */
export interface NewReply extends Omit<StoredReply, 'id' | 'msisdn'> {
  readonly bucket: number;
  readonly msisdn: number | null;
  /** The sender as the carrier wrote it. */
  readonly source: string;
  /** The text is its octets in hexadecimal. */
  readonly isBinary: boolean;
  /** Some of its parts never arrived. */
  readonly isIncomplete: boolean;
}

/** A reply with its index in the caller's list. */
type Positioned = readonly [position: number, reply: NewReply];

/** Statements name one bucket: the replies by bucket. */
function byBucket(replies: readonly NewReply[]): Map<number, Positioned[]> {
  return Map.groupBy(
    replies.map((reply, position): Positioned => [position, reply]),
    ([, { bucket }]) => bucket,
  );
}

const insert = statement('insert_replies', {
  params: {
    bucket: int2,
    replies: rows<Positioned>({
      position: of(int4, ([position]) => position),
      account_id: of(int4, ([, r]) => r.accountId),
      connector_id: of(int4, ([, r]) => r.connectorId),
      msisdn: of(int8, ([, r]) => r.msisdn),
      source: of(text, ([, r]) => r.source),
      recipient: of(text, ([, r]) => r.recipient),
      text: of(text, ([, r]) => r.text),
      is_opt_out: of(boolean, ([, r]) => r.isOptOut),
      is_binary: of(boolean, ([, r]) => r.isBinary),
      is_incomplete: of(boolean, ([, r]) => r.isIncomplete),
      message_id: of(int8, ([, r]) => r.messageId),
      campaign_id: of(int8, ([, r]) => r.campaignId),
      at: of(instant, ([, r]) => r.atMs),
    }),
  },
  row: { id: int8 },
  text: (p) => `
insert into replies (bucket, account_id, connector_id, msisdn, source, recipient, text, is_opt_out, is_binary,
  is_incomplete, message_id, campaign_id, at)
select ${p.bucket}, account_id, connector_id, msisdn, source, recipient, text, is_opt_out, is_binary, is_incomplete,
  message_id, campaign_id, ${instantOf('at')}
from ${p.replies.as('r')}
order by position returning id`,
});

/** Returns their ids, in their order. */
export async function insertReplies(query: Query, replies: readonly NewReply[]): Promise<number[]> {
  const ids = new Array<number>(replies.length);
  for (const [bucket, ofBucket] of byBucket(replies)) {
    const inserted = await insert.run(query, { bucket, replies: ofBucket });
    inserted.sort((a, b) => a.id - b.id);
    for (const [i, [position]] of ofBucket.entries()) ids[position] = inserted[i]!.id;
  }
  return ids;
}

const read = statement('read_reply', {
  params: { bucket: int2, accountId: int4, id: int8 },
  row: {
    id: int8,
    accountId: int4,
    connectorId: int4,
    msisdn: int8,
    recipient: text,
    text,
    isOptOut: boolean,
    messageId: nullable(int8),
    campaignId: nullable(int8),
    atMs: instant,
  },
  text: (p) => `
select id, account_id as "accountId", connector_id as "connectorId", msisdn, recipient, text,
  is_opt_out as "isOptOut", message_id as "messageId", campaign_id as "campaignId", at as "atMs"
from replies where bucket = ${p.bucket} and account_id = ${p.accountId} and id = ${p.id}`,
});

export function readReply(
  query: Query,
  bucket: number,
  accountId: number,
  id: number,
): Promise<StoredReply | null> {
  return read.find(query, { bucket, accountId, id });
}

const count = statement('count_replies', {
  params: { bucket: int2, accountId: int4, msisdn: int8, since: instant },
  row: { count: int8 },
  text: (p) => `
select count(*) as count from replies
where bucket = ${p.bucket} and account_id = ${p.accountId} and msisdn = ${p.msisdn} and at > ${p.since}`,
});

/** How many replies this phone has sent to this account since then. */
export async function countReplies(
  query: Query,
  { bucket, id: accountId }: AccountKey,
  msisdn: number,
  sinceMs: number,
): Promise<number> {
  return (await count.find(query, { bucket, accountId, msisdn, since: sinceMs }))!.count;
}

const lock = statement('lock_phones', {
  params: { phones: list(text) },
  row: { locked: nothing },
  text: (p) => `
select pg_advisory_xact_lock(k.key) as locked from (
  select distinct hashtextextended('phone ' || p.phone, 0) as key from unnest(${p.phones}) as p(phone) order by 1
) k`,
});

/**
 * Replies of these phones are recorded one after the other, in all processes, until the end of the transaction. Locked in
 * one order, so that two transactions cannot wait for each other.
 */
export async function lockPhones(query: Query, phones: readonly string[]): Promise<void> {
  await lock.run(query, { phones });
}

const findKnown = statement('find_known_replies', {
  params: {
    bucket: int2,
    replies: rows<Positioned>({
      position: of(int4, ([position]) => position),
      account_id: of(int4, ([, r]) => r.accountId),
      msisdn: of(int8, ([, r]) => r.msisdn),
      source: of(text, ([, r]) => r.source),
      connector_id: of(int4, ([, r]) => r.connectorId),
      recipient: of(text, ([, r]) => r.recipient),
      text: of(text, ([, r]) => r.text),
      message_id: of(int8, ([, r]) => r.messageId),
    }),
    since: instant,
  },
  row: { position: int4 },
  // Index replies_by_phone, for replies without a readable sender too: they are few.
  text: (p) => `
select q.position
from ${p.replies.as('q')}
where exists (
  select 1 from replies r
  where r.bucket = ${p.bucket} and r.account_id = q.account_id and r.msisdn = q.msisdn
    and r.connector_id = q.connector_id and r.recipient = q.recipient and r.text = q.text
    and r.message_id is not distinct from q.message_id and r.at > ${p.since}
) or q.msisdn is null and exists (
  select 1 from replies r
  where r.bucket = ${p.bucket} and r.account_id = q.account_id and r.msisdn is null and r.source = q.source
    and r.connector_id = q.connector_id and r.recipient = q.recipient and r.text = q.text and r.at > ${p.since}
)`,
});

/** The indexes of those replies that were recorded since then with the same text about the same message. */
export async function findKnownReplies(
  query: Query,
  replies: readonly NewReply[],
  sinceMs: number,
): Promise<Set<number>> {
  const known = new Set<number>();
  for (const [bucket, ofBucket] of byBucket(replies))
    for (const { position } of await findKnown.run(query, { bucket, replies: ofBucket, since: sinceMs }))
      known.add(position);
  return known;
}

export interface ListedReply extends Omit<StoredReply, 'msisdn'> {
  /** Null: `source` could not be read. */
  readonly msisdn: number | null;
  readonly source: string | null;
  readonly isBinary: boolean;
  readonly isIncomplete: boolean;
  /** Null if the account is not known. */
  readonly serviceName: string | null;
}

export interface ReplyFilter {
  /** Only replies without a message. */
  readonly isUnlinked: boolean;
  /** Only replies without an account. */
  readonly isUnmatched: boolean;
}

const listLatest = statement('list_replies', {
  params: { isUnlinked: boolean, isUnmatched: boolean, limit: int4 },
  row: {
    id: int8,
    accountId: int4,
    connectorId: int4,
    msisdn: nullable(int8),
    source: nullable(text),
    recipient: text,
    text,
    isOptOut: boolean,
    isBinary: boolean,
    isIncomplete: boolean,
    messageId: nullable(int8),
    campaignId: nullable(int8),
    atMs: instant,
    serviceName: nullable(text),
  },
  // Over all buckets: a list for the operator.
  text: (p) => `
select r.id, r.account_id as "accountId", r.connector_id as "connectorId", r.msisdn, r.source, r.recipient, r.text,
  r.is_opt_out as "isOptOut", r.is_binary as "isBinary", r.is_incomplete as "isIncomplete",
  r.message_id as "messageId", r.campaign_id as "campaignId", r.at as "atMs", a.service_name as "serviceName"
from replies r left join accounts a on a.id = r.account_id
where (not ${p.isUnlinked} or r.message_id is null) and (not ${p.isUnmatched} or r.account_id = 0)
order by r.id desc limit ${p.limit}`,
});

/** The latest replies, newest first. */
export function listReplies(query: Query, filter: ReplyFilter, limit: number): Promise<ListedReply[]> {
  return listLatest.run(query, { ...filter, limit });
}
