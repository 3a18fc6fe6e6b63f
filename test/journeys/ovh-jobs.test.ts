// Jobs of OVH's API: from a signed call to the carrier, their answers, waiting jobs and cancellation.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readMessageFacts } from '../../src/store/campaigns/message-timeline.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from '../support/clients.ts';
import { assertAnswer } from '../support/ovh-contract.ts';
import { advert, jobClient, notice, withShortCode } from '../support/ovh-jobs.ts';
import {
  openPlatform,
  priceMicros,
  type TestAccount,
  type TestPlatform,
  workingHours,
} from '../support/platform.ts';
import { until } from '../support/until.ts';

const minute = 60_000;
const hour = 60 * minute;

async function stop(platform: TestPlatform, account: TestAccount, number: string): Promise<void> {
  await platform.query('insert into opt_outs (bucket, account_id, msisdn, at) values (0, $1, $2, now())', [
    account.id,
    Number(number),
  ]);
}

test('a job is sent, charged and reported in credits; unreachable receivers do not fail it', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const report = await jobClient(platform, account).send({
    ...notice,
    receivers: [
      ...[`+${mobile(1)}`, `00${mobile(2)}`, mobile(3), `+${mobile(1)}`],
      ...['0600000000', 'nobody', 'nobody', '+33142020202', '+14155550100'],
    ],
    tag: 'colis',
    priority: 'high',
    class: 'phoneDisplay',
    coding: '7bit',
    charset: 'UTF-8',
    validityPeriod: '2880',
    differedPeriod: null,
    receiversSlotId: null,
  });
  assert.deepEqual(report.validReceivers, [`+${mobile(1)}`, `+${mobile(2)}`, `+${mobile(3)}`]);
  assert.deepEqual(report.invalidReceivers, ['0600000000', 'nobody', '+33142020202', '+14155550100']);
  assert.equal(report.totalCreditsRemoved, 3);
  assert.equal(report.tag, 'colis');
  await platform.quiet();
  const rows = await platform.query<{ id: number; msisdn: number }>(
    'select id, msisdn from messages order by id',
  );
  assert.deepEqual(
    rows.map(({ id, msisdn }) => [id, `+${msisdn}`]),
    report.ids.map((id, i) => [id, report.validReceivers[i]]),
  );
  assert.equal((await platform.credit(account)).availableMicros, 1_000_000_000n - 3n * priceMicros);
  assert.equal(platform.carrier.taken[0]!.from, 'Chappe');
  assert.equal(platform.carrier.taken[0]!.dataCoding, 0);
});

test('a job without a valid receiver is answered with 200 and lists them as invalid', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  for (const receivers of [['nobody', '12'], ['+33142020202'], ['+999123456789'], ['0612345678'], ['']])
    assert.deepEqual(await client.send({ ...notice, receivers }), {
      totalCreditsRemoved: 0,
      invalidReceivers: receivers,
      ids: [],
      validReceivers: [],
      tag: '',
    });
  assert.equal(await platform.count('messages'), 0);
  const lenient = await platform.anAccount({ settings: { readsNationalReceivers: true } });
  const report = await jobClient(platform, lenient).send({ ...notice, receivers: ['0612345678'] });
  assert.deepEqual(report.validReceivers, ['+33612345678']);
  await platform.quiet();
});

test('recipients that opted out are skipped and not charged, except for a text that is declared transactional', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  await withShortCode(platform);
  await stop(platform, account, mobile(1));
  const client = jobClient(platform, account);
  const receivers = [`+${mobile(1)}`, `+${mobile(2)}`];
  const { noStopClause: _, ...unsaid } = notice;
  for (const job of [unsaid, { ...unsaid, sender: undefined, senderForResponse: true }]) {
    const report = await client.send({ ...job, receivers });
    assert.deepEqual(report.validReceivers, [`+${mobile(2)}`]);
    assert.deepEqual(report.invalidReceivers, [`+${mobile(1)}`]);
  }
  assert.deepEqual((await client.send({ ...notice, receivers })).validReceivers, receivers);
  await platform.quiet();
});

test('a priority, a class and a validity reach the carrier', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ settings: { honoursFlash: true } });
  const client = jobClient(platform, account);
  const classes = { flash: 0xf0, phoneDisplay: 0, sim: 0xf2, toolkit: 0xf3 };
  for (const [i, name] of Object.keys(classes).entries())
    await client.send({ ...notice, receivers: [mobile(i)], class: name, coding: '8bit' });
  await client.send({ ...notice, message: 'Été œuvre', receivers: [mobile(9)], class: 'flash' });
  await platform.quiet();
  const codings = Object.fromEntries(platform.carrier.taken.map(({ to, dataCoding }) => [to, dataCoding]));
  assert.deepEqual(
    codings,
    Object.fromEntries([...Object.values(classes).map((c, i) => [mobile(i), c]), [mobile(9), 0x18]]),
  );
});

test('advertising gets its clause, which counts, and waits for its hours', async () => {
  const saturdayNight = Date.UTC(2026, 10, 21, 22, 30);
  const mondayAtEight = Date.UTC(2026, 10, 23, 7);
  await using platform = await openPlatform({ nowMs: saturdayNight });
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const credits = async (message: string) =>
    (await client.send({ ...advert, message, receivers: [mobile(1)] })).totalCreditsRemoved;
  assert.equal(await credits('a'.repeat(149)), 1);
  assert.equal(await credits('a'.repeat(150)), 2);
  assert.equal(await credits('€'.repeat(74)), 1, 'signs of two are counted twice');
  assert.equal(await credits('œ'.repeat(59)), 1);
  assert.equal(await credits('œ'.repeat(60)), 2);
  const ids = await client.ok<number[]>('GET', `${client.path}/jobs`);
  assertAnswer('GET /sms/{serviceName}/jobs', ids);
  assert.equal(ids.length, 5);
  const job = await client.ok<{ message: string; messageLength: number }>(
    'GET',
    `${client.path}/jobs/${ids[0]}`,
  );
  assertAnswer('GET /sms/{serviceName}/jobs/{id}', job);
  assert.equal(job.message, `${'a'.repeat(149)}\nSTOP 36180`);
  assert.equal(job.messageLength, 160);
  assert.equal(platform.carrier.taken.length, 0);
  await platform.advance(mondayAtEight - saturdayNight);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 7);
});

test('a text that is declared transactional has no STOP clause and is sent at night', async () => {
  await using platform = await openPlatform({ nowMs: Date.UTC(2026, 10, 21, 22, 30) });
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  assert.equal(
    (await client.send({ ...notice, message: 'a'.repeat(160), receivers: [mobile(1)] })).totalCreditsRemoved,
    1,
  );
  await platform.quiet();
  assert.deepEqual(await client.ok('GET', `${client.path}/jobs`), []);
  assert.equal(platform.carrier.taken.length, 1);
});

test('a deferred job is listed, read, cancelled and given back; the others leave in their time', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const receivers = Array.from({ length: 3 }, (_, i) => mobile(i));
  await platform.advance(30 * minute);
  const sentFromMs = platform.clock.now();
  const { ids } = await client.send({ ...notice, receivers, differedPeriod: 90 });
  const sentUntilMs = platform.clock.now();
  await client.send({ ...notice, receivers: [mobile(10)] });
  assert.deepEqual(await client.ok('GET', `${client.path}/jobs`), ids);
  const job = await client.ok<{ creationDatetime: string }>('GET', `${client.path}/jobs/${ids[1]}`);
  assertAnswer('GET /sms/{serviceName}/jobs/{id}', job);
  // In Paris, in whole seconds, the second in which it was sent however long that took.
  assert.match(job.creationDatetime, /^2026-11-18T10:3\d:\d\d\+01:00$/);
  const createdAtMs = Date.parse(job.creationDatetime);
  assert.ok(createdAtMs > sentFromMs - 1_000 && createdAtMs <= sentUntilMs, job.creationDatetime);
  assert.partialDeepStrictEqual(job, {
    id: ids[1],
    receiver: `+${receivers[1]}`,
    sender: 'Chappe',
    differedDelivery: 90,
    numberOfSms: 1,
    credits: 1,
  });
  assert.equal(await client.ok('DELETE', `${client.path}/jobs/${ids[1]}`), null);
  assert.equal((await client.call('DELETE', `${client.path}/jobs/${ids[1]}`)).status, 404);
  assert.equal((await client.call('GET', `${client.path}/jobs/${ids[1]}`)).status, 404);
  assert.deepEqual(await client.ok('GET', `${client.path}/jobs`), [ids[0], ids[2]]);
  await until(
    'only what waits is held',
    async () => (await platform.credit(account)).heldMicros === 2n * priceMicros,
  );
  await platform.advance(90 * minute);
  await platform.quiet();
  assert.deepEqual(await client.ok('GET', `${client.path}/jobs`), []);
  assert.equal((await client.call('GET', `${client.path}/jobs/${ids[0]}`)).status, 404);
  assert.equal(platform.carrier.takenFor(receivers[1]!), 0);
  assert.equal(platform.carrier.takenFor(receivers[2]!), 1);
});

test('an account neither sees nor cancels jobs of another account', async () => {
  await using platform = await openPlatform();
  const [account, stranger] = [await platform.anAccount(), await platform.anAccount()];
  const client = jobClient(platform, account);
  const other = jobClient(platform, stranger);
  const { ids } = await client.send({ ...notice, receivers: [mobile(1)], differedPeriod: 60 });
  assert.deepEqual(await other.ok('GET', `${other.path}/jobs`), []);
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await other.call(method, `${other.path}/jobs/${ids[0]}`)).status, 404);
    assert.equal((await other.call(method, `${client.path}/jobs/${ids[0]}`)).status, 404);
  }
  await platform.advance(hour);
  await platform.quiet();
  assert.equal(platform.carrier.takenFor(mobile(1)), 1);
});

test('a short code carries no web address, and costs nothing more', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  await withShortCode(platform, '38000');
  const receivers = [mobile(1)];
  for (const origin of [{ senderForResponse: true }, {}, { senderForResponse: true, sender: 'Chappe' }]) {
    const refused = await client.call<{ message: string }>('POST', `${client.path}/jobs`, {
      message: 'Voir https://exemple.fr',
      receivers,
      ...origin,
    });
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, /contact information/i);
    assert.equal(
      (await client.send({ message: 'Oui ou non ?', receivers, ...origin })).totalCreditsRemoved,
      1,
    );
  }
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ from }) => from),
    ['38000', '38000', '38000'],
  );
});

test('a fault of a job is refused with its field', async () => {
  await using platform = await openPlatform({ nowMs: workingHours });
  const account = await platform.anAccount({ creditMicros: priceMicros });
  const client = jobClient(platform, account);
  const receivers = [mobile(1)];
  const cases: [object, number, RegExp][] = [
    [{ receivers }, 400, /message/],
    [{ ...notice, message: ' ', receivers }, 400, /message/],
    [notice, 400, /receivers/],
    [{ ...notice, receivers: [] }, 400, /receivers/],
    [{ ...notice, receivers, priority: 'urgent' }, 400, /priority/],
    [{ ...notice, receivers, charset: 'ISO-8859-1' }, 400, /charset/],
    [{ ...notice, receivers, differedPeriod: -5 }, 400, /differedPeriod/],
    [{ ...notice, receivers, differedPeriod: 1_000_000 }, 400, /year/],
    [{ ...notice, receivers, validityPeriod: 'soon' }, 400, /validityPeriod/],
    [{ ...notice, receivers, tag: 'x'.repeat(300) }, 400, /tag/],
    [{ ...notice, message: 'x'.repeat(5000), receivers }, 400, /segments/],
    [{ ...notice, receivers: [mobile(1), mobile(2)] }, 403, /credit/],
  ];
  for (const [job, status, message] of cases) {
    const answer = await client.call<{ message: string }>('POST', `${client.path}/jobs`, job);
    assert.equal(answer.status, status, JSON.stringify([job, answer.body]).slice(0, 300));
    assert.match(answer.body.message, message);
  }
  assert.equal((await client.send({ ...notice, receivers })).ids.length, 1);
  await platform.quiet();
});

test('a sender belongs to the account and is enabled; a number of the account has no STOP clause', async () => {
  const saturdayNight = Date.UTC(2026, 10, 21, 22, 30);
  await using platform = await openPlatform({ nowMs: saturdayNight });
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const receivers = [mobile(1)];
  const refusal = async (sender: string) => {
    const answer = await client.call<{ message: string }>('POST', `${client.path}/jobs`, {
      ...notice,
      sender,
      receivers,
    });
    return `${answer.status} ${answer.body.message}`;
  };
  assert.equal(await refusal('Nobody'), '403 Sms sender Nobody does not exists. Please create it first');
  assert.equal(await refusal('chappe'), '403 Sms sender chappe does not exists. Please create it first');
  assert.match(await refusal('x'.repeat(40)), /^403 Sms sender/);
  await platform.query("update senders set status = 'disabled'");
  assert.equal(await refusal('Chappe'), '403 Sms sender Chappe is not enabled');

  await insertReplyNumber(
    platform.query,
    { number: '33700000001', kind: 'virtual', countries: [] },
    platform.clock.now(),
  );
  await assignNumber(platform.query, '33700000001', account.id);
  for (const sender of ['+33700000001', '0033700000001'])
    assert.equal((await client.send({ message: 'a'.repeat(160), sender, receivers })).totalCreditsRemoved, 1);
  const report = await client.send({ message: 'Bonjour', receivers }, '/virtualNumbers/+33700000001');
  assert.equal(report.ids.length, 1);
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ from }) => from),
    Array(3).fill('33700000001'),
  );
  const { ids } = await client.send(
    { message: 'Demain', receivers, differedPeriod: 60 },
    '/virtualNumbers/+33700000001',
  );
  const jobs = `${client.path}/virtualNumbers/0033700000001/jobs`;
  assert.deepEqual(await client.ok('GET', jobs), ids);
  const job = await client.ok('GET', `${jobs}/${ids[0]}`);
  assertAnswer('GET /sms/{serviceName}/virtualNumbers/{number}/jobs/{id}', job);
  assert.equal(await client.ok('DELETE', `${jobs}/${ids[0]}`), null);
  for (const number of ['33700000002', 'Chappe', 'x'])
    assert.equal(
      (await client.call('POST', `${client.path}/virtualNumbers/${number}/jobs`, { message: 'a', receivers }))
        .status,
      404,
    );
});

test("jobs of a user are found under the user's path", async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  await client.ok('POST', `${client.path}/users`, { login: 'desk', password: 'Secret12' });
  const job = { ...notice, receivers: [mobile(1)], differedPeriod: 60 };
  const { ids } = await client.send(job, '/users/desk');
  const { ids: others } = await client.send(job);
  assert.deepEqual(await client.ok('GET', `${client.path}/users/desk/jobs`), ids);
  assert.deepEqual(await client.ok('GET', `${client.path}/jobs`), [...ids, ...others]);
  const one = await client.ok('GET', `${client.path}/users/desk/jobs/${ids[0]}`);
  assertAnswer('GET /sms/{serviceName}/users/{login}/jobs/{id}', one);
  assert.equal((await client.call('GET', `${client.path}/users/desk/jobs/${others[0]}`)).status, 404);
  assert.equal((await client.call('DELETE', `${client.path}/users/desk/jobs/${others[0]}`)).status, 404);
  assert.equal((await client.call('POST', `${client.path}/users/nobody/jobs`, job)).status, 404);
  assert.equal(await client.ok('DELETE', `${client.path}/users/desk/jobs/${ids[0]}`), null);
  await platform.advance(hour);
  await platform.quiet();
  assert.equal(platform.carrier.taken.length, 1);
});

test('a flash class is ignored unless the account honours it, in jobs and batches, with a note in the timeline', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const { ids } = await client.send({ ...notice, receivers: [mobile(1)], class: 'flash', coding: '8bit' });
  await client.send({ ...notice, receivers: [mobile(2)], class: 'phoneDisplay' });
  const batch = { message: 'Bonjour', from: 'Chappe', noStop: true, class: 'FLASH', to: [mobile(3)] };
  await client.ok('POST', `${client.path}/batches`, batch);
  await until('three have left', () => platform.carrier.taken.length === 3);
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ dataCoding }) => dataCoding),
    [0, 0, 0],
  );
  const notes = await platform.query<{ notes: string[] | null }>('select notes from campaigns order by id');
  assert.deepEqual(
    notes.map((row) => row.notes),
    [['class-flash-ignored'], null, ['class-flash-ignored']],
  );
  const steps = (await readMessageFacts(platform.query, ids[0]!))!.steps;
  assert.deepEqual(
    steps.filter(({ step }) => step === 'noted').map(({ detail }) => detail),
    ['the class flash was asked for and ignored; chappe account set --flash-class yes honours it'],
  );
});

test('without a short code a job leaves from the sender it names, or from the only one of the account', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const client = jobClient(platform, account);
  const message = 'Voir https://exemple.fr';
  const unnamed = { message, noStopClause: true, senderForResponse: true };
  await client.send({ ...unnamed, sender: 'Chappe', receivers: [mobile(1)] });
  await client.send({ ...unnamed, receivers: [mobile(2)] });
  await client.send({ message, noStopClause: true, receivers: [mobile(3)] });
  await client.ok('POST', `${client.path}/users`, { login: 'desk', password: 'Secret12' });
  await client.send({ ...unnamed, sender: 'Chappe', receivers: [mobile(4)] }, '/users/desk');
  await platform.quiet();
  assert.deepEqual(
    platform.carrier.taken.map(({ from }) => from),
    Array(4).fill('Chappe'),
  );
  const notes = await platform.query<{ note: string }>('select notes[1] as note from campaigns order by id');
  assert.deepEqual(
    notes.map(({ note }) => note),
    ['no-short-code', 'only-sender', 'only-sender', 'no-short-code'],
  );
  const refusal = async (job: object) => {
    const answer = await client.call<{ message: string }>('POST', `${client.path}/jobs`, job);
    return `${answer.status} ${answer.body.message}`;
  };
  await client.ok('POST', `${client.path}/senders`, { sender: 'Second', reason: 'our shop' });
  assert.match(await refusal({ ...unnamed, receivers: [mobile(5)] }), /^400 \[sender\] Give a sender/);
  assert.match(await refusal({ ...unnamed, sender: 'X', receivers: [mobile(5)] }), /^403 Sms sender X/);
});
