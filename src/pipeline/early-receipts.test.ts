// Receipts that arrive before their reference is stored: recorded in the transaction of the outcome, answered after its
// commit, once. Needs a database.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Receipt } from '#domain/delivery/connector.ts';
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import { silentLog } from '#lib/observability/log.ts';
import type { PipelinedConnection } from '#store/database/database.ts';
import { listOwnedCallbacks } from '#store/pipeline/callbacks.ts';
import type { FinishedMessage } from '#store/pipeline/messages.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { costMicros, nowMs, TestRows } from '../../test/support/rows.ts';
import type { Context } from './context.ts';
import { createPorts } from './ports.ts';
import { createOutcomeRecorder } from './record-outcomes.ts';
import { createReceiptRecorder } from './record-receipts.ts';

const delivered: Receipt = { references: ['ref'], state: 'delivered', error: null, atMs: nowMs };

/** One message of `segments` segments with the carrier. `onRun` can replace the runs of the recorder's connection. */
async function recording(
  t: TestContext,
  onRun: (run: PipelinedConnection['run']) => PipelinedConnection['run'],
) {
  const rows = await TestRows.openFor(t);
  const accountId = await rows.anAccount();
  const processId = await registerProcess(rows.query, 'host', 1, ['dispatch']);
  const [id] = (await rows.aCampaign(accountId, 1, { processId })) as [number];
  const openPipeline = () => {
    const connection = rows.database.openPipeline();
    return { ...connection, run: onRun(connection.run) };
  };
  const context = {
    database: { ...rows.database, openPipeline },
    clock: { now: () => nowMs },
    log: silentLog,
    connectors: new Map(),
    channels: new Map(),
  } as unknown as Context;
  const ports = createPorts({ chunksAdded() {}, callbacksAdded() {} });
  const handedOver: FinishedMessage[] = [];
  ports.finishedChunks.connect({ finish() {} });
  ports.finishedMessages.connect({
    processForNewRows: () => processId,
    add: (_bucket, finished) => handedOver.push(...finished),
  });
  const recent = new RecentSegments(10);
  const receipts = createReceiptRecorder(context, ports, { recent });
  const outcomes = createOutcomeRecorder(context, ports, { processId, recent, onFenced: assert.ifError });
  const message = {
    chunk: { bucket: 0, id, unrecorded: 1, undurable: 0 },
    id,
    accountId,
    costMicros,
    country: 'FR',
    segments: 1,
    tier: 'premium' as const,
  };
  const submitted = { kind: 'submitted', references: ['ref'] } as const;
  outcomes.record({ message, connectorId: 1, segmentCostMicros: null, outcome: submitted, atMs: nowMs });
  return { rows, processId, id, receipts, outcomes, handedOver };
}

async function statusOf(rows: TestRows) {
  const [row] = await rows.query<{ status: number; kinds: string[]; callbacks: number }>(
    `select status, (select array_agg(kind order by id) from ledger_entries where kind <> 'top_up') as kinds,
       (select count(*) from callbacks) as callbacks
     from messages`,
  );
  return row;
}

const finished = { status: 2, kinds: ['hold', 'charge'], callbacks: 1 };

test('a receipt that comes with its answer is recorded in the same transaction and answered after the commit', async (t) => {
  let transactions = 0;
  const counting = (run: PipelinedConnection['run']): PipelinedConnection['run'] => {
    return (work) => {
      transactions++;
      return run(work);
    };
  };
  const { rows, id, receipts, outcomes, handedOver } = await recording(t, counting);
  const answers: { ok: boolean; status: number | undefined }[] = [];
  const answered = new Promise<void>((resolve) => {
    receipts.record(1, delivered, (ok) => {
      void statusOf(rows).then((row) => {
        answers.push({ ok, status: row?.status });
        resolve();
      });
    });
  });
  await outcomes.stop();
  await receipts.stop();
  await answered;
  assert.equal(transactions, 1);
  assert.deepEqual(answers, [{ ok: true, status: 2 }]);
  assert.deepEqual(
    handedOver.map(({ messageId, status }) => ({ messageId, status })),
    [{ messageId: id, status: 'delivered' }],
  );
  assert.deepEqual(await statusOf(rows), finished);
});

test('a receipt that arrives while its reference is being stored is recorded behind it', async (t) => {
  let whileStoring = () => {};
  const interrupted = (run: PipelinedConnection['run']): PipelinedConnection['run'] => {
    return async (work) => {
      whileStoring();
      whileStoring = () => {};
      return run(work);
    };
  };
  const { rows, receipts, outcomes, handedOver } = await recording(t, interrupted);
  const answers: boolean[] = [];
  whileStoring = () => receipts.record(1, delivered, (ok) => answers.push(ok));
  await outcomes.stop();
  await receipts.stop();
  assert.deepEqual(answers, [true]);
  assert.equal(handedOver.length, 1);
  assert.deepEqual(await statusOf(rows), finished);
});

test('a transaction that fails is repeated with its receipts, and one whose commit had no answer is not', async (t) => {
  let runs = 0;
  const failing = (run: PipelinedConnection['run']): PipelinedConnection['run'] => {
    return async (work) => {
      if (++runs === 1) throw new Error('the connection was lost');
      const result = await run(work);
      if (runs === 2) throw new Error('the connection was lost after the commit');
      return result;
    };
  };
  const { rows, processId, receipts, outcomes, handedOver } = await recording(t, failing);
  const answers: boolean[] = [];
  receipts.record(1, delivered, (ok) => answers.push(ok));
  await outcomes.stop();
  await receipts.stop();
  assert.equal(runs, 3);
  assert.deepEqual(answers, [true]);
  assert.deepEqual(await statusOf(rows), finished);
  assert.equal(handedOver.length, 0);
  const owned = await listOwnedCallbacks(rows.query, 0, processId, false);
  assert.equal(owned.length, 1, 'the callback is found as a lost claim');
});
