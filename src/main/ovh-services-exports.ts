// Exports of histories for the OVH dialect: the rows, their format, their documents. Used by the listeners and the role
// `jobs`.

import { isWaiting } from '#dialects/ovh/api/delivery.ts';
import { receivedHeader, renderReceived, renderSent, sentHeader } from '#dialects/ovh/api/export-columns.ts';
import type { Account } from '#domain/account/account.ts';
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Documents } from '#operations/audience/documents.ts';
import { createExports, type Exports } from '#operations/reading/exports/service.ts';
import { walkSent } from '#operations/reading/history.ts';
import { walkReceived } from '#operations/reading/inbox.ts';
import type { Caches } from './caches.ts';
import type { Runtime } from './runtime.ts';

export interface ExportOfficeOptions {
  readonly runtime: Runtime;
  readonly processId: number;
  readonly books: Caches;
  readonly buckets: () => readonly number[];
}

export function openExportOffice(
  { runtime, processId, books, buckets }: ExportOfficeOptions,
  documents: Pick<Documents, 'write' | 'remove'>,
): Exports {
  return createExports(runtime, {
    processId,
    render: (account, kind, filter) =>
      kind === 'sent' ? sentLines(runtime, account, filter) : receivedLines(runtime, account, filter),
    write: ({ customer: { bucket }, id }, bytes) => documents.write({ bucket, id }, bytes),
    drop: ({ customer, id }) => documents.remove(customer, id),
    accountOf: (id) => books.accounts.byId(id),
    buckets,
  });
}

async function* sentLines(runtime: Runtime, account: Account, filter: HistoryFilter): AsyncGenerator<string> {
  yield sentHeader;
  for await (const { messages } of walkSent(runtime, account, filter)) {
    const nowMs = runtime.clock.now();
    const lines = messages.filter((message) => !isWaiting(message, nowMs)).map(renderSent);
    yield lines.join('');
  }
}

async function* receivedLines(
  runtime: Runtime,
  account: Account,
  filter: HistoryFilter,
): AsyncGenerator<string> {
  yield receivedHeader;
  for await (const replies of walkReceived(runtime, account, filter))
    yield replies.map(renderReceived).join('');
}
