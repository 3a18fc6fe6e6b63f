// Histories that are to be written to documents: a row for each, until it is written.
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Query } from '#store/database/database.ts';

export type HistoryKind = 'sent' | 'received';

/** A document, and the account of the customer whose it is. */
export interface DocumentPlace {
  readonly customer: { readonly bucket: number; readonly id: number };
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

export async function insertExport(query: Query, order: NewHistoryExport, nowMs: number): Promise<void> {
  const { bucket, accountId, kind, filter } = order;
  const { customer, id } = order.document;
  await query(
    `insert into history_exports (bucket, account_id, kind, filter, customer_bucket, customer_id, document_id, due_at,
       ordered_at)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7, to_timestamp($8::float8 / 1000), to_timestamp($8::float8 / 1000))`,
    [bucket, accountId, kind, JSON.stringify(filter), customer.bucket, customer.id, id, nowMs],
  );
}

/** The next that is due, for this process alone, which has none in its hands. */
export async function claimExport(
  query: Query,
  bucket: number,
  process: number,
  nowMs: number,
): Promise<HistoryExport | null> {
  const [row] = await query<
    HistoryExport & { customerBucket: number; customerId: number; documentId: string }
  >(
    `with due as (
       select bucket, account_id, id from history_exports
       where bucket = $1 and due_at <= to_timestamp($2::float8 / 1000) and (process_id is null or process_id = $3)
       order by due_at limit 1 for update skip locked
     )
     update history_exports e set process_id = $3
     from due where e.bucket = due.bucket and e.account_id = due.account_id and e.id = due.id
     returning e.bucket, e.account_id as "accountId", e.id, e.kind, e.filter, e.customer_bucket as "customerBucket",
       e.customer_id as "customerId", e.document_id as "documentId"`,
    [bucket, nowMs, process],
  );
  if (row === undefined) return null;
  const { customerBucket, customerId, documentId, ...taken } = row;
  return { ...taken, document: { customer: { bucket: customerBucket, id: customerId }, id: documentId } };
}

export async function isOwnExport(
  query: Query,
  { bucket, accountId, id }: HistoryExport,
  process: number,
): Promise<boolean> {
  const rows = await query(
    'select 1 from history_exports where bucket = $1 and account_id = $2 and id = $3 and process_id = $4',
    [bucket, accountId, id, process],
  );
  return rows.length > 0;
}

/** Given back, when it is still this process's. */
export async function releaseExport(
  query: Query,
  { bucket, accountId, id }: HistoryExport,
  process: number,
  dueAtMs: number,
): Promise<void> {
  await query(
    `update history_exports set process_id = null, due_at = to_timestamp($5::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and process_id = $4`,
    [bucket, accountId, id, process, dueAtMs],
  );
}

/** It is written; unless it is another's now, who writes the same. */
export async function deleteExport(
  query: Query,
  { bucket, accountId, id }: HistoryExport,
  process: number,
): Promise<void> {
  await query(
    'delete from history_exports where bucket = $1 and account_id = $2 and id = $3 and process_id = $4',
    [bucket, accountId, id, process],
  );
}
