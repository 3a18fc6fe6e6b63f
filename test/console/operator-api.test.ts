// The operator's calls about the installation over HTTP: the overview and the system, failing callbacks of an account and their end,
// the audit trail with its filters, the reply numbers, the sending hours, and what is stored about a number until it is erased.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body } from '../../src/dialects/console/contract.ts';
import { mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { type ConsoleMember, signInOperator } from '../support/console.ts';
import { openPlatform, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

async function seesFailingCallbacks(platform: TestPlatform, operator: ConsoleMember): Promise<void> {
  const account = await platform.anAccount();
  assert.deepEqual((await operator.call('operator.deliveries.list')).rows, []);
  await platform.customer.close();
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  const [row] = await until('the callback fails', async () => {
    const { rows } = await operator.call('operator.deliveries.list');
    return rows.length > 0 && rows;
  });
  assert.equal(row!.account, account.serviceName);
  assert.equal(row!.failing, 1);
  assert.equal(row!.givenUp, 0);
  assert.match(row!.last?.error ?? '', /ECONNREFUSED/);
  // An attempt is recorded a moment before the callback is written for the next one, and processes report their binds each 4 s.
  const { busiest, lastHour } = await until('the callback waits, and the carrier is usable', async () => {
    const overview = await operator.call('operator.overview.read');
    const { queues, carriers } = overview;
    return queues.callbacks === 1 && carriers.all === 1 && carriers.usable === 1 && overview;
  });
  assert.deepEqual([busiest[0]?.account, busiest[0]?.today.messages], [account.serviceName, 1]);
  assert.equal(lastHour.length, 60);
  await platform.customer.comeBack();
  await platform.advance(12_000);
  await until(
    'nothing fails',
    async () => (await operator.call('operator.deliveries.list')).rows.length === 0,
  );
}

async function keepsNumbers(operator: ConsoleMember): Promise<void> {
  await operator.call('operator.numbers.add', { body: { number: '+33757000001', countries: ['FR'] } });
  const twice = await operator.try('operator.numbers.add', {
    body: { number: '33757000001', countries: [] },
  });
  assert.deepEqual([twice.status, twice.body.reason], [409, 'conflict']);
  const wrong = await operator.try('operator.numbers.add', { body: { number: 'CHAPPE', countries: [] } });
  assert.deepEqual([wrong.status, wrong.body.reason], [422, 'value-invalid']);
  await operator.call('operator.numbers.setSurcharge', { body: { amount: '0.02' } });
  const { rows, surcharge } = await operator.call('operator.numbers.list');
  const added = rows.find(({ number }) => number === '33757000001');
  assert.deepEqual([added?.kind, added?.countries, added?.account], ['virtual', ['FR'], null]);
  assert.equal(surcharge, '0.020000');
  await operator.call('operator.numbers.remove', { number: '33757000001' });
}

async function filtersTheAudit(operator: ConsoleMember): Promise<void> {
  const numbers = await operator.call('operator.audit.list', { action: 'number' });
  assert.deepEqual(
    numbers.rows.map(({ action }) => action),
    ['number.removed', 'number.added'],
  );
  const { actor } = numbers.rows[0]!;
  const bySame = await operator.call('operator.audit.list', { action: 'number.added', actor });
  assert.equal(bySame.rows.length, 1);
  const byKind = await operator.call('operator.audit.list', { action: 'number', actor: actor.split(':')[0] });
  assert.equal(byKind.rows.length, 2);
  assert.deepEqual((await operator.call('operator.audit.list', { actor: 'cli:nobody' })).rows, []);
  const first = await operator.call('operator.audit.list', { action: 'number', limit: 1 });
  const second = await operator.call('operator.audit.list', {
    action: 'number',
    limit: 1,
    after: first.next,
  });
  assert.deepEqual([second.rows[0]?.action, second.next], ['number.added', null]);
}

async function erasesANumber(operator: ConsoleMember): Promise<void> {
  const number = `+${mobile(1)}`;
  const found = await operator.call('operator.person.show', { body: { number } });
  assert.ok(found.tables.some(({ table, rows }) => table === 'messages' && rows === 1));
  const withNumber = { body: { number, reason: `of ${number}` } };
  assert.equal((await operator.try('operator.person.erase', withNumber)).status, 422);
  const { erasure } = await operator.call('operator.person.erase', {
    body: { number, reason: 'request 17' },
  });
  assert.notEqual(erasure.completedAt, null);
  const after = await operator.call('operator.person.show', { body: { number } });
  assert.deepEqual(
    after.tables.filter(({ table }) => table === 'messages'),
    [],
  );
  assert.equal(after.erasures[0]?.reason, 'request 17');
}

type RouteBody = Required<Body<'operator.routes.add'>>;

/** A route with every condition and effect, refused ones, and the way of a message. */
async function routesMessages(platform: TestPlatform, operator: ConsoleMember): Promise<void> {
  const { serviceName: account } = await platform.anAccount();
  const usual = { country: 'FR', tier: null, sender: null, position: 10, weight: 1, cost: '0,09' } as const;
  const body: RouteBody = {
    ...{ carrier: 'carrier', ...usual, prefix: '+33 6', account, encoding: 'gsm7', choice: 'cheapest' },
    ...{ allowsLoss: false, newSender: '36111', resendLimit: 2, resendWithinS: 60 },
    ...{ purpose: 'marketing', tag: 'shop', hours: 'mon-fri 8:00-20:00 Europe/Paris', patienceS: 30 },
    resendOn: ['undelivered:004'],
  };
  const { route } = await operator.call('operator.routes.add', { body });
  const [stored] = (await operator.call('operator.routes.list')).rows;
  assert.deepEqual(stored, {
    ...{ route, carrier: 'carrier', ...usual, cost: '0.090000', prefix: '336', account, encoding: 'gsm7' },
    ...{ choice: 'cheapest', allowsLoss: false, newSender: '36111', resendOn: ['undelivered:004'] },
    ...{ resendLimit: 2, resendWithinS: 60, purpose: 'marketing', tag: 'shop' },
    ...{ hours: 'mon,tue,wed,thu,fri 08:00-20:00 Europe/Paris', patienceS: 30 },
  });
  for (const wrong of [
    { prefix: '32' },
    { choice: 'weight' as const },
    { account: 'nobody' },
    { resendOn: ['delivered'] },
    {},
  ]) {
    const { status } = await operator.try('operator.routes.add', { body: { ...body, ...wrong } });
    assert.equal(status, 422, JSON.stringify(wrong));
  }
  const { carrier: _, ...rule } = { ...body, purpose: null, tag: null, hours: null, patienceS: null };
  await operator.call('operator.routes.change', { route, body: rule });
  const verdicts = async () => {
    const answer = await operator.call('operator.routes.explain', { number: '+33612345678', account });
    assert.equal(answer.price, '0.050000');
    return answer.rows.map(({ verdict, cost }) => [verdict, cost]);
  };
  const [first, second] = await verdicts();
  assert.deepEqual([first, second?.[1]], [['loss', '0.090000'], null]);
  const changed = { ...rule, allowsLoss: true, cost: null, account: null, encoding: null };
  await operator.call('operator.routes.change', { route, body: { ...changed, choice: 'first' } });
  assert.partialDeepStrictEqual((await operator.call('operator.routes.list')).rows[0], {
    ...{ choice: 'first', allowsLoss: true, cost: null, account: null, encoding: null, prefix: '336' },
  });
  assert.notEqual((await verdicts())[0]![0], 'loss');
  await operator.call('operator.routes.remove', { route });
}

test('an operator watches the installation, and every number and reason that is wrong is refused', async () => {
  await using platform = await openPlatform();
  const operator = await signInOperator(platform);
  await seesFailingCallbacks(platform, operator);
  await keepsNumbers(operator);
  await filtersTheAudit(operator);
  await routesMessages(platform, operator);
  await erasesANumber(operator);

  const { processes, database, settings } = await operator.call('operator.system.read');
  assert.ok(processes.some(({ roles, isExpired }) => roles.includes('dispatch') && !isExpired));
  assert.ok(database.sizeBytes > 0 && database.tables.some(({ table }) => table === 'messages'));
  assert.ok(Array.isArray(settings));
  const { rows } = await operator.call('operator.hours.list', { year: 2026 });
  const france = rows.find(({ country }) => country === 'FR')!;
  assert.deepEqual([france.week[0], france.week[1]], [null, { open: 480, close: 1200 }]);
  assert.ok(france.holidays.includes('2026-12-25') && france.holidays.includes('2026-04-06'));
});

test('a refused request appears for its account and for the operator, equal ones as one row; accepted ones do not', async () => {
  await using platform = await openPlatform();
  const operator = await signInOperator(platform);
  const account = await platform.anAccount();
  const of = { account: account.serviceName };
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await sendRest(platform.url, account, { to: [] });
  for (const key of ['wrong', 'wrong', 'wrong'])
    await sendRest(platform.url, { ...account, apiKey: key }, { to: [mobile(2)] });
  const rows = await until('the refusals are listed', async () => {
    const { rows } = await operator.call('refused.list', of);
    return rows.length >= 2 && rows;
  });
  const wrongKey = rows.find(({ reason }) => reason === 'credentials-wrong')!;
  assert.deepEqual([wrongKey.times, wrongKey.dialect, wrongKey.method], [3, 'octopush-rest', 'POST']);
  assert.ok(rows.every(({ path }) => path === '/v1/public/sms-campaign/send'));
  const all = await operator.call('operator.refused.list', { reason: 'credentials-wrong' });
  assert.deepEqual(
    all.rows.map((row) => [row.account, row.times]),
    [[account.serviceName, 3]],
  );
});

test('an example of a callback is signed and pushed to the stored address, and its answer is shown', async () => {
  await using platform = await openPlatform();
  const operator = await signInOperator(platform);
  const account = await platform.anAccount();
  const of = { account: account.serviceName };
  const body = { kind: 'receipt', dialect: 'octopush-rest' };
  const good = await operator.call('callbacks.test', { ...of, body });
  assert.deepEqual([good.result, good.reason], ['delivered', null]);
  assert.match(good.request.body, /33639980001/);
  await platform.customer.close();
  const bad = await operator.call('callbacks.test', { ...of, body });
  assert.equal(bad.result, 'unreachable');
  assert.match(bad.reason ?? '', /ECONNREFUSED/);
  await platform.customer.comeBack();
});
