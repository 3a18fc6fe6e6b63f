// Messages of an account at another platform, copied for reading. Used by the imports and by `chappe message list --imported`.
// Never part of the ledger, of figures or of a dialect's history.
import type { AccountKey } from '#domain/account/account.ts';
import { maskedNumber } from '#domain/base/audit.ts';
import { type MessageStatus, messageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, instantOf, int2, int4, int8, list, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { of, rows, statement } from '#store/database/statement.ts';

export interface ImportedMessage {
  /** The id at the other platform. */
  readonly foreignId: number;
  readonly msisdn: number;
  readonly sender: string | null;
  readonly text: string;
  readonly status: MessageStatus;
  readonly segments: number;
  readonly sentAtMs: number;
}

const insert = statement('insert_imported_messages', {
  params: {
    ...accountParams,
    source: text,
    now: instant,
    messages: rows<ImportedMessage>({
      foreign_id: of(int8, (m) => m.foreignId),
      msisdn: of(int8, (m) => m.msisdn),
      sender: of(nullable(text), (m) => m.sender),
      text: of(text, (m) => m.text),
      status: of(int2, (m) => messageStatusCodes[m.status]),
      segments: of(int2, (m) => m.segments),
      sent_at: of(instant, (m) => m.sentAtMs),
    }),
  },
  row: { foreignId: int8 },
  text: (p) => `
insert into imported_messages (bucket, account_id, source, foreign_id, msisdn, sender, text, status, segments, sent_at,
  imported_at)
select ${p.bucket}, ${p.accountId}, ${p.source}, m.foreign_id, m.msisdn, m.sender, m.text, m.status, m.segments,
  ${instantOf('m.sent_at')}, ${p.now}
from ${p.messages.as('m')}
on conflict do nothing returning foreign_id as "foreignId"`,
});

/** Returns how many were new. */
export async function insertImportedMessages(
  query: Query,
  account: AccountKey,
  source: string,
  messages: readonly ImportedMessage[],
  nowMs: number,
): Promise<number> {
  return (await insert.run(query, { ...valuesOf(account), source, messages, now: nowMs })).length;
}

const listKnown = statement('list_known_imported_messages', {
  params: { ...accountParams, source: text, ids: list(int8) },
  row: { foreignId: int8 },
  text: (p) => `
select foreign_id as "foreignId" from imported_messages
where bucket = ${p.bucket} and account_id = ${p.accountId} and source = ${p.source} and foreign_id = any(${p.ids})`,
});

/** Those of these ids that are here. */
export async function listKnownImported(
  query: Query,
  account: AccountKey,
  source: string,
  ids: readonly number[],
): Promise<Set<number>> {
  const known = await listKnown.run(query, { ...valuesOf(account), source, ids });
  return new Set(known.map(({ foreignId }) => foreignId));
}

const listNewest = statement('list_imported_messages', {
  params: {
    ...accountParams,
    msisdn: nullable(int8),
    from: nullable(instant),
    to: nullable(instant),
    status: nullable(int2),
    limit: int4,
  },
  row: {
    source: text,
    foreignId: int8,
    msisdn: int8,
    sender: nullable(text),
    text,
    status: int2,
    segments: int2,
    sentAtMs: instant,
  },
  // Index imported_messages_by_time.
  text: (p) => `
select source, foreign_id as "foreignId", msisdn, sender, text, status, segments, sent_at as "sentAtMs"
from imported_messages
where bucket = ${p.bucket} and account_id = ${p.accountId} and (${p.msisdn} is null or msisdn = ${p.msisdn})
  and (${p.from} is null or sent_at >= ${p.from}) and (${p.to} is null or sent_at < ${p.to})
  and (${p.status} is null or status = ${p.status})
order by sent_at desc, foreign_id desc limit ${p.limit}`,
});

export interface ListedImport extends Omit<ImportedMessage, 'msisdn'> {
  readonly source: string;
  /** Whole, or its last two digits. */
  readonly recipient: string;
}

interface ImportedFilter {
  readonly msisdn: number | null;
  readonly from: number | null;
  /** Before this instant. */
  readonly to: number | null;
  readonly status: MessageStatus | null;
}

/** Newest first. */
export async function listImportedMessages(
  query: Query,
  account: AccountKey,
  { status, ...filter }: ImportedFilter,
  { limit, isWhole }: { readonly limit: number; readonly isWhole: boolean },
): Promise<ListedImport[]> {
  const code = status === null ? null : messageStatusCodes[status];
  const found = await listNewest.run(query, { ...valuesOf(account), ...filter, status: code, limit });
  return found.map(({ msisdn, status, ...rest }) => ({
    ...rest,
    status: messageStatus(status),
    recipient: isWhole ? `+${msisdn}` : maskedNumber(msisdn),
  }));
}
