// The stages are constructed in reverse order and carry one message from the submission to its callback. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { capabilities } from '#dialects/capabilities.ts';
import { delivered } from '#domain/delivery/callback.ts';
import type { Connector, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { idleHealth } from '#domain/delivery/connector-health.ts';
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import { silentLog } from '#lib/observability/log.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { nowMs, plainOrder, TestRows } from '../../test/support/rows.ts';
import type { Context } from './context.ts';
import { Dispatcher } from './dispatch-messages.ts';
import { createPorts, processForNewRows } from './ports.ts';
import { CallbackPusher } from './push-callbacks.ts';
import { createOutcomeRecorder } from './record-outcomes.ts';
import { createReceiptRecorder } from './record-receipts.ts';
import { createReplyRecorder } from './record-reply.ts';
import { createSubmitCampaign } from './submit-campaign.ts';

const connector: Connector = {
  id: 1,
  name: 'test',
  isUp: true,
  health: () => idleHealth,
  capacity: () => 10,
  submit: (_message: OutboundMessage, done: (outcome: Outcome) => void) =>
    void setImmediate(() => done({ kind: 'submitted', references: ['ref-1'] })),
  stop: async () => {},
};

test('stages that are constructed in reverse order carry a message from submission to callback', async (t) => {
  const testRows = await TestRows.openFor(t);
  const { database, ids, query } = testRows;
  const account = (await readAccount(query, await testRows.anAccount()))!;
  const processId = await registerProcess(query, 'host', 1, ['dispatch', 'callbacks']);
  const context: Context = {
    database,
    ids,
    clock: { now: () => nowMs },
    log: silentLog,
    random: () => 0,
    connectors: new Map([[1, connector]]),
    channels: new Map(),
  };
  const options = { processId, buckets: () => [0], random: () => 0, recent: new RecentSegments(10) };
  const ports = createPorts({
    chunksAdded() {},
    callbacksAdded: () => assert.fail('the pusher has capacity'),
  });
  const pusher = new CallbackPusher(context, ports, {
    ...options,
    transports: { http: async () => delivered, mail: async () => delivered, close: async () => {} },
    accountOf: () => account,
    perEndpoint: 1,
  });
  const replies = createReplyRecorder(context, ports, {
    stopShortCode: '36180',
    joinArrivedParts: async () => [],
    joinOverdue: async () => ({ replies: [], count: 0 }),
    followReplies: async () => {},
  });
  const receipts = createReceiptRecorder(context, ports, options);
  const outcomes = createOutcomeRecorder(context, ports, { ...options, onFenced: assert.ifError });
  const dispatcher = new Dispatcher(context, ports, {
    ...options,
    routes: () => [{ connectorId: 1, country: null, tier: null, sender: null, position: 1, weight: 1 }],
  });
  const submit = createSubmitCampaign(context, factsOf, ports);

  const report = await submit(account, {
    ...plainOrder,
    dialect: 'ovh',
    dryRun: false,
    recipients: [{ number: '+33612345678' }],
  });
  assert.equal(report.availableMicros, 1_000_000_000n - 50_000n);
  const isSaved = await new Promise<boolean>((resolve) =>
    ports.carrierReceipts.consumer.record(
      1,
      { references: ['ref-1'], state: 'delivered', error: null, atMs: nowMs },
      resolve,
    ),
  );
  assert.equal(isSaved, true);
  await outcomes.stop();
  for (let wait = 0; pusher.isBusy && wait < 200; wait++) await sleep(10);
  for (const stage of [submit, receipts, replies]) await stage.stop();
  dispatcher.stopTaking();
  await dispatcher.finish();
  await pusher.stop();
  const [row] = await query<{ status: number; chunks: number; callbacks: number; kinds: string[] }>(
    `select status, (select count(*) from chunks)::int as chunks, (select count(*) from callbacks)::int as callbacks,
       (select array_agg(kind order by id) from ledger_entries where kind <> 'top_up') as kinds
     from messages`,
  );
  assert.deepEqual(row?.kinds, ['hold', 'charge']);
  assert.equal(row?.chunks, 0);
  assert.equal(row?.callbacks, 0, 'without an address the callback is settled at once');
});

function factsOf() {
  return {
    priceOf: () => 50_000n,
    nextOpening: (_country: string, atMs: number) => atMs,
    stopShortCode: '36180',
    defaultSender: null,
    defaultValidityMs: 86_400_000,
    purposeGuard: 'note',
    replyNumbers: [],
    replySurchargeMicros: 0n,
    dialects: capabilities,
  } as const;
}

test('a port accepts one consumer, and reports one that is missing', () => {
  const ports = createPorts({ chunksAdded() {}, callbacksAdded() {} });
  assert.throws(() => ports.settledOutcomes.consumer, /no stage is connected/);
  ports.finishedChunks.connect({ finish() {} });
  assert.throws(() => ports.finishedChunks.connect({ finish() {} }), /one consumer/);
});

test('without a dispatcher or a pusher in this process, rows have no process and a notice is sent', () => {
  let notices = 0;
  const ports = createPorts({ chunksAdded() {}, callbacksAdded: () => notices++ });
  assert.equal(ports.acceptedChunks.consumer.processId, null);
  assert.equal(ports.acceptedChunks.consumer.capacity(), 0);
  assert.equal(processForNewRows(ports), null);
  assert.equal(notices, 1);
});
