// Replies of phones. Used by their recording, the customers' reading and the operator's list.
import { numbers, type Query, type Statement, texts } from '#store/database/database.ts';

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

/** Account 0 has the replies that belong to no account; only among these are some whose sender could not be read. */
export interface NewReply extends Omit<StoredReply, 'id' | 'msisdn'> {
  readonly bucket: number;
  readonly msisdn: number | null;
  /** The sender as the carrier wrote it. */
  readonly source: string;
  /** The text is its octets in hexadecimal. */
  readonly isBinary: boolean;
  /** Parts of it never came. */
  readonly isIncomplete: boolean;
}

const columns = `id, account_id as "accountId", connector_id as "connectorId", msisdn, recipient, text,
  is_opt_out as "isOptOut", message_id as "messageId", campaign_id as "campaignId", at as "atMs"`;

/** Returns their ids, in their order. */
export async function insertReplies(query: Query, replies: readonly NewReply[]): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `insert into replies (bucket, account_id, connector_id, msisdn, source, recipient, text, is_opt_out, is_binary,
       is_incomplete, message_id, campaign_id, at)
     select bucket, account_id, connector_id, msisdn, source, recipient, text, is_opt_out, is_binary, is_incomplete,
       message_id, campaign_id, to_timestamp(at / 1000)
     from unnest($1::smallint[], $2::int[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::boolean[],
       $9::boolean[], $10::boolean[], $11::bigint[], $12::bigint[], $13::float8[]) with ordinality
       as r(bucket, account_id, connector_id, msisdn, source, recipient, text, is_opt_out, is_binary, is_incomplete,
         message_id, campaign_id, at, position)
     order by position returning id`,
    [
      numbers(replies.map((r) => r.bucket)),
      numbers(replies.map((r) => r.accountId)),
      numbers(replies.map((r) => r.connectorId)),
      numbers(replies.map((r) => r.msisdn)),
      texts(replies.map((r) => r.source)),
      texts(replies.map((r) => r.recipient)),
      texts(replies.map((r) => r.text)),
      booleans(replies.map((r) => r.isOptOut)),
      booleans(replies.map((r) => r.isBinary)),
      booleans(replies.map((r) => r.isIncomplete)),
      numbers(replies.map((r) => r.messageId)),
      numbers(replies.map((r) => r.campaignId)),
      numbers(replies.map((r) => r.atMs)),
    ],
  );
  return rows.map((row) => row.id).sort((a, b) => a - b);
}

function booleans(values: readonly boolean[]): string {
  return `{${values.join(',')}}`;
}

export async function readReply(
  query: Query,
  bucket: number,
  accountId: number,
  id: number,
): Promise<StoredReply | null> {
  const [row] = await query<StoredReply>(
    `select ${columns} from replies where bucket = $1 and account_id = $2 and id = $3`,
    [bucket, accountId, id],
  );
  return row ?? null;
}

/** How often this phone has written to this account since then. */
export async function countReplies(
  query: Query,
  { bucket, id }: { readonly bucket: number; readonly id: number },
  msisdn: number,
  sinceMs: number,
): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*) as n from replies
     where bucket = $1 and account_id = $2 and msisdn = $3 and at > to_timestamp($4::float8 / 1000)`,
    [bucket, id, msisdn, sinceMs],
  );
  return row!.n;
}

const lockPhonesStatement: Statement = {
  name: 'lock_phones',
  text: `
select pg_advisory_xact_lock(k.key)
from (select distinct hashtextextended('phone ' || p.phone, 0) as key from unnest($1::text[]) as p(phone) order by 1) k`,
};

/**
 * What these phones say is recorded one after the other, whichever process hears it, until the transaction's end. Locked in
 * one order for all processes, so that two transactions cannot wait for each other.
 */
export async function lockPhones(query: Query, phones: readonly string[]): Promise<void> {
  await query(lockPhonesStatement, [texts(phones)]);
}

const findKnownStatement: Statement = {
  name: 'find_known_replies',
  // Index replies_by_phone, for replies without a readable sender too: few are.
  text: `
select q.position
from unnest($1::int[], $2::smallint[], $3::int[], $4::bigint[], $5::text[], $6::int[], $7::text[], $8::text[], $9::bigint[])
  as q(position, bucket, account_id, msisdn, source, connector_id, recipient, text, message_id)
where exists (
  select 1 from replies r
  where r.bucket = q.bucket and r.account_id = q.account_id and r.msisdn = q.msisdn and r.connector_id = q.connector_id
    and r.recipient = q.recipient and r.text = q.text and r.message_id is not distinct from q.message_id
    and r.at > to_timestamp($10::float8 / 1000)
) or q.msisdn is null and exists (
  select 1 from replies r
  where r.bucket = q.bucket and r.account_id = q.account_id and r.msisdn is null and r.source = q.source
    and r.connector_id = q.connector_id and r.recipient = q.recipient and r.text = q.text
    and r.at > to_timestamp($10::float8 / 1000)
)`,
};

/** The positions of those replies that said the same about the same message since then. */
export async function findKnownReplies(
  query: Query,
  replies: readonly NewReply[],
  sinceMs: number,
): Promise<Set<number>> {
  const rows = await query<{ position: number }>(findKnownStatement, [
    numbers(replies.map((_, position) => position)),
    numbers(replies.map((r) => r.bucket)),
    numbers(replies.map((r) => r.accountId)),
    numbers(replies.map((r) => r.msisdn)),
    texts(replies.map((r) => r.source)),
    numbers(replies.map((r) => r.connectorId)),
    texts(replies.map((r) => r.recipient)),
    texts(replies.map((r) => r.text)),
    numbers(replies.map((r) => r.messageId)),
    sinceMs,
  ]);
  return new Set(rows.map((row) => row.position));
}

export interface ListedReply extends Omit<StoredReply, 'msisdn'> {
  /** Null: `source` could not be read. */
  readonly msisdn: number | null;
  readonly source: string | null;
  readonly isBinary: boolean;
  readonly isIncomplete: boolean;
  /** Null when no account is known for it. */
  readonly serviceName: string | null;
}

export interface ReplyFilter {
  /** Only those that found no message. */
  readonly isUnlinked: boolean;
  /** Only those that belong to no account. */
  readonly isUnmatched: boolean;
}

/** The latest replies, newest first. */
export function listReplies(
  query: Query,
  { isUnlinked, isUnmatched }: ReplyFilter,
  limit: number,
): Promise<ListedReply[]> {
  return query<ListedReply>(
    `select r.id, r.account_id as "accountId", r.connector_id as "connectorId", r.msisdn, r.source, r.recipient, r.text,
       r.is_opt_out as "isOptOut", r.is_binary as "isBinary", r.is_incomplete as "isIncomplete",
       r.message_id as "messageId", r.campaign_id as "campaignId", r.at as "atMs", a.service_name as "serviceName"
     from replies r left join accounts a on a.id = r.account_id
     where (not $1 or r.message_id is null) and (not $2 or r.account_id = 0) order by r.id desc limit $3`,
    [isUnlinked, isUnmatched, limit],
  );
}
