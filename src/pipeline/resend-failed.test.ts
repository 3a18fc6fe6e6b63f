// Messages that are sent again over another carrier after a receipt of failure: charged once, told once, also when the receipt
// is repeated, when the process ends between receipt and resend, and when the first carrier delivers after all. Needs a database.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import type { Receipt } from '#domain/delivery/connector.ts';
import type { FinalOutcome } from '#domain/delivery/dispatch-state.ts';
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import type { Route } from '#domain/routing/choose.ts';
import { noCosts } from '#domain/routing/costs.ts';
import { silentLog } from '#lib/observability/log.ts';
import { audit } from '#store/money/ledger.ts';
import { listChargedTraffic } from '#store/money/traffic.ts';
import { claimDueChunks, claimExpiredChunks, readChunkMessages } from '#store/pipeline/chunks.ts';
import { expireResends } from '#store/pipeline/resends.ts';
import { insertSecretTexts, maskSecretTexts } from '#store/pipeline/secret-texts.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { nowMs, TestRows } from '../../test/support/rows.ts';
import { until } from '../../test/support/until.ts';
import type { Context } from './context.ts';
import { createPorts } from './ports.ts';
import { createOutcomeRecorder } from './record-outcomes.ts';
import { createReceiptRecorder } from './record-receipts.ts';

const usual = { country: null, tier: null, sender: null, weight: 1, costMicros: 20_000n };
const resending = { resendOn: ['undelivered'], resendLimit: 1, resendWithinS: 300 };
const routes: readonly Route[] = [
  { ...usual, ...resending, id: 1, connectorId: 1, position: 1 },
  { ...usual, id: 2, connectorId: 2, position: 2 },
];

/** One message, and processes that send it: each call of `aProcess` is a process that knows only the tables. */
async function aMessage(t: TestContext, segments = 1) {
  const rows = await TestRows.openFor(t);
  const accountId = await rows.anAccount();
  await rows.aCampaign(accountId, 1);
  if (segments > 1) await rows.query('update messages set segments = $1', [segments]);
  async function aProcess() {
    const processId = await registerProcess(rows.query, 'host', 1, ['dispatch']);
    const context = {
      ...{ database: rows.database, clock: { now: () => nowMs }, log: silentLog },
      ...{ connectors: new Map(), channels: new Map() },
    } as unknown as Context;
    const notices: string[] = [];
    const ports = createPorts({ chunksAdded: () => notices.push('chunks'), callbacksAdded() {} });
    ports.finishedChunks.connect({ finish() {} });
    const recent = new RecentSegments(10);
    const receipts = createReceiptRecorder(context, ports, {
      recent,
      routing: async () => ({ routes, costs: noCosts }),
    });
    const outcomes = createOutcomeRecorder(context, ports, {
      ...{ processId, recent, isResending: () => true, onFenced: assert.ifError },
    });
    return {
      notices,
      /** The messages of the next due chunk. */
      async claim() {
        const chunks = await claimDueChunks(rows.query, 0, processId, nowMs, 8);
        const claimed = [];
        for (const chunk of chunks)
          for (const message of await readChunkMessages(rows.query, chunk)) claimed.push({ chunk, message });
        return claimed;
      },
      settle(
        { chunk, message }: { chunk: { id: number }; message: DispatchableMessage },
        connectorId: number | null,
        outcome: FinalOutcome,
      ) {
        const held = { bucket: 0, id: chunk.id, unrecorded: 1, undurable: 0 };
        outcomes.record({
          ...{
            message: { ...message, chunk: held },
            connectorId,
            routeId: connectorId,
            outcome,
            atMs: nowMs,
          },
          segmentCostMicros: 20_000n,
        });
      },
      report: (
        connectorId: number,
        reference: string,
        state: Receipt['state'],
        error: string | null = null,
      ) =>
        new Promise<boolean>((resolve) =>
          receipts.record(connectorId, { references: [reference], state, error, atMs: nowMs }, resolve),
        ),
      async stop() {
        await outcomes.stop();
        await receipts.stop();
      },
    };
  }
  return { rows, aProcess };
}

const took = (...references: string[]) => ({ kind: 'submitted', references }) as const;

async function state(rows: TestRows) {
  const [row] = await rows.query<Record<string, unknown>>(
    `select status, resends, error, connector_id as by, (select count(*)::int from callbacks) as callbacks,
       (select count(*)::int from chunks) as chunks,
       (select array_agg(kind order by id) from ledger_entries where kind <> 'top_up') as kinds,
       (select array_agg(connector_id || ':' || coalesce(next_connector_id, 0) order by number) from resends) as failures
     from messages`,
  );
  assert.deepEqual(await audit(rows.query), []);
  return row;
}

const waits = {
  status: 0,
  resends: 1,
  error: null,
  by: 1,
  callbacks: 0,
  chunks: 1,
  kinds: ['hold', 'charge'],
};

test('a failure is not told, another carrier sends the message once, and its receipt is the end', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const first = await aProcess();
  const [claimed] = await first.claim();
  first.settle(claimed!, 1, took('a'));
  // The receipt comes with the answer.
  assert.equal(await first.report(1, 'a', 'undelivered', '004'), true);
  assert.deepEqual(await state(rows), { ...waits, failures: ['1:0'] });
  assert.deepEqual(first.notices, ['chunks']);
  await first.stop();
  // The process has ended. The carrier repeats its receipt, to a process that knows nothing of it.
  const second = await aProcess();
  for (let i = 0; i < 2; i++) assert.equal(await second.report(1, 'a', 'undelivered', '004'), true);
  assert.deepEqual(await state(rows), { ...waits, failures: ['1:0'] });
  const [again, ...others] = await second.claim();
  assert.equal(others.length, 0);
  const { failedIds, status, error } = again!.message.resend!;
  assert.deepEqual([failedIds, status, error], [[1], 'undelivered', '004']);
  second.settle(again!, 2, took('b'));
  assert.equal(await second.report(2, 'b', 'delivered'), true);
  const end = { ...waits, status: 2, by: 2, callbacks: 1, chunks: 0, failures: ['1:2'] };
  assert.deepEqual(await state(rows), end);
  await second.report(1, 'a', 'undelivered', '004');
  await second.report(1, 'a', 'delivered');
  await second.stop();
  assert.deepEqual(await state(rows), end, 'nothing is told twice');
  const day = { accountId: null, fromMs: nowMs - 1, toMs: nowMs + 1 };
  const traffic = await listChargedTraffic(rows.query, 0, day);
  assert.deepEqual(
    traffic
      .map((row) => [row.connectorId, row.messages, row.priceMicros, row.carrierCostMicros])
      .sort(([a], [b]) => Number(a) - Number(b)),
    [
      [1, 1, 50_000n, 20_000n],
      [2, 0, 0n, 20_000n],
    ],
    'each carrier is paid',
  );
});

test('a failure of the last carrier, and one that no rule names, is told', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'undelivered');
  process.settle((await process.claim())[0]!, 2, took('b'));
  await process.report(2, 'b', 'undelivered', '021');
  await process.stop();
  const end = { ...waits, status: 3, error: '021', by: 2, callbacks: 1, chunks: 0, failures: ['1:2'] };
  assert.deepEqual(await state(rows), end);
  const other = await aMessage(t);
  const same = await other.aProcess();
  same.settle((await same.claim())[0]!, 1, took('a'));
  await same.report(1, 'a', 'expired');
  await same.stop();
  assert.partialDeepStrictEqual(await state(other.rows), { status: 4, resends: 0, callbacks: 1, chunks: 0 });
});

test('the first failure is the end if no other carrier takes the message, and gives nothing back', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'undelivered', '004');
  process.settle((await process.claim())[0]!, 2, { kind: 'refused', code: 11, reason: 'ESME_RINVDSTADR' });
  await process.stop();
  const end = { ...waits, status: 3, error: '004', by: 1, callbacks: 1, chunks: 0, failures: ['1:0'] };
  assert.deepEqual(await state(rows), end);
});

test('a text that is masked while its message waits for another carrier is not sent', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'undelivered', '004');
  await rows.query(`update campaigns set text = '***', is_masked = true`);
  const [again] = await process.claim();
  assert.equal(again!.message.isOptedOut, true, 'the dispatcher refuses it');
  process.settle(again!, null, { kind: 'refused', code: 0, reason: 'masked' });
  await process.stop();
  assert.partialDeepStrictEqual(await state(rows), { status: 3, error: '004', callbacks: 1, chunks: 0 });
});

test('a message to a number that is erased is not sent again: its chunk is claimed as expired', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'undelivered', '004');
  const processId = await registerProcess(rows.query, 'host', 2, ['dispatch']);
  assert.deepEqual(await claimExpiredChunks(rows.query, 0, processId, nowMs, 8), []);
  const [{ id }] = (await rows.query<{ id: number }>('select id from messages')) as [{ id: number }];
  await expireResends(rows.query, 0, [id], nowMs);
  const [chunk] = await claimExpiredChunks(rows.query, 0, processId, nowMs, 8);
  const [message] = await readChunkMessages(rows.query, chunk!);
  assert.equal(message!.resend!.untilMs, nowMs);
  process.settle({ chunk: chunk!, message: message! }, null, { kind: 'expired' });
  await process.stop();
  assert.partialDeepStrictEqual(await state(rows), { status: 3, error: '004', callbacks: 1 });
});

test('a first carrier that delivers after all is the end, and nothing is sent again', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'undelivered');
  await process.report(1, 'a', 'delivered');
  assert.deepEqual(await process.claim(), []);
  await process.stop();
  assert.partialDeepStrictEqual(await state(rows), {
    status: 2,
    by: 1,
    callbacks: 1,
    kinds: ['hold', 'charge'],
  });
});

test('a message of several segments is sent again whole, and the second carrier ends it', async (t) => {
  const { rows, aProcess } = await aMessage(t, 2);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a1', 'a2'));
  await process.report(1, 'a1', 'delivered');
  await process.report(1, 'a2', 'undelivered');
  process.settle((await process.claim())[0]!, 2, took('b1', 'b2'));
  await process.report(2, 'b2', 'delivered');
  assert.deepEqual(await state(rows), { ...waits, chunks: 0, failures: ['1:2'] });
  await process.report(2, 'b1', 'unknown');
  assert.partialDeepStrictEqual(await state(rows), { status: 7, by: 2, callbacks: 1 });
  await process.report(2, 'b1', 'expired');
  assert.partialDeepStrictEqual(await state(rows), { status: 4, by: 2, callbacks: 2 });
  await process.stop();
});

test('segments of two carriers do not add up, and a late whole of the first one counts', async (t) => {
  const { rows, aProcess } = await aMessage(t, 2);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a1', 'a2'));
  await process.report(1, 'a1', 'delivered');
  await process.report(1, 'a2', 'undelivered');
  process.settle((await process.claim())[0]!, 2, took('b1', 'b2'));
  await process.report(2, 'b2', 'delivered');
  // The second segment of the first carrier: the phone has both of them.
  await process.report(1, 'a2', 'delivered');
  await process.stop();
  assert.partialDeepStrictEqual(await state(rows), { status: 2, by: 1, callbacks: 1, chunks: 0 });
});

test('the text of a one-time code waits for its end, and a masked one is not sent again', async (t) => {
  const { rows, aProcess } = await aMessage(t);
  const [campaign] = await rows.query<{ accountId: number; campaignId: number }>(
    'select account_id as "accountId", id as "campaignId" from campaigns',
  );
  await insertSecretTexts(rows.query, 0, [{ ...campaign!, maskedText: '***' }]);
  const process = await aProcess();
  process.settle((await process.claim())[0]!, 1, took('a'));
  await process.report(1, 'a', 'underway');
  await until(
    'the outcome is stored',
    async () => (await rows.query('select from carrier_references')).length === 1,
  );
  const text = async () => (await rows.query<{ text: string }>('select text from campaigns'))[0]!.text;
  await maskSecretTexts(rows.query, 0, nowMs - 1);
  assert.equal(await text(), 'Hello', 'another carrier may have to send it');
  await maskSecretTexts(rows.query, 0, nowMs);
  assert.equal(await text(), '***');
  await process.report(1, 'a', 'undelivered', '004');
  await process.stop();
  assert.partialDeepStrictEqual(await state(rows), { status: 3, resends: 0, callbacks: 1, chunks: 0 });
});
