// The command line next to a running platform: an account created, a message sent and followed, the ledger audited.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chappe, chappeJson } from '../support/black-box.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { openPlatform } from '../support/platform.ts';

test('a message of the command line is delivered, explained and charged, while the platform runs', async () => {
  // The command is a process of its own, with the real clock.
  await using platform = await openPlatform({ nowMs: Date.now() });
  const { user, password, host, port, database } = platform.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const surroundings = { dataDir: 'unused', env: { DATABASE_URL: url, CHAPPE_LOG_LEVEL: 'silent' } };

  const created = await chappeJson<{ account: string; octopush: { user_login: string; api_key: string } }>(
    [
      ...['account', 'create', '--email', 'hand@example.com', '--credit', '1'],
      ...['--callback', platform.customer.url('/hand')],
    ],
    surroundings,
  );
  const sent = await chappeJson<{ message: number; status: string }>(
    ['send', '--to', `+${mobile(1)}`, '--text', 'By hand', '--sender', 'Chappe', '--wait'],
    surroundings,
  );
  assert.equal(sent.status, 'delivered');
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'DELIVERED');

  const keys = { login: created.octopush.user_login, apiKey: created.octopush.api_key };
  assert.ok(
    (await sendRest(platform.url, keys, { to: [mobile(2)] })).isAccepted,
    'the keys open the door at once',
  );
  await platform.customer.whenTold(mobile(2));
  await platform.quiet();

  const [shown, credit, audited] = await Promise.all([
    chappe(['message', 'show', String(sent.message)], surroundings),
    chappeJson<{ available: string }>(['account', 'credit', created.account, '--show'], surroundings),
    chappe(['account', 'credit', '--audit'], surroundings),
  ]);
  assert.equal(shown.status, 0, shown.stderr);
  for (const step of ['accepted', 'submitted', 'charged', 'finished', 'called back'])
    assert.match(shown.stdout, new RegExp(step));
  assert.equal(credit.available, '0.900000');
  assert.equal(audited.status, 0, audited.stdout);
});

test('the audit of the command line finds a changed ledger and ends with status 1', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount();
  const { user, password, host, port, database } = platform.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  await platform.query('update balances set balance_micros = balance_micros + 1 where account_id = $1', [
    account.id,
  ]);
  const audited = await chappe(['account', 'credit', '--audit'], {
    dataDir: 'unused',
    env: { DATABASE_URL: url },
  });
  assert.equal(audited.status, 1);
  assert.match(audited.stdout, /the stored balance is top-ups plus adjustments minus charges/);
  await platform.query('update balances set balance_micros = balance_micros - 1 where account_id = $1', [
    account.id,
  ]);
});

test('the operator decides about senders and templates, and gives numbers away, by hand', async () => {
  await using platform = await openPlatform({ nowMs: Date.now(), config: { senderReview: 'manual' } });
  const { user, password, host, port, database } = platform.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const surroundings = { dataDir: 'unused', env: { DATABASE_URL: url, CHAPPE_LOG_LEVEL: 'silent' } };
  const account = await platform.anAccount();
  const service = account.serviceName;
  const client = ovhClient(platform.url, account.ovh);
  const base = `/sms/${service}`;
  const statusOf = async (path: string) =>
    (await client.ok<{ status: string }>('GET', `${base}${path}`)).status;

  await client.ok('POST', `${base}/senders`, { sender: 'My Shop', reason: 'ours' });
  const order = { name: 'code', activity: 'authentification', message: 'Code #VALUE#' };
  await client.ok('POST', `${base}/templatesControl`, order);
  const waiting = await chappeJson<{ name: string }[]>(['sender', 'list', '--waiting'], surroundings);
  assert.deepEqual(
    waiting.map(({ name }) => name),
    ['My Shop'],
  );
  await Promise.all([
    chappeJson(['sender', 'refuse', service, 'My Shop', '--comment', 'whose?'], surroundings),
    chappeJson(['template', 'approve', service, 'code'], surroundings),
    chappeJson(['sender', 'add', service, '+33601020304'], surroundings),
    chappeJson(['number', 'add', '+33757000001'], surroundings),
  ]);
  assert.equal(await statusOf('/senders/My%20Shop'), 'refused');
  assert.equal(await statusOf('/templatesControl/code'), 'enable');
  const [, , unknown] = await Promise.all([
    chappeJson(['sender', 'approve', service, 'My Shop'], surroundings),
    chappeJson(['number', 'assign', '+33757000001', service], surroundings),
    chappe(['sender', 'approve', service, 'Nobody'], surroundings),
  ]);
  assert.equal(await statusOf('/senders/My%20Shop'), 'enable');
  assert.deepEqual(await client.ok('GET', `${base}/senders`), [
    'Chappe',
    'My Shop',
    '+33601020304',
    '+33757000001',
  ]);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /no sender Nobody/);
});
