// The command line on the same house: an account made, a message sent and followed, the books audited.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile, sendRest } from '../support/doors.ts';
import { openHouse } from '../support/house.ts';
import { chappe, chappeJson } from '../support/outside.ts';

test('what is sent by hand is delivered, told, explained and in the books, beside a running platform', async () => {
  // The command is a process of its own, with the real clock.
  await using house = await openHouse({ nowMs: Date.now() });
  const { user, password, host, port, database } = house.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const surroundings = { dataDir: 'unused', env: { DATABASE_URL: url, CHAPPE_LOG_LEVEL: 'silent' } };

  const created = await chappeJson<{ account: string; octopush: { user_login: string; api_key: string } }>(
    [
      ...['account', 'create', '--email', 'hand@example.com', '--credit', '1'],
      ...['--callback', house.customer.url('/hand')],
    ],
    surroundings,
  );
  const sent = await chappeJson<{ message: number; status: string }>(
    ['send', '--to', `+${mobile(1)}`, '--text', 'By hand', '--sender', 'Chappe', '--wait'],
    surroundings,
  );
  assert.equal(sent.status, 'delivered');
  assert.equal((await house.customer.whenTold(mobile(1))).status, 'DELIVERED');

  const keys = { login: created.octopush.user_login, apiKey: created.octopush.api_key };
  assert.ok(
    (await sendRest(house.url, keys, { to: [mobile(2)] })).isAccepted,
    'the keys open the door at once',
  );
  await house.customer.whenTold(mobile(2));
  await house.quiet();

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

test('the audit of the command line finds tampered books and says so by its status', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const { user, password, host, port, database } = house.testDatabase.connection;
  const url = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  await house.query('update balances set balance_micros = balance_micros + 1 where account_id = $1', [
    account.id,
  ]);
  const audited = await chappe(['account', 'credit', '--audit'], {
    dataDir: 'unused',
    env: { DATABASE_URL: url },
  });
  assert.equal(audited.status, 1);
  assert.match(audited.stdout, /the stored balance is top-ups plus adjustments minus charges/);
  await house.query('update balances set balance_micros = balance_micros - 1 where account_id = $1', [
    account.id,
  ]);
});
