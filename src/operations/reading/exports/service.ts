// Writes histories to documents in the background: one after the other, page by page, so that the longest takes no more
// memory than the shortest.
//
// Promises: a document contains its whole history or nothing; an export stays with its process for any duration, and
// another process begins again after that one is fenced. A history that does not fit deletes its document, so that no
// customer waits for it.
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  claimExport,
  type DocumentPlace,
  deleteExport,
  type HistoryExport,
  type HistoryKind,
  insertExport,
  isOwnExport,
  releaseExport,
} from '#store/campaigns/history-exports.ts';
import type { ContentProblem } from '#store/recipients/file-contents.ts';

type Needs = Pick<Context, 'database' | 'clock' | 'log'>;

export interface ExportOptions {
  readonly processId: number;
  /** The whole history, in the form of the dialect. */
  readonly render: (account: Account, kind: HistoryKind, filter: HistoryFilter) => AsyncIterable<string>;
  readonly write: (
    document: DocumentPlace,
    bytes: AsyncIterable<Uint8Array>,
  ) => Promise<number | 'unknown' | ContentProblem>;
  readonly drop: (document: DocumentPlace) => Promise<unknown>;
  readonly accountOf: (id: number) => Account | null | Promise<Account | null>;
  readonly buckets: () => readonly number[];
}

export interface Exports {
  order(account: Account, kind: HistoryKind, filter: HistoryFilter, document: DocumentPlace): Promise<void>;
  /** Writes all due exports: one round at a time in a process. */
  work(): Promise<void>;
  /** Releases the current export to another process, or to the next start. */
  stop(): void;
}

export interface HistoryExports {
  /** Orders the export of a history into a document of `owner`. */
  order(
    access: AccountAccess,
    kind: HistoryKind,
    filter: HistoryFilter,
    document: { readonly owner: AccountAccess; readonly id: string },
  ): Promise<void>;
}

export function createHistoryExports(exports: Pick<Exports, 'order'>): HistoryExports {
  return {
    async order(access, kind, filter, { owner, id }) {
      const account = authorize(access, 'exports.write');
      const { bucket, id: ownerId } = authorize(owner, 'documents.write');
      await exports.order(account, kind, filter, { customer: { bucket, id: ownerId }, id });
    },
  };
}

/** Not written, and no longer claimed by this process. */
class GivenUp extends Error {}

/** Delay after a failure. */
const againAfterMs = 60_000;

export function createExports({ database, clock, log }: Needs, options: ExportOptions): Exports {
  const { query } = database;
  const { processId } = options;
  let isStopping = false;

  async function* bytesOf(account: Account, order: HistoryExport): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for await (const text of options.render(account, order.kind, order.filter)) {
      if (isStopping) throw new GivenUp();
      yield encoder.encode(text);
    }
    // This process was fenced: another one writes the document.
    if (!(await isOwnExport(query, order, processId))) throw new GivenUp();
  }

  async function writeOne(order: HistoryExport): Promise<void> {
    try {
      await writeWhole(order);
    } catch (error) {
      const isGivenUp = error instanceof GivenUp;
      await releaseExport(query, order, processId, clock.now() + (isGivenUp ? 0 : againAfterMs));
      if (!isGivenUp) throw error;
    }
  }

  async function writeWhole(order: HistoryExport): Promise<void> {
    const { document } = order;
    const account = await options.accountOf(order.accountId);
    const written = account && (await options.write(document, bytesOf(account, order)));
    if (typeof written === 'string' && written !== 'unknown') {
      log.warn('export.discarded', { account: order.accountId, document: document.id, problem: written });
      await options.drop(document);
    }
    await deleteExport(query, order, processId);
  }

  return {
    order: ({ bucket, id: accountId }, kind, filter, document) =>
      insertExport(query, { bucket, accountId, kind, filter, document }, clock.now()),

    async work() {
      for (const bucket of options.buckets())
        for (;;) {
          if (isStopping) return;
          const due = await claimExport(query, bucket, processId, clock.now());
          if (due === null) break;
          await writeOne(due);
        }
    },

    stop() {
      isStopping = true;
    },
  };
}
