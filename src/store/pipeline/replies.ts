// What handsets sent us.
import type { Query, Statement } from '#store/database/database.ts';

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

const columns = `id, account_id as "accountId", connector_id as "connectorId", msisdn, recipient, text,
  is_opt_out as "isOptOut", message_id as "messageId", campaign_id as "campaignId", at as "atMs"`;

export async function insertReply(
  query: Query,
  bucket: number,
  reply: Omit<StoredReply, 'id'>,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into replies (bucket, account_id, connector_id, msisdn, recipient, text, is_opt_out, message_id,
       campaign_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000)) returning id`,
    [
      bucket,
      reply.accountId,
      reply.connectorId,
      reply.msisdn,
      reply.recipient,
      reply.text.replaceAll('\0', ''),
      reply.isOptOut,
      reply.messageId,
      reply.campaignId,
      reply.atMs,
    ],
  );
  return row!.id;
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

const lockPhoneStatement: Statement = {
  name: 'lock_phone',
  text: "select pg_advisory_xact_lock(hashtextextended('phone ' || $1, 0))",
};

/** What this phone says is recorded one after the other, whichever process hears it, until the transaction's end. */
export async function lockPhone(query: Query, msisdn: number): Promise<void> {
  await query(lockPhoneStatement, [String(msisdn)]);
}

const isKnownStatement: Statement = {
  name: 'is_known_reply',
  text: `
select 1 from replies
where bucket = $1 and account_id = $2 and msisdn = $3 and connector_id = $4 and recipient = $5 and text = $6
  and message_id is not distinct from $7 and at > to_timestamp($8::float8 / 1000) limit 1`,
};

/** Whether the same was said about the same message since then. */
export async function isKnownReply(
  query: Query,
  bucket: number,
  reply: Omit<StoredReply, 'id'>,
  sinceMs: number,
): Promise<boolean> {
  const rows = await query(isKnownStatement, [
    bucket,
    reply.accountId,
    reply.msisdn,
    reply.connectorId,
    reply.recipient,
    reply.text.replaceAll('\0', ''),
    reply.messageId,
    sinceMs,
  ]);
  return rows.length > 0;
}

export interface ListedReply extends StoredReply {
  /** Null when no account is known for it. */
  readonly serviceName: string | null;
}

/** The latest replies, newest first; only those that found no message when `isUnlinked`. */
export async function listReplies(query: Query, isUnlinked: boolean, limit: number): Promise<ListedReply[]> {
  return query<ListedReply>(
    `select r.id, r.account_id as "accountId", r.connector_id as "connectorId", r.msisdn, r.recipient, r.text,
       r.is_opt_out as "isOptOut", r.message_id as "messageId", r.campaign_id as "campaignId", r.at as "atMs",
       a.service_name as "serviceName"
     from replies r left join accounts a on a.id = r.account_id
     where not $1 or r.message_id is null order by r.id desc limit $2`,
    [isUnlinked, limit],
  );
}
