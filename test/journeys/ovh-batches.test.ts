// Batches of OVH's API: ordered, sent, followed, cancelled.
import assert from 'node:assert/strict';
import test from 'node:test';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from '../support/clients.ts';
import { anotherProcess, declareDead } from '../support/other-process.ts';
import { assertAnswer, assertModel } from '../support/ovh-contract.ts';
import { jobClient } from '../support/ovh-jobs.ts';
import { openPlatform, priceMicros, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const hour = 3_600_000;

interface Batch {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly errors: readonly { receiver: string; message: string }[];
  readonly totalRecords: number;
  readonly processedRecords: number;
  readonly estimatedCredits: number;
  readonly receivers: readonly string[] | null;
  readonly sentAt: string | null;
}

const sms = { message: 'Soldes', from: 'Chappe', noStop: true } as const;

function batchClient(platform: TestPlatform, account: TestAccount) {
  const client = jobClient(platform, account);
  const path = `${client.path}/batches`;
  const read = (id: string) => client.ok<Batch>('GET', `${path}/${id}`);
  return {
    ...client,
    path,
    read,
    async create(batch: object): Promise<Batch> {
      const created = await client.ok<Batch>('POST', path, batch);
      assertAnswer('POST /sms/{serviceName}/batches', created);
      assert.equal(created.status, 'PENDING');
      return created;
    },
    async whenIn(id: string, status: string): Promise<Batch> {
      let seen: Batch | null = null;
      await until(
        `the batch is ${status}`,
        async () => {
          seen = await read(id);
          return seen.status === status;
        },
        { tell: () => [JSON.stringify(seen)] },
      );
      assertModel('sms.Batch', seen);
      return seen!;
    },
    async statistics(id: string): Promise<Record<string, unknown>> {
      const statistics = await client.ok<Record<string, unknown>>('GET', `${path}/${id}/statistics`);
      assertAnswer('GET /sms/{serviceName}/batches/{id}/statistics', statistics);
      return statistics;
    },
  };
}

test('a batch is stored, sent, completed and counted; skipped receivers are named', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const to = [`+${mobile(1)}`, `+${mobile(2)}`, `+${mobile(3, '90')}`, 'nobody', '0612345678'];
  const batch = await client.create({ ...sms, name: 'Hiver', to, tag: 'soldes', slotId: null });
  assert.equal(batch.totalRecords, 5);
  assert.equal(batch.estimatedCredits, 3);
  assert.deepEqual(batch.receivers, to);
  const done = await client.whenIn(batch.id, 'COMPLETED');
  assert.deepEqual(
    done.errors.map(({ receiver }) => receiver),
    ['nobody', '0612345678'],
  );
  assert.equal(done.processedRecords, 5);
  assert.notEqual(done.sentAt, null);
  await platform.quiet();
  await until('all receipts are in', async () => {
    const { delivered, failed } = await client.statistics(batch.id);
    return delivered === 2 && failed === 1;
  });
  assert.deepEqual(await client.statistics(batch.id), {
    id: batch.id,
    estimatedCredits: 3,
    credits: 3,
    pending: 0,
    sent: 3,
    delivered: 2,
    failed: 1,
    stoplisted: 0,
  });
  const outgoing = `/sms/${account.serviceName}/outgoing`;
  assert.equal((await client.ok<number[]>('GET', `${outgoing}?batchID=${batch.id}`)).length, 3);
  assert.equal((await client.ok<number[]>('GET', `${outgoing}?tag=soldes`)).length, 3);

  const list = await client.ok<Batch[]>('GET', client.path);
  assertAnswer('GET /sms/{serviceName}/batches', list);
  assert.deepEqual(list, [done]);
  const renamed = await client.ok<Batch>('PUT', `${client.path}/${batch.id}`, { name: 'Été' });
  assert.equal(renamed.name, 'Été');
  assert.equal(await client.ok('DELETE', `${client.path}/${batch.id}`), null);
  assert.equal((await client.call('GET', `${client.path}/${batch.id}`)).status, 404);
});

test('a deferred batch waits, is cancelled and releases its credit; a sent one is too late', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  // As OVH's UI writes it: without punctuation and zone, in the time of Paris.
  const deferred = '20261118T11:30:00';
  const first = await client.create({ ...sms, to: [mobile(1), mobile(2)], deferred });
  const second = await client.create({ ...sms, to: [mobile(3)], deferred });
  const waiting = await client.whenIn(first.id, 'INSERTED');
  assert.equal(waiting.sentAt, null);
  await client.whenIn(second.id, 'INSERTED');
  assert.deepEqual((await client.statistics(first.id))['pending'], 2);
  assert.equal((await platform.credit(account)).heldMicros, 3n * priceMicros);
  assert.equal((await client.ok<number[]>('GET', `/sms/${account.serviceName}/jobs`)).length, 3);
  assert.equal((await client.call('DELETE', `${client.path}/${first.id}`)).status, 409);

  const cancelled = await client.ok<Batch>('POST', `${client.path}/${first.id}/cancel`);
  assertModel('sms.Batch', cancelled);
  assert.equal(cancelled.status, 'CANCELED');
  assert.equal((await client.ok<Batch>('POST', `${client.path}/${first.id}/cancel`)).status, 'CANCELED');
  assert.equal((await platform.credit(account)).heldMicros, priceMicros);

  await platform.advance(1.5 * hour);
  await client.whenIn(second.id, 'COMPLETED');
  assert.equal((await client.call('POST', `${client.path}/${second.id}/cancel`)).status, 409);
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ to }) => to),
    [mobile(3)],
  );
});

test('a batch cancelled as it is made never leaves, or it is too late', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'],
      ['listeners', 'jobs', 'maintenance'],
    ],
  });
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const to = Array.from({ length: 20 }, (_, i) => mobile(i));
  const deferred = '2026-11-18T12:00:00+01:00';
  const made = await Promise.all(Array.from({ length: 10 }, () => client.create({ ...sms, to, deferred })));
  const asked = await Promise.all(
    made.map(({ id }) => client.call<Batch>('POST', `${client.path}/${id}/cancel`)),
  );
  for (const { status, body } of asked) {
    assert.equal(status, 200);
    assert.match(body.status, /^(CANCELED|CANCELING|TO_CANCEL)$/);
  }
  for (const { id } of made) await client.whenIn(id, 'CANCELED');
  await platform.advance(2 * hour);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 0);
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000_000n);
});

test('a batch without sufficient credit fails as a whole, with the reason', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ creditMicros: priceMicros });
  const client = batchClient(platform, account);
  const batch = await client.create({ ...sms, to: [mobile(1), mobile(2)] });
  const failed = await client.whenIn(batch.id, 'FAILED');
  assert.equal(failed.errors.length, 1);
  assert.match(failed.errors[0]!.message, /credit/);
  const nobody = await client.create({ ...sms, to: ['nobody', '12'] });
  assert.deepEqual(
    (await client.whenIn(nobody.id, 'FAILED')).errors.map(({ receiver }) => receiver),
    ['nobody', '12'],
  );
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 0);
  assert.deepEqual((await client.statistics(batch.id))['pending'], 0);
});

test('advertising in a batch has its clause, from a number of the account too; a STOP to it is counted', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const number = { number: '33700000001', kind: 'virtual', countries: [] } as const;
  await insertReplyNumber(platform.query, number, platform.clock.now());
  await assignNumber(platform.query, number.number, account.id);
  for (const from of ['Chappe', '+33700000001']) {
    const { id } = await client.create({ message: 'Soldes', from, to: [mobile(1)] });
    await client.whenIn(id, 'COMPLETED');
  }
  const sent = await platform.query<{ text: string; sender: string }>('select text, sender from campaigns');
  assert.deepEqual(
    sent.map(({ text }) => text),
    Array(2).fill('Soldes\nSTOP 36180'),
  );
  await platform.quiet();
  platform.carrier.reply(mobile(1), '33700000001', 'STOP');
  const [last] = await client.ok<Batch[]>('GET', client.path);
  await until('the STOP is counted', async () => (await client.statistics(last!.id))['stoplisted'] === 1);
  const later = await client.create({ message: 'Soldes', from: 'Chappe', to: [mobile(1), mobile(2)] });
  const done = await client.whenIn(later.id, 'COMPLETED');
  assert.deepEqual(
    done.errors.map(({ receiver }) => receiver),
    [mobile(1)],
  );
});

test('a batch is sent to the list of a slot with the values of its columns', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const csv = `number;nom\n+${mobile(1)};Anne\n0${mobile(2).slice(2)};Zoé\n+14155550100;X\n`;
  const document = await client.ok<{ id: string; putUrl: string }>('POST', '/me/document', { name: 'a.csv' });
  await fetch(document.putUrl, { method: 'PUT', body: csv });
  const slot = { slotId: 3, description: 'a', documentId: document.id, autoUpdate: false };
  await client.ok('POST', `/sms/${account.serviceName}/receivers`, slot);
  const batch = await client.create({ ...sms, message: 'Bonjour #nom#', slotId: 3, to: null });
  const done = await client.whenIn(batch.id, 'COMPLETED');
  assert.deepEqual(
    done.errors.map(({ receiver }) => receiver),
    ['+14155550100'],
  );
  assert.equal(done.totalRecords, 3);
  assert.equal(done.estimatedCredits, 2);
  await platform.quiet();
  const texts = await platform.query<{ text: string }>('select text from messages order by msisdn');
  assert.deepEqual(
    texts.map(({ text }) => text),
    ['Bonjour Anne', 'Bonjour Zoé'],
  );
  const wrong = await client.create({ ...sms, message: 'Bonjour #prenom#', slotID: '3' });
  const failed = await client.whenIn(wrong.id, 'FAILED');
  assert.match(failed.errors[0]!.message, /prenom/);
  const empty = await client.call('POST', client.path, { ...sms, slotID: '4' });
  assert.equal(empty.status, 400);
});

test('a fault of a batch is refused at once, with its field', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const to = [mobile(1)];
  const cases: [object, number, RegExp][] = [
    [{ ...sms, message: undefined, to }, 400, /message/],
    [{ ...sms, message: ' ', to }, 400, /message/],
    [{ ...sms, message: 'x'.repeat(5000), to }, 400, /segments/],
    [{ ...sms, from: undefined, to }, 400, /from/],
    [{ ...sms, from: 'Nobody', to }, 403, /Nobody/],
    [sms, 400, /to/],
    [{ ...sms, to: [] }, 400, /to/],
    [{ ...sms, to, slotID: '1' }, 400, /slot/],
    [{ ...sms, to, class: 'LOUD' }, 400, /class/],
    [{ ...sms, to, deferred: 'tomorrow' }, 400, /deferred/],
    [{ ...sms, to, deferred: '2036-01-01T00:00:00Z' }, 400, /year/],
    [{ ...sms, to, tag: 'x'.repeat(300) }, 400, /tag/],
  ];
  for (const [batch, status, message] of cases) {
    const answer = await client.call<{ message: string }>('POST', client.path, batch);
    assert.equal(answer.status, status, JSON.stringify([batch, answer.body]).slice(0, 300));
    assert.match(answer.body.message, message);
  }
  const unknown = '5f1c1f3e-0000-4000-8000-000000000000';
  for (const [method, path] of [
    ['GET', unknown],
    ['PUT', unknown],
    ['DELETE', unknown],
    ['GET', `${unknown}/statistics`],
    ['POST', `${unknown}/cancel`],
    ['GET', 'x'],
  ] as const)
    assert.match(
      String(
        (await client.call(method, `${client.path}/${path}`, method === 'PUT' ? { name: 'a' } : undefined))
          .status,
      ),
      /^40[04]$/,
    );
});

test('a batch is carried out though the process that began it ends', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'],
      ['listeners', 'jobs', 'maintenance'],
    ],
  });
  const account = await platform.anAccount();
  const client = batchClient(platform, account);
  const batch = await client.create({ ...sms, to: [mobile(1), mobile(2), 'nobody'] });
  await client.whenIn(batch.id, 'COMPLETED');
  // As it stands when whoever sent it came not to write that down.
  const other = await anotherProcess(platform);
  await platform.query(
    `update batches set status = 'inserting', errors = '[]', due_at = null, finished_at = null, look_at = created_at,
       process_id = $1`,
    [other],
  );
  await platform.advance(hour);
  const next = await client.create({ ...sms, to: [mobile(3)] });
  await client.whenIn(next.id, 'COMPLETED');
  assert.equal((await client.read(batch.id)).status, 'INSERTING', 'however long its process takes');
  await declareDead(platform.database, other);
  const done = await client.whenIn(batch.id, 'COMPLETED');
  assert.deepEqual(
    done.errors.map(({ receiver }) => receiver),
    ['nobody'],
  );
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 3);
});
