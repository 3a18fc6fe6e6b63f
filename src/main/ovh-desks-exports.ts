// Exports of histories for OVH's dialect: what is read, how it is written, into which documents. Serves the doors, and the
// work that nobody waits for.

import { isWaiting } from '#dialects/ovh/delivery.ts';
import { receivedHeader, renderReceived, renderSent, sentHeader } from '#dialects/ovh/export-columns.ts';
import type { Account } from '#domain/account.ts';
import type { HistoryFilter } from '#domain/history.ts';
import type { Documents } from '#operations/keep-documents.ts';
import { walkSent } from '#operations/read-history.ts';
import { walkReceived } from '#operations/read-received.ts';
import { createExports, type Exports } from '#operations/write-exports.ts';
import type { Books } from './books.ts';
import type { Engine } from './engine.ts';

export interface ExportOfficeOptions {
  readonly engine: Engine;
  readonly processId: number;
  readonly books: Books;
  readonly buckets: () => readonly number[];
}

export function openExportOffice(
  { engine, processId, books, buckets }: ExportOfficeOptions,
  documents: Pick<Documents, 'write' | 'remove'>,
): Exports {
  return createExports(engine, {
    processId,
    render: (account, kind, filter) =>
      kind === 'sent' ? sentLines(engine, account, filter) : receivedLines(engine, account, filter),
    write: ({ customer: { bucket }, id }, bytes) => documents.write({ bucket, id }, bytes),
    drop: ({ customer, id }) => documents.remove(customer, id),
    accountOf: (id) => books.accounts.byId(id),
    buckets,
  });
}

async function* sentLines(engine: Engine, account: Account, filter: HistoryFilter): AsyncGenerator<string> {
  yield sentHeader;
  for await (const { messages } of walkSent(engine, account, filter)) {
    const nowMs = engine.clock.now();
    const lines = messages.filter((message) => !isWaiting(message, nowMs)).map(renderSent);
    yield lines.join('');
  }
}

async function* receivedLines(
  engine: Engine,
  account: Account,
  filter: HistoryFilter,
): AsyncGenerator<string> {
  yield receivedHeader;
  for await (const replies of walkReceived(engine, account, filter))
    yield replies.map(renderReceived).join('');
}
