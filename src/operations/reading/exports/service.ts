// Orders exports of histories into documents; job.ts writes them. Used by the calls of exports.
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type HistoryKind, insertExport } from '#store/campaigns/history-exports.ts';
import { readDocument } from '#store/recipients/documents.ts';

export interface HistoryExports {
  /** Orders the export of a history into a document of `customer`. False for a document that `customer` does not have. */
  order(
    access: AccountAccess,
    kind: HistoryKind,
    filter: HistoryFilter,
    document: { readonly customer: AccountAccess; readonly id: string },
  ): Promise<boolean>;
}

export function createHistoryExports({
  database,
  clock,
}: Pick<Context, 'database' | 'clock'>): HistoryExports {
  return {
    async order(access, kind, filter, { customer, id }) {
      const { bucket, id: accountId } = authorize(access, 'exports.write');
      const { bucket: customerBucket, id: customerId } = authorize(customer, 'documents.write');
      const key = { bucket: customerBucket, id: customerId };
      const nowMs = clock.now();
      if ((await readDocument(database.query, key, id, nowMs)) === null) return false;
      const document = { customer: key, id };
      await insertExport(database.query, { bucket, accountId, kind, filter, document }, nowMs);
      return true;
    },
  };
}
