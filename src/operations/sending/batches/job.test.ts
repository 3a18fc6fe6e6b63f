// Claims of batches: a batch stays with its process for any duration, and another process continues after that one is
// fenced. A process without the claim never writes to it. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '#domain/account/account.ts';
import type { BatchOrder, SentBatch } from '#domain/campaign/batch.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { grantAccount } from '#operations/access/grant.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, plainOrder, TestRows } from '../../../../test/support/rows.ts';
import { until } from '../../../../test/support/until.ts';
import { type BatchJobNeeds, createBatchJob } from './job.ts';
import { type Batches, createBatches } from './service.ts';
import { type BatchStepNeeds, createBatchSteps } from './steps.ts';

const hour = 3_600_000;

const order = {
  ...plainOrder,
  dialect: 'ovh',
} as const satisfies BatchOrder;

type Send = BatchJobNeeds['send'];

const sent: SentBatch = { errors: [], costMicros: 70_000n, dueAtMs: nowMs };
const neverSends: Send = async () => assert.fail('two processes send it');

/** Processes that send batches, each with a separate function for the submission. */
class Works {
  readonly testRows: TestRows;
  readonly account: Account;
  readonly access: AccountAccess;
  atMs = nowMs;

  private constructor(testRows: TestRows, account: Account) {
    this.testRows = testRows;
    this.account = account;
    this.access = grantAccount(account, { actor: 'test', address: null }, 'key');
  }

  static async openFor(t: Parameters<typeof TestRows.openFor>[0]): Promise<Works> {
    const testRows = await TestRows.openFor(t);
    return new Works(testRows, (await readAccount(testRows.query, await testRows.anAccount()))!);
  }

  async begin(send: Send, cancel: BatchStepNeeds['cancel'] = async () => 'cancelled') {
    const id = await anotherProcess(this.testRows.database);
    const { database, ids, query } = this.testRows;
    const context = { database, ids, clock: { now: () => this.atMs } };
    const steps = createBatchSteps(context, { processId: id, cancel });
    const batches = createBatches(context, steps, {
      submit: async () => assert.fail('a list is not estimated'),
      wake: () => {},
    });
    const accountOf = (accountId: number) => readAccount(query, accountId);
    const job = createBatchJob(context, steps, { send, accountOf });
    return { id, batches, runOnce: () => job.runOnce(0) };
  }

  async aBatch(batches: Batches): Promise<string> {
    const { id } = await batches.create(this.access, { name: '', order, to: { slotId: 1, records: 2 } });
    return id;
  }

  async state(): Promise<{ status: string; process_id: number | null; estimated: number }> {
    const [row] = await this.testRows.query<{ status: string; process_id: number | null; estimated: number }>(
      'select status, process_id, estimated_micros as estimated from batches',
    );
    return row!;
  }

  async kill(id: number): Promise<void> {
    await declareDead(this.testRows.database, id);
    await releaseWorkOfDeadProcesses(this.testRows.query, 0);
  }
}

test('a batch stays with its process for any duration', async (t) => {
  const works = await Works.openFor(t);
  const answer = Promise.withResolvers<SentBatch>();
  const slow = await works.begin(() => answer.promise);
  const other = await works.begin(neverSends);
  await works.aBatch(slow.batches);
  const working = slow.runOnce();
  await until('it is being inserted', async () => (await works.state()).status === 'inserting');
  works.atMs += hour;
  await releaseWorkOfDeadProcesses(works.testRows.query, 0);
  await other.runOnce();
  await slow.runOnce();
  answer.resolve(sent);
  await working;
  assert.deepEqual(await works.state(), { status: 'completed', process_id: null, estimated: 70_000 });
});

test('a batch of a fenced process is sent by another one, and the first writes no more', async (t) => {
  const works = await Works.openFor(t);
  const answer = Promise.withResolvers<SentBatch>();
  const frozen = await works.begin(() => answer.promise);
  const successor = await works.begin(async () => sent);
  await works.aBatch(successor.batches);
  const working = frozen.runOnce();
  await until('it is being inserted', async () => (await works.state()).status === 'inserting');
  await successor.runOnce();
  assert.equal((await works.state()).process_id, frozen.id);
  await works.kill(frozen.id);
  await successor.runOnce();
  const done = { status: 'completed', process_id: null, estimated: 70_000 };
  assert.deepEqual(await works.state(), done);
  answer.resolve({ errors: [], costMicros: 1n, dueAtMs: null });
  await working;
  assert.deepEqual(await works.state(), done);
});

test('a process that resumes after its batch was reclaimed leaves the batch to the other process', async (t) => {
  const works = await Works.openFor(t);
  const [late, early] = [Promise.withResolvers<SentBatch>(), Promise.withResolvers<SentBatch>()];
  const frozen = await works.begin(() => late.promise);
  const successor = await works.begin(() => early.promise);
  await works.aBatch(successor.batches);
  const working = frozen.runOnce();
  await until('it is being inserted', async () => (await works.state()).status === 'inserting');
  await works.kill(frozen.id);
  const continuing = successor.runOnce();
  await until('another process claims it', async () => (await works.state()).process_id === successor.id);
  late.resolve({ errors: [], costMicros: 1n, dueAtMs: null });
  await working;
  assert.deepEqual(await works.state(), { status: 'inserting', process_id: successor.id, estimated: 0 });
  early.resolve(sent);
  await continuing;
  assert.deepEqual(await works.state(), { status: 'completed', process_id: null, estimated: 70_000 });
});

test('a batch that fails is released, and retried later by any process', async (t) => {
  const works = await Works.openFor(t);
  const broken = await works.begin(async () => {
    throw new Error('the database is unavailable');
  });
  const other = await works.begin(async () => sent);
  await works.aBatch(other.batches);
  await assert.rejects(broken.runOnce(), /unavailable/);
  assert.deepEqual(await works.state(), { status: 'inserting', process_id: null, estimated: 0 });
  await other.runOnce();
  assert.equal((await works.state()).status, 'inserting', 'not at once');
  works.atMs += 15_000;
  await other.runOnce();
  assert.equal((await works.state()).status, 'completed');
});

test('a lost claim of a process is found by the process itself', async (t) => {
  const works = await Works.openFor(t);
  const here = await works.begin(async () => sent);
  const other = await works.begin(neverSends);
  await works.aBatch(here.batches);
  await works.testRows.query('update batches set process_id = $1', [here.id]);
  await other.runOnce();
  assert.equal((await works.state()).status, 'pending');
  await here.runOnce();
  assert.deepEqual(await works.state(), { status: 'completed', process_id: null, estimated: 70_000 });
});

test('a cancellation claims its batch, and another process continues after that process is fenced', async (t) => {
  const works = await Works.openFor(t);
  const stuck = Promise.withResolvers<'cancelled'>();
  const [messageId] = await works.testRows.aCampaign(works.account.id, 1);
  assert.ok(messageId);
  const canceller = await works.begin(
    async () => sent,
    () => stuck.promise,
  );
  const successor = await works.begin(neverSends);
  const id = await works.aBatch(canceller.batches);
  await works.testRows.query(
    `with c as (update campaigns set batch_id = $1)
     update batches set status = 'inserted', due_at = $2, look_at = $2`,
    [id, new Date(nowMs + hour)],
  );
  await works.testRows.query(
    `insert into idempotency_keys (bucket, account_id, scope, key, campaign_id)
     select bucket, account_id, 2, campaign_id::text, campaign_id from batches`,
  );
  const cancelling = canceller.batches.cancel(works.access, id);
  await until('it is being cancelled', async () => (await works.state()).status === 'canceling');
  await successor.runOnce();
  await canceller.runOnce();
  assert.deepEqual(await works.state(), { status: 'canceling', process_id: canceller.id, estimated: 0 });
  await works.kill(canceller.id);
  await successor.runOnce();
  assert.deepEqual(await works.state(), { status: 'canceled', process_id: null, estimated: 0 });
  stuck.resolve('cancelled');
  await cancelling;
  assert.deepEqual(await works.state(), { status: 'canceled', process_id: null, estimated: 0 });
});
