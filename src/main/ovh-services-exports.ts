// Exports of histories for OVH's dialect: what is read, how it is written, into which documents. Serves the doors, and the
// work that nobody waits for.

import { isWaiting } from '#dialects/ovh/api/delivery.ts';
import { receivedHeader, renderReceived, renderSent, sentHeader } from '#dialects/ovh/api/export-columns.ts';
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Documents } from '#operations/audience/documents.ts';
import { createExports, type Exports } from '#operations/reading/exports/service.ts';
import { walkSent } from '#operations/reading/history.ts';
import { walkReceived } from '#operations/reading/inbox.ts';
import type { Books } from './caches.ts';
import type { Engine } from './runtime.ts';

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
