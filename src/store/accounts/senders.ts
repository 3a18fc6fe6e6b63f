// Senders of accounts, their reviews and their documents. Used by the senders service and by the review of the operator.
import type { AccountKey } from '#domain/account/account.ts';
import type {
  ReviewStatus,
  Sender,
  SenderDocument,
  SenderReferer,
  SenderType,
} from '#domain/account/sender.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  boolean,
  bytes,
  instant,
  int2,
  int4,
  list,
  nullable,
  text,
  uuid,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** The hash of a code that was sent to a number. */
export interface CodeHash {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface NewSender {
  readonly name: string;
  readonly type: SenderType;
  readonly referer: SenderReferer;
  readonly status: ReviewStatus;
  readonly description: string;
  readonly reason: string;
  readonly code: CodeHash | null;
  /** Permitted number of wrong codes. */
  readonly codeTries: number;
}

export interface SenderOfAccount extends Sender {
  readonly serviceName: string;
  readonly reason: string;
  readonly createdAtMs: number;
}

const senderRow = {
  name: text,
  type: word<SenderType>(),
  referer: word<SenderReferer>(),
  status: word<ReviewStatus>(),
  description: text,
  comment: nullable(text),
  isAwaitingCode: boolean,
};
const columns = `s.name, s.type, s.referer, s.status, s.description, s.comment,
  s.status = 'waiting' and s.code_hash is not null as "isAwaitingCode"`;

const insert = statement('insert_sender', {
  params: {
    ...accountParams,
    name: text,
    type: word<SenderType>(),
    referer: word<SenderReferer>(),
    status: word<ReviewStatus>(),
    description: text,
    reason: text,
    codeSalt: nullable(bytes),
    codeHash: nullable(bytes),
    codeTries: int2,
    now: instant,
  },
  row: { name: text },
  text: (p) => `
insert into senders (bucket, account_id, name, type, referer, status, description, reason, code_salt, code_hash,
  code_tries, created_at)
values (${p.bucket}, ${p.accountId}, ${p.name}, ${p.type}, ${p.referer}, ${p.status}, ${p.description}, ${p.reason},
  ${p.codeSalt}, ${p.codeHash}, ${p.codeTries}, ${p.now})
on conflict do nothing returning name`,
});

/** False if the account has a sender of this name. */
export async function insertSender(
  query: Query,
  account: AccountKey,
  { code, ...sender }: NewSender,
  nowMs: number,
): Promise<boolean> {
  const values = { codeSalt: code?.salt ?? null, codeHash: code?.hash ?? null, now: nowMs };
  return (await insert.find(query, { ...valuesOf(account), ...sender, ...values })) !== null;
}

const find = statement('find_sender', {
  params: { ...accountParams, name: text },
  row: senderRow,
  text: (p) => `
select ${columns} from senders s
where s.bucket = ${p.bucket} and s.account_id = ${p.accountId} and s.name = ${p.name}`,
});

export function findSender(query: Query, account: AccountKey, name: string): Promise<Sender | null> {
  return find.find(query, { ...valuesOf(account), name });
}

const listOfAccount = statement('list_senders', {
  params: accountParams,
  row: senderRow,
  text: (p) => `
select ${columns} from senders s where s.bucket = ${p.bucket} and s.account_id = ${p.accountId}
order by s.created_at, s.name`,
});

/** In the order of their requests. */
export function listSenders(query: Query, account: AccountKey): Promise<Sender[]> {
  return listOfAccount.run(query, valuesOf(account));
}

const listEnabled = statement('list_enabled_senders', {
  params: { ...accountParams, limit: int4 },
  row: { name: text },
  text: (p) => `
select name from senders where bucket = ${p.bucket} and account_id = ${p.accountId} and status = 'enabled'
order by created_at, name limit ${p.limit}`,
});

/** The names of at most `limit` senders, in the order of their requests. */
export async function listEnabledSenders(
  query: Query,
  account: AccountKey,
  limit: number,
): Promise<string[]> {
  return (await listEnabled.run(query, { ...valuesOf(account), limit })).map(({ name }) => name);
}

const listAll = statement('list_all_senders', {
  params: { onlyWaiting: boolean },
  row: { ...senderRow, serviceName: text, reason: text, createdAtMs: instant },
  // Over all buckets: the operator's list.
  text: (p) => `
select ${columns}, a.service_name as "serviceName", s.reason, s.created_at as "createdAtMs"
from senders s join accounts a on a.id = s.account_id
where s.status = 'waiting' or not ${p.onlyWaiting} order by s.created_at, s.name`,
});

/** Senders of all accounts, or only those that wait for a decision. */
export function listAllSenders(query: Query, onlyWaiting: boolean): Promise<SenderOfAccount[]> {
  return listAll.run(query, { onlyWaiting });
}

const update = statement('update_sender', {
  params: {
    ...accountParams,
    name: text,
    description: nullable(text),
    status: nullable(word<ReviewStatus>()),
    changesComment: boolean,
    comment: nullable(text),
    from: list(word<ReviewStatus>()),
  },
  row: { name: text },
  text: (p) => `
update senders set description = coalesce(${p.description}, description), status = coalesce(${p.status}, status),
  comment = case when ${p.changesComment} then ${p.comment} else comment end,
  code_hash = case when ${p.status} is null then code_hash end
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name} and status = any(${p.from})
returning name`,
});

/** Fields that are absent keep their values. False if there is no such sender, or its status is not in `from`. */
export async function updateSender(
  query: Query,
  account: AccountKey,
  name: string,
  change: {
    readonly description?: string | undefined;
    readonly status?: ReviewStatus | undefined;
    readonly comment?: string | null | undefined;
  },
  from: readonly ReviewStatus[],
): Promise<boolean> {
  const { description = null, status = null, comment } = change;
  const changes = { description, status, changesComment: comment !== undefined, comment: comment ?? null };
  return (await update.find(query, { ...valuesOf(account), name, ...changes, from })) !== null;
}

const remove = statement('delete_sender', {
  params: { ...accountParams, name: text },
  row: { name: text },
  text: (p) => `
delete from senders where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name} returning name`,
});

/** False if there is no such sender. */
export async function deleteSender(query: Query, account: AccountKey, name: string): Promise<boolean> {
  return (await remove.find(query, { ...valuesOf(account), name })) !== null;
}

const countTry = statement('take_sender_code_try', {
  params: { ...accountParams, name: text },
  row: { salt: bytes, hash: bytes },
  text: (p) => `
update senders set code_tries = code_tries - 1
where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.name} and status = 'waiting'
  and code_hash is not null and code_tries > 0
returning code_salt as salt, code_hash as hash`,
});

/** The code of a sender, after one try was counted; null if it waits for no code, or no try is left. */
export function takeCodeTry(query: Query, account: AccountKey, name: string): Promise<CodeHash | null> {
  return countTry.find(query, { ...valuesOf(account), name });
}

const insertDocument = statement('insert_sender_document', {
  params: {
    ...accountParams,
    sender: text,
    documentId: uuid,
    name: text,
    description: nullable(text),
    createdAtMs: instant,
  },
  row: { documentId: uuid },
  // Source and target are of one bucket and have no identity column.
  text: (p) => `
insert into sender_documents (bucket, account_id, sender, document_id, name, description, created_at)
select bucket, account_id, name, ${p.documentId}, ${p.name}, ${p.description}, ${p.createdAtMs}
from senders where bucket = ${p.bucket} and account_id = ${p.accountId} and name = ${p.sender}
returning document_id as "documentId"`,
});

/** False if there is no such sender. */
export async function insertSenderDocument(
  query: Query,
  account: AccountKey,
  sender: string,
  document: SenderDocument,
): Promise<boolean> {
  return (await insertDocument.find(query, { ...valuesOf(account), sender, ...document })) !== null;
}

const listDocuments = statement('list_sender_documents', {
  params: { ...accountParams, sender: text },
  row: { documentId: uuid, name: text, description: nullable(text), createdAtMs: instant },
  text: (p) => `
select document_id as "documentId", name, description, created_at as "createdAtMs" from sender_documents
where bucket = ${p.bucket} and account_id = ${p.accountId} and sender = ${p.sender}
order by created_at, document_id`,
});

/** In the order of their creation. */
export function listSenderDocuments(
  query: Query,
  account: AccountKey,
  sender: string,
): Promise<SenderDocument[]> {
  return listDocuments.run(query, { ...valuesOf(account), sender });
}

const updateDocument = statement('update_sender_document', {
  params: {
    ...accountParams,
    sender: text,
    documentId: uuid,
    name: nullable(text),
    changesDescription: boolean,
    description: nullable(text),
  },
  row: { documentId: uuid },
  text: (p) => `
update sender_documents set name = coalesce(${p.name}, name),
  description = case when ${p.changesDescription} then ${p.description} else description end
where bucket = ${p.bucket} and account_id = ${p.accountId} and sender = ${p.sender} and document_id = ${p.documentId}
returning document_id as "documentId"`,
});

/** Fields that are absent keep their values. False if there is no such document. */
export async function updateSenderDocument(
  query: Query,
  account: AccountKey,
  document: { readonly sender: string; readonly documentId: string },
  change: { readonly name?: string | undefined; readonly description?: string | null | undefined },
): Promise<boolean> {
  const { name = null, description } = change;
  const changes = { name, changesDescription: description !== undefined, description: description ?? null };
  return (await updateDocument.find(query, { ...valuesOf(account), ...document, ...changes })) !== null;
}
