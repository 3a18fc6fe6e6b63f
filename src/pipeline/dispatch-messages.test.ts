// Messages in doubt are sent again with growing delays, five times at most (docs/decisions/0006). A paused process hands nothing over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { DispatchableMessage } from '#domain/acceptance/chunking.ts';
import { priorityClasses } from '#domain/base/priority-classes.ts';
import type { Connector, OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { idleHealth } from '#domain/delivery/connector-health.ts';
import type { RecordedOutcome } from '#domain/delivery/dispatch-state.ts';
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import type { Route } from '#domain/routing/choose.ts';
import { silentLog } from '#lib/observability/log.ts';
import { releaseChunks } from '#store/pipeline/chunks.ts';
import { readQueueDepths } from '#store/pipeline/queue-depths.ts';
import { registerProcess } from '#store/platform/processes.ts';
import { MovableClock } from '../../test/support/movable-clock.ts';
import { costMicros, nowMs, TestRows } from '../../test/support/rows.ts';
import type { Context } from './context.ts';
import { Dispatcher } from './dispatch-messages.ts';
import { createPorts } from './ports.ts';
import { createOutcomeRecorder } from './record-outcomes.ts';

const message: DispatchableMessage = {
  id: 1,
  accountId: 1,
  msisdn: 33600000000,
  country: 'FR',
  encoding: 'gsm7',
  segments: 1,
  costMicros,
  text: 'Hello',
  sender: 'Chappe',
  tier: 'premium',
  purpose: 'transactional',
  tag: null,
  messageClass: null,
  expiresAtMs: nowMs + 86_400_000,
};

/** A carrier that accepts every message; `outcomeOf` returns its answer to each attempt. */
class FakeConnector implements Connector {
  readonly id = 1;
  readonly name = 'fake';
  readonly isUp = true;
  readonly health = () => idleHealth;
  readonly takenAtMs: number[] = [];
  readonly #clock: MovableClock;
  readonly #outcomeOf: (attempt: number) => Outcome;

  constructor(clock: MovableClock, outcomeOf: (attempt: number) => Outcome) {
    this.#clock = clock;
    this.#outcomeOf = outcomeOf;
  }

  capacity(): number {
    return 10;
  }

  submit(_message: OutboundMessage, done: (outcome: Outcome) => void): void {
    const attempt = this.takenAtMs.push(this.#clock.now() - nowMs);
    setImmediate(() => done(this.#outcomeOf(attempt)));
  }

  async stop(): Promise<void> {}
}

const lost: Outcome = { kind: 'in-doubt', reason: 'the connection was lost' };

test('a message in doubt is sent again after 0, 1, 5, 30 and 120 seconds, and then has no response', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: nowMs });
  const clock = new MovableClock(nowMs);
  const connector = new FakeConnector(clock, () => lost);
  const { dispatcher, recorded } = aDispatcher(clock, connector);
  dispatcher.addChunk({
    bucket: 0,
    id: 1,
    priorityClass: priorityClasses.transactional,
    messages: [message],
  });
  for (let second = 0; second < 600; second++) {
    await settled();
    t.mock.timers.tick(1000);
  }
  assert.deepEqual(connector.takenAtMs, [0, 0, 1_000, 6_000, 36_000, 156_000]);
  assert.deepEqual(
    recorded.map(({ outcome, atMs }) => [outcome, atMs - nowMs]),
    [[{ kind: 'unanswered', times: 6 }, 156_000]],
  );
});

test('an answer settles a message in doubt', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: nowMs });
  const clock = new MovableClock(nowMs);
  const taken: Outcome = { kind: 'submitted', references: ['a'] };
  const connector = new FakeConnector(clock, (attempt) => (attempt < 3 ? lost : taken));
  const { dispatcher, recorded } = aDispatcher(clock, connector);
  dispatcher.addChunk({
    bucket: 0,
    id: 1,
    priorityClass: priorityClasses.transactional,
    messages: [message],
  });
  for (let second = 0; second < 60; second++) {
    await settled();
    t.mock.timers.tick(1000);
  }
  assert.equal(connector.takenAtMs.length, 3);
  assert.deepEqual(
    recorded.map(({ outcome }) => outcome),
    [taken],
  );
});

test('a message without a response ends as unknown, is charged once and has a callback', async (t) => {
  const testRows = await TestRows.openFor(t);
  const accountId = await testRows.anAccount();
  const processId = await registerProcess(testRows.query, 'host', 1, ['dispatch']);
  const [id] = await testRows.aCampaign(accountId, 1, { processId });
  const ports = somePorts();
  ports.finishedChunks.connect({ finish() {} });
  const recorder = createOutcomeRecorder(contextOf(testRows), ports, {
    processId,
    recent: new RecentSegments(10),
    onFenced: assert.ifError,
  });
  const chunk = { bucket: 0, id: id!, unrecorded: 1, undurable: 0 };
  const outcome = { kind: 'unanswered', times: 6 } as const;
  recorder.record({
    message: { chunk, id: id!, accountId, costMicros, country: 'FR', segments: 1, tier: 'premium' },
    connectorId: 1,
    segmentCostMicros: null,
    outcome,
    atMs: nowMs,
  });
  await recorder.stop();
  const [told] = await testRows.query<{
    status: number;
    error: string;
    kinds: string[];
    callbacks: number;
    held: number;
  }>(
    `select status, error, (select count(*) from callbacks where message_ids = array[m.id]) as callbacks,
       (select array_agg(kind order by id) from ledger_entries where message_ids @> array[m.id]) as kinds,
       (select held_micros from balances where account_id = m.account_id) as held
     from messages m`,
  );
  assert.deepEqual(told, {
    status: 7,
    error: 'sent 6 times, and no carrier answered',
    callbacks: 1,
    kinds: ['charge'],
    held: 0,
  });
});

test('a frozen database stops the hand-over, so a kill repeats at most the window and the answers of 200 ms', async () => {
  const clock = new MovableClock(nowMs);
  const steady = new MovableClock(0);
  let thaw = () => {};
  const frozen = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const run = async () => {
    await frozen;
    return [];
  };
  const connector = new SlowConnector(10);
  const context = {
    database: { openPipeline: () => ({ run, close: async () => {} }) },
    clock,
    log: silentLog,
    connectors: new Map([[connector.id, connector]]),
  } as unknown as Context;
  const ports = somePorts();
  const recorder = createOutcomeRecorder(context, ports, {
    processId: 1,
    steadyClock: steady,
    recent: new RecentSegments(10_000),
    onFenced: assert.ifError,
  });
  const dispatcher = new Dispatcher(context, ports, {
    processId: 1,
    routes: () => [{ connectorId: 1, country: null, tier: null, sender: null, position: 1, weight: 1 }],
    buckets: () => [0],
    random: () => 0,
  });
  const messages = Array.from({ length: 1_000 }, (_, i) => ({ ...message, id: i + 1 }));
  dispatcher.addChunk({ bucket: 0, id: 1, priorityClass: priorityClasses.transactionalBulk, messages });
  // The carrier answers its whole window every 20 ms, for five seconds.
  for (let ms = 0; ms < 5_000; ms += 20) {
    await settled();
    connector.answerAll();
    ports.connectorChanges.consumer.onConnectorChange(1);
    steady.advance(20);
  }
  const answersOf200Ms = 11 * 10;
  assert.ok(connector.taken <= 10 + answersOf200Ms, `${connector.taken} messages are with the carrier`);
  assert.ok(connector.taken > 10, 'below the limit it hands over');
  const before = connector.taken;
  thaw();
  for (let round = 0; round < 100 && connector.taken < 1_000; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    connector.answerAll();
  }
  assert.ok(connector.taken > before, 'a database that answers again lets the next ones leave');
  connector.answerAll();
  await recorder.stop();
});

test('a message that its carrier has not taken for the patience of its route goes over another one', async () => {
  const clock = new MovableClock(nowMs);
  const full = new SlowConnector(0);
  const other = new FakeConnector(clock, () => ({ kind: 'submitted', references: ['a'] }));
  const { dispatcher, recorded } = aDispatcher(clock, full, 1, {
    connectors: new Map<number, Connector>([
      [1, full],
      [2, other],
    ]),
    routes: [
      { ...everything, connectorId: 1, patienceS: 60 },
      { ...everything, connectorId: 2, position: 2 },
    ],
  });
  const chunk = { bucket: 0, id: 1, priorityClass: priorityClasses.transactional, messages: [message] };
  dispatcher.addChunk(chunk);
  await dispatcher.releaseStuck();
  clock.advance(1_000);
  await dispatcher.releaseStuck();
  await settled();
  assert.deepEqual(other.takenAtMs, []);
  clock.advance(60_000);
  await dispatcher.releaseStuck();
  await settled();
  assert.deepEqual([other.takenAtMs.length, full.taken, recorded.length], [1, 0, 1]);
});

test('without a route to an available carrier nothing is claimed', () => {
  const clock = new MovableClock(nowMs);
  const connector = new FakeConnector(clock, () => lost);
  assert.ok(aDispatcher(clock, connector).dispatcher.capacity() > 0);
  assert.equal(aDispatcher(clock, connector, 2).dispatcher.capacity(), 0);
});

test('the age of due messages counts from their first due time, also when they were released', async (t) => {
  const rows = await TestRows.openFor(t);
  const processId = 1;
  const [id] = await rows.aCampaign(await rows.anAccount(), 3, { processId });
  const laterMs = nowMs + 300_000;
  await releaseChunks(rows.query, 0, processId, [id!], laterMs + 1_000);
  const depths = await readQueueDepths(rows.query, [0], laterMs);
  assert.deepEqual([depths.messagesDue, depths.messagesScheduled, depths.oldestDueAtMs], [3, 0, nowMs]);
});

/** A carrier that answers when the test calls `answerAll`; its window limits the messages without an answer. */
class SlowConnector implements Connector {
  readonly id = 1;
  readonly name = 'slow';
  readonly isUp = true;
  readonly health = () => idleHealth;
  taken = 0;
  readonly #window: number;
  readonly #waiting: ((outcome: Outcome) => void)[] = [];

  constructor(window: number) {
    this.#window = window;
  }

  capacity(): number {
    return this.#window - this.#waiting.length;
  }

  submit(_message: OutboundMessage, done: (outcome: Outcome) => void): void {
    this.taken++;
    this.#waiting.push(done);
  }

  answerAll(): void {
    for (const done of this.#waiting.splice(0)) done({ kind: 'submitted', references: ['a'] });
  }

  async stop(): Promise<void> {}
}

const everything = { country: null, tier: null, sender: null, position: 1, weight: 1 };

function aDispatcher(
  clock: MovableClock,
  connector: Connector,
  routedId = connector.id,
  others: { connectors?: ReadonlyMap<number, Connector>; routes?: readonly Route[] } = {},
) {
  const recorded: RecordedOutcome[] = [];
  const nothing = { run: async () => [] as never, close: async () => {} };
  const context = {
    database: { openPipeline: () => nothing },
    clock,
    log: silentLog,
    connectors: others.connectors ?? new Map([[connector.id, connector]]),
  } as unknown as Context;
  const ports = somePorts();
  ports.settledOutcomes.connect({
    record: (outcome) => recorded.push(outcome),
    finishEmpty: () => {},
    pending: 0,
    oldestPendingMs: () => 0,
  });
  const dispatcher = new Dispatcher(context, ports, {
    processId: 1,
    routes: () => others.routes ?? [{ connectorId: routedId, ...everything }],
    buckets: () => [0],
    random: () => 0,
  });
  return { dispatcher, recorded };
}

/** Hand-over and response each take one turn of the event loop, and can follow one another twice. */
async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await turn();
}

function somePorts() {
  return createPorts({ chunksAdded() {}, callbacksAdded() {} });
}

function contextOf({ database, ids }: TestRows): Context {
  const clock = { now: () => nowMs };
  return {
    database,
    ids,
    clock,
    log: silentLog,
    random: () => 0,
    connectors: new Map(),
    channels: new Map(),
  };
}
