// Many concurrent jobs, and many receivers in one: none is lost, none is charged twice, urgent ones are sent first.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { jobClient, notice } from '../support/ovh-jobs.ts';
import { openPlatform, priceMicros } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('fifty simultaneous jobs on one account never spend more than it has, whichever process they come by', async () => {
  const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  await using platform = await openPlatform({ processes: [all, all] });
  const account = await platform.anAccount({ creditMicros: 20n * priceMicros });
  const jobs = `/sms/${account.serviceName}/jobs`;
  const clients = platform.processes.map(({ running }) =>
    ovhClient(running.httpUrl!, account.ovh, () => platform.clock.now()),
  );
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      clients[i % 2]!.call<{ message?: string }>('POST', jobs, { ...notice, receivers: [mobile(i)] }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 20);
  for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
    assert.equal(status, 403);
    assert.match(body.message!, /credit/);
  }
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 20);
  assert.deepEqual(await platform.credit(account), { availableMicros: 0n, heldMicros: 0n });
});

test('five hundred receivers in one job are sent to once each, and their ends are read', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const receivers = Array.from({ length: 500 }, (_, i) => `+${mobile(i)}`);
  const report = await client.send({ ...notice, receivers, tag: 'all' });
  assert.deepEqual(report.validReceivers, receivers);
  assert.equal(new Set(report.ids).size, 500);
  assert.equal(report.totalCreditsRemoved, 500);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 500);
  await until('all are delivered', async () => {
    const [row] = await platform.query<{ n: number }>('select count(*) as n from messages where status = 2');
    return row!.n === 500;
  });
  const outgoing = `${client.path}/outgoing`;
  assert.deepEqual(await client.ok('GET', `${outgoing}?tag=all`), report.ids);
  const last = await client.ok<{ receiver: string; deliveryReceipt: number }>(
    'GET',
    `${outgoing}/${report.ids[499]}`,
  );
  assert.deepEqual([last.receiver, last.deliveryReceipt], [receivers[499], 1]);
});

test('an urgent message is sent before earlier ones', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  await platform.carrier.down();
  const priorities = ['veryLow', 'low', 'medium', 'high'];
  for (const [i, priority] of priorities.entries()) {
    const receivers = Array.from({ length: 30 }, (_, j) => mobile(100 * i + j));
    await client.send({ ...notice, receivers, priority });
  }
  await platform.carrier.up();
  await platform.quiet();
  const order = platform.carrier.taken.map(({ to }) => priorities[Math.floor(Number(to.slice(3, 9)) / 100)]);
  assert.deepEqual([...new Set(order)], priorities.toReversed());
});

test('random calls about sending are answered, and the ledger is consistent', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const client = jobClient(platform, account);
  const { ids } = await client.send({ ...notice, receivers: [mobile(1)], differedPeriod: 600 });
  const calls = [
    `POST ${client.path}/jobs`,
    `POST ${client.path}/users/desk/jobs`,
    `POST ${client.path}/virtualNumbers/33700000001/jobs`,
    `POST ${client.path}/batches`,
    'POST /sms/estimate',
    `GET ${client.path}/jobs/${ids[0]}`,
    `GET ${client.path}/seeOffers`,
    'GET /sms/ptts',
    'GET /sms/rates/destinations',
    'GET /sms/rates/packs',
    `GET ${client.path}/batches/x`,
    `PUT ${client.path}/batches/x`,
    `POST ${client.path}/batches/x/cancel`,
    `GET ${client.path}/batches`,
    `DELETE ${client.path}/jobs/999999999999999`,
  ];
  const names = [
    ...[
      'message',
      'receivers',
      'receiversSlotId',
      'receiversDocumentUrl',
      'sender',
      'senderForResponse',
      'class',
    ],
    ...[
      'noStopClause',
      'differedPeriod',
      'validityPeriod',
      'priority',
      'coding',
      'charset',
      'tag',
      'to',
      'from',
    ],
    ...['slotID', 'deferred', 'noStop', 'name', 'senderType', 'ptt', 'country', 'billingCountry', 'quantity'],
  ];
  const known = fc.constantFrom<unknown>(
    ...['Bonjour', 'Bonjour\0', '\ud800', 'a'.repeat(5000), '€'.repeat(100), '', ' '],
    ...['Chappe', '+33700000001', '38200', mobile(2), [mobile(3), 'x'], [[mobile(4)]], [null], {}],
    ...[true, false, 'true', null, 0, 1, -1, 1e300, 2 ** 53, '9'.repeat(400), '2880', 0.5],
    ...['high', 'veryLow', 'flash', 'FLASH', '8bit', 'UTF-8', 'alpha', 'fr', 'all', 'zz', 100],
    ...[
      '2026-11-19T10:00:00Z',
      '20261119T10:00:00',
      '9999-12-31T23:59:59Z',
      '0000-00-00',
      'http://127.0.0.1/',
    ],
  );
  const whole = {
    ...notice,
    receivers: [mobile(5)],
    from: 'Chappe',
    to: [mobile(6)],
    senderType: 'alpha',
    ptt: 4,
    country: 'fr',
    countryDestination: 'fr',
    countryCurrencyPrice: 'fr',
    quantity: 100,
    name: 'a',
  };
  const request = fc.record({
    call: fc.constantFrom(...calls),
    base: fc.constantFrom({}, whole, whole),
    members: fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof({ weight: 4, arbitrary: known }, fc.jsonValue()),
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ call, base, members: changed }) => {
      const members = { ...base, ...changed };
      const [method, path] = call.split(' ') as [string, string];
      const query = new URLSearchParams(
        Object.entries(members).map(
          ([name, value]) => [name, String(JSON.stringify(value)).toWellFormed()] as [string, string],
        ),
      );
      const answer =
        method === 'GET' || method === 'DELETE'
          ? await client.call(method, `${path}?${query}`)
          : await client.call(method, path, members);
      assert.ok(answer.status < 500, `${call} ${JSON.stringify(answer.body)}`);
    }),
    { numRuns: 500 },
  );
});
