// Senders of an account: names, virtual numbers, templates; and refused senders.
import assert from 'node:assert/strict';
import test from 'node:test';
import { updateSender } from '../../src/store/accounts/senders.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertAnswer, assertModel } from '../support/ovh-contract.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';

interface Sender {
  sender: string;
  status: string;
  type: string;
  referer: string;
  comment: string | null;
  validationMedia: string | null;
}

function speak(platform: TestPlatform, account: TestAccount) {
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const base = `/sms/${account.serviceName}`;
  const path = (name: string) => `${base}/senders/${encodeURIComponent(name)}`;
  return {
    client,
    base,
    path,
    ask: (sender: string, reason = 'our shop') => client.call('POST', `${base}/senders`, { sender, reason }),
    read: (name: string) => client.ok<Sender>('GET', path(name)),
    send: (sender: string) =>
      client.call<{ message?: string; ids?: number[] }>('POST', `${base}/jobs`, {
        message: 'Hello',
        receivers: [`+${mobile(1)}`],
        sender,
        noStopClause: true,
      }),
  };
}

test('a sender is requested, enabled at once, disabled, enabled again and deleted; names are compared exactly', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const { client, base, path, ask, read, send } = speak(platform, account);
  assert.equal((await send('BAH BOUH')).status, 403);
  assert.match((await send('BAH BOUH')).body.message!, /BAH BOUH does not exists. Please create it first/);
  const made = await ask('BAH BOUH');
  assert.deepEqual([made.status, made.body], [200, 'BAH BOUH']);
  assert.equal((await ask('BAH BOUH')).status, 409);
  assert.deepEqual(await client.ok('GET', `${base}/senders`), ['Chappe', 'BAH BOUH']);
  const sender = await read('BAH BOUH');
  assertModel('sms.Sender', sender);
  assert.deepEqual([sender.status, sender.type, sender.referer], ['enable', 'alpha', 'custom']);
  assert.equal((await send('BAH BOUH')).status, 200);
  assert.equal((await send('Bah Bouh')).status, 403);
  assert.equal((await client.call('GET', path('Bah Bouh'))).status, 404);

  await client.ok('PUT', path('BAH BOUH'), { status: 'disable' });
  assert.match((await send('BAH BOUH')).body.message!, /is not enabled/);
  await client.ok('PUT', path('BAH BOUH'), { description: 'of the shop' });
  assert.equal((await read('BAH BOUH')).status, 'disable');
  await client.ok('PUT', path('BAH BOUH'), { status: 'enable' });
  assert.equal((await send('BAH BOUH')).status, 200);
  assert.equal((await client.call('PUT', path('BAH BOUH'), { status: 'refused' })).status, 403);
  await client.ok('DELETE', path('BAH BOUH'));
  assert.equal((await send('BAH BOUH')).status, 403);
  await platform.quiet();
});

test('an invalid sender is refused, and a reason is required', async () => {
  await using platform = await openPlatform();
  const { client, base, ask } = speak(platform, await platform.anAccount());
  for (const name of ['', ' ', 'twelve chars', 'Élan', 'a/b', '12', '1234567890123456'])
    assert.equal((await ask(name)).status, 400, name);
  const unreasoned = await client.call<{ message: string }>('POST', `${base}/senders`, { sender: 'Shop' });
  assert.equal(unreasoned.status, 400);
  assert.match(unreasoned.body.message, /Please provide a reason/);
});

test('with review by the operator, a name waits for the decision and a number for the code sent to it', async () => {
  await using platform = await openPlatform({ config: { senderReview: 'manual' } });
  const account = await platform.anAccount();
  const { client, path, ask, read, send } = speak(platform, account);
  await ask('Shop');
  assert.equal((await read('Shop')).status, 'waitingValidation');
  assert.equal((await send('Shop')).status, 403);
  assert.equal((await client.call('PUT', path('Shop'), { status: 'enable' })).status, 403);
  assert.equal((await client.call('POST', `${path('Shop')}/validate`, { code: '1' })).status, 403);
  const key = { bucket: 0, id: account.id };
  await updateSender(platform.query, key, 'Shop', { status: 'refused', comment: 'whose?' }, ['waiting']);
  assert.deepEqual([(await read('Shop')).status, (await read('Shop')).comment], ['refused', 'whose?']);

  const number = `+${mobile(7)}`;
  await ask(number);
  await platform.quiet();
  const text = platform.carrier.inbox().find((sent) => sent.text.includes('confirms'))?.text;
  const [code] = /^\d{6}/.exec(text!)!;
  const waiting = await read(number);
  assert.deepEqual([waiting.type, waiting.validationMedia], ['numeric', 'sms']);
  const wrong = code === '000000' ? '000001' : '000000';
  assert.equal((await client.call('POST', `${path(number)}/validate`, { code: wrong })).status, 400);
  assert.equal((await client.call('POST', `${path(number)}/validate`, { code })).status, 200);
  assert.equal((await read(number)).status, 'enable');
  // However it is written.
  assert.equal((await send(number.replace('+', '00'))).status, 200);
  await platform.quiet();
});

test('five wrong codes are the last', async () => {
  await using platform = await openPlatform({ config: { senderReview: 'manual' } });
  const { client, path, ask } = speak(platform, await platform.anAccount());
  const number = `+${mobile(7)}`;
  await ask(number);
  const statuses = await Promise.all(
    Array.from({ length: 8 }, () => client.call('POST', `${path(number)}/validate`, { code: 'x' })),
  );
  assert.deepEqual(statuses.map(({ status }) => status).toSorted(), [400, 400, 400, 400, 400, 403, 403, 403]);
  await platform.quiet();
});

test('names from the domain and login of a customer are senders without a review', async () => {
  await using platform = await openPlatform({ config: { senderReview: 'manual' } });
  const account = await platform.anAccount({ email: 'boss@atelier.fr' });
  const { client, base, ask, read } = speak(platform, account);
  const available = await client.ok<unknown[]>('GET', `${base}/sendersAvailableForValidation`);
  assertAnswer('GET /sms/{serviceName}/sendersAvailableForValidation', available);
  assert.deepEqual(available, [
    { sender: 'atelier.fr', referer: 'domain' },
    { sender: 'atelier', referer: 'domain' },
    { sender: account.path.slice(1), referer: 'nichandle' },
  ]);
  await ask('atelier.fr', 'sendersAvailableForValidation');
  assert.deepEqual(
    [(await read('atelier.fr')).status, (await read('atelier.fr')).referer],
    ['enable', 'domain'],
  );
  const left = await client.ok('GET', `${base}/sendersAvailableForValidation?referer=domain`);
  assert.deepEqual(left, [{ sender: 'atelier', referer: 'domain' }]);
  const child = await platform.anAccount({ parent: account });
  const ofChild = speak(platform, child);
  assert.deepEqual(await ofChild.client.ok('GET', `${ofChild.base}/sendersAvailableForValidation`), []);
});

test('documents of a sender are written to the address in the answer, and deleted with the sender', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const { client, base, path } = speak(platform, account);
  const document = await client.ok<{ documentID: string; putUrl: string; getUrl: string; size: number }>(
    'POST',
    `${path('Chappe')}/documents`,
    { name: 'proof.pdf' },
  );
  assertModel('sms.SenderDocument', document);
  const put = await fetch(document.putUrl, { method: 'PUT', body: '%PDF-1.7' });
  assert.equal(put.ok, true);
  const one = `${path('Chappe')}/documents/${document.documentID}`;
  assert.equal((await client.ok<{ size: number }>('GET', one)).size, 8);
  await client.ok('PUT', one, { description: 'the register' });
  assert.equal((await client.ok<{ description: string }>('GET', one)).description, 'the register');
  assert.deepEqual(await client.ok('GET', `${path('Chappe')}/documents`), [document.documentID]);
  assert.deepEqual(await client.ok('GET', '/me/document'), []);
  assert.equal((await client.call('GET', `${base}/senders/None/documents`)).status, 404);
  await client.ok('DELETE', path('Chappe'));
  assert.equal((await fetch(document.getUrl)).ok, false);
});

test('a number of the account is a sender of this account only', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const other = await platform.anAccount();
  const { client, base, path, ask, send } = speak(platform, account);
  const number = { number: '33757000001', kind: 'virtual', countries: [] } as const;
  await insertReplyNumber(platform.query, number, platform.clock.now());
  assert.equal((await send('+33757000001')).status, 403);
  assert.equal((await ask('+33757000001')).status, 409, 'only the operator gives it away');
  await assignNumber(platform.query, '33757000001', account.id);
  assert.deepEqual(await client.ok('GET', `${base}/virtualNumbers`), ['+33757000001']);
  assert.deepEqual(await client.ok('GET', '/sms/virtualNumbers'), ['+33757000001']);
  const one = await client.ok('GET', '/sms/virtualNumbers/%2B33757000001');
  assertAnswer('GET /sms/virtualNumbers/{number}', one);
  const same = await client.ok('GET', `${base}/virtualNumbers/0033757000001`);
  assertAnswer('GET /sms/{serviceName}/virtualNumbers/{number}', same);
  assert.deepEqual(same, { number: '+33757000001', countryCode: 'fr' });
  const sender = await client.ok<Sender>('GET', path('+33757000001'));
  assertModel('sms.Sender', sender);
  assert.equal(sender.type, 'virtual');
  assert.equal((await client.call('DELETE', path('+33757000001'))).status, 403);
  assert.equal((await send('+33757000001')).status, 200);

  const foreign = speak(platform, other);
  assert.deepEqual(await foreign.client.ok('GET', `${foreign.base}/virtualNumbers`), []);
  assert.equal((await foreign.client.call('GET', '/sms/virtualNumbers/+33757000001')).status, 404);
  assert.equal((await foreign.send('+33757000001')).status, 403);
  await platform.quiet();
});

test('a template waits for the operator, and again when it is refused and mended', async () => {
  await using platform = await openPlatform({ config: { senderReview: 'manual' } });
  const account = await platform.anAccount();
  const { client, base } = speak(platform, account);
  const templates = `${base}/templatesControl`;
  const order = { name: 'login code', activity: 'authentification', message: 'Your code: #VALUE#' };
  assert.equal(await client.ok('POST', templates, order), null);
  assert.equal((await client.call('POST', templates, order)).status, 409);
  assert.equal((await client.call('POST', templates, { ...order, activity: 'fun' })).status, 400);
  assert.deepEqual(await client.ok('GET', templates), ['login code']);
  const one = `${templates}/login%20code`;
  const read = () => client.ok<{ status: string; message: string }>('GET', one);
  assertModel('sms.TemplateControl', await read());
  assert.equal((await read()).status, 'waitingValidation');
  const relaunch = { message: 'Code #VALUE#', description: 'shorter' };
  assert.equal((await client.call('POST', `${one}/relaunchValidation`, relaunch)).status, 403);
  await platform.query(`update message_templates set status = 'refused', comment = 'too long'`);
  await client.ok('POST', `${one}/relaunchValidation`, relaunch);
  assert.deepEqual([(await read()).status, (await read()).message], ['waitingValidation', 'Code #VALUE#']);
  await client.ok('PUT', one, { name: 'code', description: 'for signing in' });
  assert.deepEqual(await client.ok('GET', templates), ['code']);
  await client.ok('DELETE', `${templates}/code`);
  assert.equal((await client.call('DELETE', `${templates}/code`)).status, 404);
});
