// The senders of accounts, and what became of the requests for them.
import type {
  ReviewStatus,
  Sender,
  SenderDocument,
  SenderReferer,
  SenderType,
} from '#domain/account/sender.ts';
import type { Query, Statement } from '#store/database/database.ts';

export interface SenderOwner {
  readonly bucket: number;
  readonly id: number;
}

/** What is kept of a code that was sent to a number. */
export interface CodeHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const columns = `s.name, s.type, s.referer, s.status, s.description, s.comment,
  s.status = 'waiting' and s.code_hash is not null as "isAwaitingCode"`;

export interface NewSender {
  readonly name: string;
  readonly type: SenderType;
  readonly referer: SenderReferer;
  readonly status: ReviewStatus;
  readonly description: string;
  readonly reason: string;
  readonly code: CodeHash | null;
  /** Wrong codes that are borne. */
  readonly codeTries: number;
}

/** False when the account has it already. */
export async function insertSender(
  query: Query,
  { bucket, id }: SenderOwner,
  sender: NewSender,
  nowMs: number,
): Promise<boolean> {
  const { name, type, referer, status, description, reason, code, codeTries } = sender;
  const rows = await query(
    `insert into senders (bucket, account_id, name, type, referer, status, description, reason, code_salt, code_hash,
       code_tries, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12::float8 / 1000))
     on conflict do nothing returning 1`,
    [
      bucket,
      id,
      name,
      type,
      referer,
      status,
      description,
      reason,
      code?.salt ?? null,
      code?.hash ?? null,
      codeTries,
      nowMs,
    ],
  );
  return rows.length > 0;
}

const findStatement: Statement = {
  name: 'find_sender',
  text: `select ${columns} from senders s where s.bucket = $1 and s.account_id = $2 and s.name = $3`,
};

export async function findSender(query: Query, owner: SenderOwner, name: string): Promise<Sender | null> {
  const [row] = await query<Sender>(findStatement, [owner.bucket, owner.id, name]);
  return row ?? null;
}

/** In the order in which they were asked for. */
export function listSenders(query: Query, { bucket, id }: SenderOwner): Promise<Sender[]> {
  return query<Sender>(
    `select ${columns} from senders s where s.bucket = $1 and s.account_id = $2 order by s.created_at, s.name`,
    [bucket, id],
  );
}

const listEnabledStatement: Statement = {
  name: 'list_enabled_senders',
  text: `select name from senders where bucket = $1 and account_id = $2 and status = 'enabled'
order by created_at, name limit $3`,
};

/** In the order in which they were asked for, `most` at most. */
export async function listEnabledSenders(
  query: Query,
  { bucket, id }: SenderOwner,
  most: number,
): Promise<string[]> {
  const rows = await query<{ name: string }>(listEnabledStatement, [bucket, id, most]);
  return rows.map(({ name }) => name);
}

export interface SenderOfAccount extends Sender {
  readonly serviceName: string;
  readonly reason: string;
  readonly createdAtMs: number;
}

/** Of all accounts, for the operator: those that wait, or all of them. */
export function listAllSenders(query: Query, onlyWaiting: boolean): Promise<SenderOfAccount[]> {
  return query<SenderOfAccount>(
    `select ${columns}, a.service_name as "serviceName", s.reason, s.created_at as "createdAtMs"
     from senders s join accounts a on a.bucket = s.bucket and a.id = s.account_id
     where s.status = 'waiting' or not $1 order by s.created_at, s.name`,
    [onlyWaiting],
  );
}

/** What is not named stays as it is; false when there is no such sender, or it has none of the statuses `from`. */
export async function updateSender(
  query: Query,
  { bucket, id }: SenderOwner,
  name: string,
  change: {
    readonly description?: string | undefined;
    readonly status?: ReviewStatus | undefined;
    readonly comment?: string | null | undefined;
  },
  from: readonly ReviewStatus[],
): Promise<boolean> {
  const rows = await query(
    `update senders set description = coalesce($4, description), status = coalesce($5, status),
       comment = case when $6 then $7 else comment end,
       code_hash = case when $5::text is null then code_hash end
     where bucket = $1 and account_id = $2 and name = $3 and status = any($8::text[]) returning 1`,
    [
      bucket,
      id,
      name,
      change.description ?? null,
      change.status ?? null,
      change.comment !== undefined,
      change.comment ?? null,
      from,
    ],
  );
  return rows.length > 0;
}

/** False when there is none. */
export async function deleteSender(
  query: Query,
  { bucket, id }: SenderOwner,
  name: string,
): Promise<boolean> {
  const rows = await query(
    'delete from senders where bucket = $1 and account_id = $2 and name = $3 returning 1',
    [bucket, id, name],
  );
  return rows.length > 0;
}

/** The code a sender waits for, one of its tries taken; null when it waits for none, or all were taken. */
export async function takeCodeTry(
  query: Query,
  { bucket, id }: SenderOwner,
  name: string,
): Promise<CodeHash | null> {
  const [row] = await query<CodeHash>(
    `update senders set code_tries = code_tries - 1
     where bucket = $1 and account_id = $2 and name = $3 and status = 'waiting' and code_hash is not null
       and code_tries > 0
     returning code_salt as salt, code_hash as hash`,
    [bucket, id, name],
  );
  return row ?? null;
}

const documentColumns = 'document_id as "documentId", name, description, created_at as "createdAtMs"';

/** False when the sender is gone. */
export async function insertSenderDocument(
  query: Query,
  { bucket, id }: SenderOwner,
  sender: string,
  { documentId, name, description, createdAtMs }: SenderDocument,
): Promise<boolean> {
  const rows = await query(
    `insert into sender_documents (bucket, account_id, sender, document_id, name, description, created_at)
     select bucket, account_id, name, $4::uuid, $5, $6, to_timestamp($7::float8 / 1000)
     from senders where bucket = $1 and account_id = $2 and name = $3 returning 1`,
    [bucket, id, sender, documentId, name, description, createdAtMs],
  );
  return rows.length > 0;
}

export function listSenderDocuments(
  query: Query,
  { bucket, id }: SenderOwner,
  sender: string,
): Promise<SenderDocument[]> {
  return query<SenderDocument>(
    `select ${documentColumns} from sender_documents
     where bucket = $1 and account_id = $2 and sender = $3 order by created_at, document_id`,
    [bucket, id, sender],
  );
}

/** What is not named stays as it is; false when there is no such document. */
export async function updateSenderDocument(
  query: Query,
  { bucket, id }: SenderOwner,
  { sender, documentId }: { readonly sender: string; readonly documentId: string },
  change: { readonly name?: string | undefined; readonly description?: string | null | undefined },
): Promise<boolean> {
  const rows = await query(
    `update sender_documents set name = coalesce($5, name), description = case when $6 then $7 else description end
     where bucket = $1 and account_id = $2 and sender = $3 and document_id = $4 returning 1`,
    [
      bucket,
      id,
      sender,
      documentId,
      change.name ?? null,
      change.description !== undefined,
      change.description ?? null,
    ],
  );
  return rows.length > 0;
}
