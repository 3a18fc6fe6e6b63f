// The job of exports: writes histories to documents, one after the other, page by page, so that the longest takes no more
// memory than the shortest. Used by the role `jobs`.
//
// Promises: a document contains its whole history or nothing; an export belongs to its process for any duration, and
// another process begins again after that one is fenced. A history that exceeds the limit deletes its document, so that no
// customer waits for it.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Context } from '#pipeline/context.ts';
import {
  claimExport,
  type DocumentPlace,
  deleteExport,
  type HistoryExport,
  type HistoryKind,
  isOwnExport,
  releaseExport,
} from '#store/campaigns/history-exports.ts';
import type { ContentProblem } from '#store/recipients/file-contents.ts';

export interface ExportJobNeeds {
  readonly processId: number;
  /** The whole history, in the form of the dialect. */
  readonly render: (account: Account, kind: HistoryKind, filter: HistoryFilter) => AsyncIterable<string>;
  readonly write: (
    document: DocumentPlace,
    bytes: AsyncIterable<Uint8Array>,
  ) => Promise<number | 'unknown' | ContentProblem>;
  readonly deleteDocument: (document: DocumentPlace) => Promise<unknown>;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
}

export interface ExportJob {
  /** Writes the due exports of the bucket: one round at a time in a process. */
  runOnce(bucket: number): Promise<void>;
  /** Releases the current export to another process, or to the next start. */
  stop(): void;
}

/** The writing stopped, or another process has claimed the export. */
class ExportStopped extends Error {}

/** Delay after a failure. */
const retryAfterMs = 60_000;

export function createExportJob(
  { database, clock, log }: Pick<Context, 'database' | 'clock' | 'log'>,
  { processId, render, write, deleteDocument, accountOf }: ExportJobNeeds,
): ExportJob {
  const { query } = database;
  let isStopping = false;

  async function* bytesOf(account: Account, order: HistoryExport): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for await (const text of render(account, order.kind, order.filter)) {
      if (isStopping) throw new ExportStopped();
      yield encoder.encode(text);
    }
    // This process was fenced: another one writes the document.
    if (!(await isOwnExport(query, order, processId))) throw new ExportStopped();
  }

  async function writeExport(order: HistoryExport): Promise<void> {
    try {
      await writeDocument(order);
    } catch (error) {
      const isStopped = error instanceof ExportStopped;
      await releaseExport(query, order, processId, clock.now() + (isStopped ? 0 : retryAfterMs));
      if (!isStopped) throw error;
    }
  }

  async function writeDocument(order: HistoryExport): Promise<void> {
    const { document } = order;
    const account = await accountOf(order.accountId);
    const written = account && (await write(document, bytesOf(account, order)));
    if (typeof written === 'string' && written !== 'unknown') {
      log.warn('export.discarded', { account: order.accountId, document: document.id, problem: written });
      await deleteDocument(document);
    }
    await deleteExport(query, order, processId);
  }

  return {
    async runOnce(bucket) {
      while (!isStopping) {
        const due = await claimExport(query, bucket, processId, clock.now());
        if (due === null) return;
        await writeExport(due);
      }
    },

    stop() {
      isStopping = true;
    },
  };
}
