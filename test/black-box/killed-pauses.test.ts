// The platform is killed while a paused campaign is in its hands, and again while it is paused: it stays paused, and after its
// resumption everybody has it. Only messages in doubt at the kill may leave twice; the window of the bind is their number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/lib/time/clock.ts';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { TestCarrier } from '../support/carrier.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { until } from '../support/until.ts';

const size = 300;
const window = 5;

test('a pause survives kill -9 before and after the dispatcher has released its chunk', async (t) => {
  const folder = temporaryFolder();
  const here = { dataDir: folder.path, env: { CHAPPE_SMTP_PORT: '0' } };
  const carrier = new TestCarrier(systemClock, { behaviour: { latencyMs: 500 } });
  await carrier.up();
  let serving = await serve(here);
  t.after(async () => {
    await serving.end('SIGTERM');
    await carrier.down();
    folder.remove();
  });
  await chappeJson(
    [
      ...['carrier', 'add', 'smpp', 'carrier', '--host', '127.0.0.1', '--port', String(carrier.port)],
      ...['--system-id', 'a', '--password', 'b', '--window', String(window)],
    ],
    here,
  );
  const created = await chappeJson<{ octopush: { user_login: string; api_key: string } }>(
    ['account', 'create', '--email', 'paused@example.com', '--credit', '100'],
    here,
  );
  const keys = { login: created.octopush.user_login, apiKey: created.octopush.api_key };
  const to = Array.from({ length: size }, (_, i) => mobile(i));
  const answer = await sendRest(serving.url, keys, { to });
  assert.ok(answer.isAccepted, answer.body);
  await until('some have left', () => carrier.taken.length >= 40);

  const [campaign] = await chappeJson<{ campaignId: number }[]>(['campaign', 'list'], here);
  const id = String(campaign!.campaignId);
  await chappeJson(['campaign', 'pause', id], here);
  // At once: the dispatcher may still hand over.
  await serving.end('SIGKILL');
  const first = carrier.taken.length;
  assert.ok(first < size, `${first} left`);
  serving = await serve(here);
  await sleep(2_000);
  assert.equal(carrier.taken.length, first, 'nothing leaves while it is paused');
  await serving.end('SIGKILL');
  serving = await serve(here);
  await sleep(1_000);
  assert.equal(carrier.taken.length, first, 'it is still paused');

  await chappeJson(['campaign', 'resume', id], here);
  const reached = () => new Set(carrier.taken.map((submitted) => submitted.to)).size;
  await until('everybody has it', () => reached() === size, { tell: () => reached() });
  const twice = carrier.taken.length - size;
  t.diagnostic(`${first} left before the kill, ${twice} were in doubt and left twice`);
  assert.ok(twice <= window, `${twice} left twice`);
  assert.equal((await chappe(['account', 'credit', '--audit'], here)).status, 0);
});
