// A hundred phones reply STOP while the platform is killed: none is lost, none counts twice, and each is pushed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/time/clock.ts';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { TestCarrier } from '../support/carrier.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { Customer } from '../support/customer.ts';
import { until } from '../support/until.ts';

const phones = 100;

test('replies survive kill -9 between their commit and the answer to the carrier', async (t) => {
  const folder = temporaryFolder();
  const here = { dataDir: folder.path, env: { CHAPPE_SMTP_PORT: '0' } };
  const carrier = new TestCarrier(systemClock, {});
  await carrier.up();
  const customer = await Customer.open();
  let serving = await serve(here);
  t.after(async () => {
    await serving.end('SIGTERM');
    await carrier.down();
    await customer.close();
    folder.remove();
  });
  const link = ['--host', '127.0.0.1', '--port', String(carrier.port), '--system-id', 'a', '--password', 'b'];
  await chappeJson(['carrier', 'add', 'smpp', 'carrier', ...link], here);
  await chappeJson(['number', 'add', '38200'], here);
  const created = await chappeJson<{ octopush: { user_login: string; api_key: string } }>(
    [
      'account',
      'create',
      '--email',
      'killed@example.com',
      '--credit',
      '100',
      '--callback',
      customer.url('/'),
    ],
    here,
  );
  const keys = { login: created.octopush.user_login, apiKey: created.octopush.api_key };
  const to = Array.from({ length: phones }, (_, i) => mobile(i, '99'));
  const answer = await sendRest(serving.url, keys, { to, withReplies: true });
  assert.ok(answer.isAccepted, answer.body);

  const optedOut = () =>
    new Set(customer.taken.filter(({ fields }) => 'stop_date' in fields).map((p) => p.number));
  await until('some are told', () => optedOut().size > 0);
  await serving.end('SIGKILL');
  const before = optedOut().size;
  serving = await serve(here);
  await until('all are told', () => optedOut().size === phones, {
    tell: () => optedOut().size,
  });
  await until('the carrier is answered', () => carrier.simulator.waiting === 0);
  t.diagnostic(`${before} were told before the kill`);

  const replies = await chappeJson<{ msisdn: number; messageId: number | null; isOptOut: boolean }[]>(
    ['reply', 'list', '--limit', '1000'],
    here,
  );
  assert.equal(new Set(replies.map(({ msisdn }) => msisdn)).size, phones);
  assert.equal(replies.length, phones, 'none counts twice');
  assert.ok(replies.every(({ messageId, isOptOut }) => messageId !== null && isOptOut));
  assert.equal((await chappe(['account', 'credit', '--audit'], here)).status, 0);
});
