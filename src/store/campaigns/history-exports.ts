// Exports of histories into documents: a row for each export until its document is written. Used by the exports service and
// its job.
import type { AccountKey } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import { accountParams } from '#store/database/account-key.ts';
import { instant, int2, int4, int8, json, uuid, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { jobTable } from '#store/database/job-table.ts';
import { statement } from '#store/database/statement.ts';

export type HistoryKind = 'sent' | 'received';

/** A document, and the account of the customer that has it. */
export interface DocumentPlace {
  readonly customer: AccountKey;
  readonly id: string;
}

export interface NewHistoryExport {
  readonly bucket: number;
  readonly accountId: number;
  readonly kind: HistoryKind;
  readonly filter: HistoryFilter;
  readonly document: DocumentPlace;
}

export interface HistoryExport extends NewHistoryExport {
  readonly id: number;
}

const order = {
  ...accountParams,
  kind: word<HistoryKind>(),
  filter: json<HistoryFilter>(),
  customerBucket: int2,
  customerId: int4,
  documentId: uuid,
};

const insert = statement('insert_history_export', {
  params: { ...order, now: instant },
  text: (p) => `
insert into history_exports (bucket, account_id, kind, filter, customer_bucket, customer_id, document_id, due_at,
  ordered_at)
values (${p.bucket}, ${p.accountId}, ${p.kind}, ${p.filter}, ${p.customerBucket}, ${p.customerId}, ${p.documentId},
  ${p.now}, ${p.now})`,
});

export async function insertExport(
  query: Query,
  { bucket, accountId, kind, filter, document: { customer, id } }: NewHistoryExport,
  nowMs: number,
): Promise<void> {
  const document = { customerBucket: customer.bucket, customerId: customer.id, documentId: id };
  await insert.run(query, { bucket, accountId, kind, filter, ...document, now: nowMs });
}

// Index history_exports_due.
const jobs = jobTable({
  table: 'history_exports',
  key: ['id', int8],
  order: 'due_at',
  claim: {
    row: { ...order, id: int8 },
    columns: `j.bucket, j.account_id as "accountId", j.kind, j.filter, j.customer_bucket as "customerBucket",
  j.customer_id as "customerId", j.document_id as "documentId", j.id`,
  },
});

const accountOf = ({ bucket, accountId }: HistoryExport): AccountKey => ({ bucket, id: accountId });

/** Claims the next export that is due. The process must work on none: its own row is claimed again. */
export async function claimExport(
  query: Query,
  bucket: number,
  processId: number,
  nowMs: number,
): Promise<HistoryExport | null> {
  const [row] = await jobs.claim(query, bucket, { processId, nowMs, limit: 1 });
  if (row === undefined) return null;
  const { customerBucket, customerId, documentId, ...claimed } = row;
  return { ...claimed, document: { customer: { bucket: customerBucket, id: customerId }, id: documentId } };
}

export function isOwnExport(query: Query, job: HistoryExport, processId: number): Promise<boolean> {
  return jobs.isOwned(query, accountOf(job), job.id, processId);
}

/** Releases an export, if it still belongs to this process. */
export async function releaseExport(
  query: Query,
  job: HistoryExport,
  processId: number,
  dueAtMs: number,
): Promise<void> {
  await jobs.release(query, accountOf(job), job.id, processId, dueAtMs);
}

/** Deletes a written export, if it still belongs to this process. */
export async function deleteExport(query: Query, job: HistoryExport, processId: number): Promise<void> {
  await jobs.delete(query, accountOf(job), job.id, processId);
}
