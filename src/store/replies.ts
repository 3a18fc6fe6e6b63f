// What handsets sent us.
import type { Query } from './database.ts';

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
