// Erases a telephone number everywhere, in rounds: cancels waiting messages, erases rows that are not in use, and notes the
// result in the register of erasures. Used by the operator's personal-data service for the first round, and by the role
// `maintenance` until nothing is left.
//
// Never changes the ledger, and never erases a message before its receipt is recorded and pushed. Each step is a
// transaction; the next round continues after a kill, because the erasure was registered first.
import type { Account } from '#domain/account/account.ts';
import { writtenForms } from '#gsm/msisdn.ts';
import { listBuckets, readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import { returnReleased } from '#store/money/quotas.ts';
import { enqueueCallbacks } from '#store/pipeline/callbacks.ts';
import { type CancelledMessage, cancelWaiting } from '#store/pipeline/cancellations.ts';
import { expireResends } from '#store/pipeline/resends.ts';
import {
  type ErasureResult,
  findOpenErasure,
  lockOpenErasure,
  type StoredErasure,
  updateErasure,
} from '#store/recipients/erasures.ts';
import {
  countPersonalRows,
  erasePersonalRows,
  listWaitingMessages,
  type PersonalNumber,
  type RowCounts,
} from '#store/recipients/personal-rows.ts';
import { wantsCallback } from './callback-wishes.ts';
import type { Context } from './context.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

/** Error of a message that was cancelled because its recipient asked for erasure. */
const erasedError = 'the number was erased on request';

/** Messages cancelled in one transaction. */
const batchSize = 1_000;

export function personalNumberOf(msisdn: number): PersonalNumber {
  return { msisdn, plus: `+${msisdn}`, forms: writtenForms(msisdn) };
}

/** Runs one round of an open erasure. Returns the erasure with its result up to now. */
export async function eraseNumber(context: Needs, erasure: StoredErasure): Promise<StoredErasure> {
  const { database, clock } = context;
  const number = personalNumberOf(erasure.msisdn!);
  const isFirst = erasure.result === null;
  const beforeMs = erasure.requestedAtMs;
  let round: ErasureResult = { cancelled: 0, erased: {}, open: {}, kept: {} };
  for (const [index, bucket] of (await listBuckets(database.query)).entries()) {
    const rows = { bucket, beforeMs, isFirst, withLocal: index === 0 };
    const cancelled = await cancelAll(context, number, bucket, beforeMs);
    const erased = await database.transaction((query) => erasePersonalRows(query, number, rows));
    const rest = await countPersonalRows(database.query, number, rows);
    round = {
      cancelled: round.cancelled + cancelled,
      erased: sum(round.erased, erased),
      open: sum(round.open, rest.open),
      kept: sum(round.kept, rest.kept),
    };
  }
  return database.transaction(async (query) => {
    const current = await lockOpenErasure(query, erasure.id);
    // Another process has completed it.
    if (current === null) return { ...erasure, result: round };
    const before = current.result;
    const result = {
      ...round,
      cancelled: round.cancelled + (before?.cancelled ?? 0),
      erased: sum(before?.erased ?? {}, round.erased),
    };
    const isComplete = Object.keys(round.open).length === 0;
    return updateErasure(query, erasure.id, result, isComplete ? clock.now() : null);
  });
}

/** Continues every open erasure. */
export async function continueErasures(context: Needs, isStopping: () => boolean): Promise<void> {
  const seen: number[] = [];
  while (!isStopping()) {
    const erasure = await findOpenErasure(context.database.query, seen);
    if (erasure === null) return;
    await eraseNumber(context, erasure);
    seen.push(erasure.id);
  }
}

/** Cancels the messages of one bucket that no process has claimed. Returns their number. */
async function cancelAll(
  { database, clock }: Needs,
  number: PersonalNumber,
  bucket: number,
  beforeMs: number,
): Promise<number> {
  const ids = await listWaitingMessages(database.query, number, bucket, beforeMs);
  let cancelled = 0;
  for (let at = 0; at < ids.length; at += batchSize)
    cancelled += await database.transaction(async (query) => {
      const nowMs = clock.now();
      const batch = ids.slice(at, at + batchSize);
      const messages = await cancelWaiting(query, bucket, batch, erasedError, nowMs);
      await expireResends(query, bucket, batch, nowMs);
      const messageIds = messages.map(({ messageId }) => messageId);
      await returnReleased(query, bucket, messageIds, nowMs);
      await reportCancelled(query, bucket, messages, nowMs);
      return messages.length;
    });
  return cancelled;
}

/** The customer learns the end of each message, as of any other. */
async function reportCancelled(
  query: Query,
  bucket: number,
  messages: readonly CancelledMessage[],
  nowMs: number,
): Promise<void> {
  for (const [accountId, ofAccount] of Map.groupBy(messages, (message) => message.accountId)) {
    const account: Account = (await readAccount(query, accountId))!;
    for (const [dialect, ofDialect] of Map.groupBy(ofAccount, (message) => message.dialect)) {
      if (!wantsCallback(account, dialect, 'receipt')) continue;
      const messageIds = ofDialect.map(({ messageId }) => messageId);
      await enqueueCallbacks(query, bucket, [{ accountId, kind: 'receipt', dialect, messageIds }], nowMs);
    }
    await notify(query, 'callbacks');
  }
}

function sum(a: RowCounts, b: RowCounts): RowCounts {
  const sums: Record<string, number> = { ...a };
  for (const [table, rows] of Object.entries(b)) sums[table] = (sums[table] ?? 0) + rows;
  return sums;
}
