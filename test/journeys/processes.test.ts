// Several processes on one database: they share the work, and the work of a fenced one is reclaimed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { endProcess } from '../../src/store/platform/processes.ts';
import { legacyForm, mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('listeners in one process, carriers in another, callbacks in a third', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance'], ['dispatch'], ['callbacks']],
  });
  const account = await platform.anAccount({ creditMicros: 10_000_000n });
  await sendLegacy(platform.url, account, { to: [mobile(1)] });
  await sendRest(platform.url, account, { to: Array.from({ length: 60 }, (_, i) => mobile(100 + i, '96')) });
  await sendRest(platform.url, account, { to: [mobile(2, '91'), mobile(3, '97')] });
  await platform.customer.whenTaken(63);
  await platform.quiet();
  assert.equal(platform.customer.pushes.length, 63);
  assert.deepEqual(platform.carrier.duplicates, []);
  assert.deepEqual(await platform.credit(account), { availableMicros: 6_900_000n, heldMicros: 0n });
});

test('two processes with all roles share the binds, and both send', async () => {
  const all = ['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks'] as const;
  await using platform = await openPlatform({ processes: [all, all], link: { binds: 2, tps: 400 } });
  const account = await platform.anAccount();
  await until('each has a bind', async () => {
    const rows = await platform.query('select distinct process_id from bind_leases');
    return rows.length === 2 && platform.processes.every(({ running }) => running.connectors.isAnyAvailable);
  });
  const addresses = platform.processes.map(({ running }) => running.httpUrl!);
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      sendRest(addresses[i % 2]!, account, { to: Array.from({ length: 5 }, (_, k) => mobile(10 * i + k)) }),
    ),
  );
  await platform.customer.whenTaken(150);
  await platform.quiet();
  assert.deepEqual(platform.carrier.duplicates, []);
  assert.equal(platform.customer.pushes.length, 150);
});

test('a process that was declared dead records nothing, and another one sends its messages', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance'],
      ['dispatch', 'callbacks'],
    ],
    carrier: { behaviour: { latencyMs: 300 } },
    link: { binds: 1 },
  });
  const account = await platform.anAccount({ creditMicros: 10_000_000n });
  const [, first] = platform.processes;
  const to = Array.from({ length: 10 }, (_, i) => mobile(i));
  await sendRest(platform.url, account, { to });
  await until('the carrier has them', () => platform.carrier.taken.length === 10);
  // Its lease ran out, say: it still believes to live, and the answers are about to come.
  const [row] = await platform.query<{ id: number }>(
    "select id from processes where 'dispatch' = any(roles)",
  );
  await platform.database.transaction((query) => endProcess(query, row!.id));
  platform.expectedFatal.push(/declared/);
  await until('it has noticed', () => first!.fatal.length > 0);
  assert.deepEqual(await platform.credit(account), { availableMicros: 9_500_000n, heldMicros: 500_000n });
  // The command `serve` ends at once here.
  await first!.stop();
  await platform.start(['dispatch', 'callbacks']);
  await platform.customer.whenTaken(10);
  await platform.quiet();
  assert.deepEqual(await platform.credit(account), { availableMicros: 9_500_000n, heldMicros: 0n });
  assert.equal(platform.carrier.duplicates.length, 10, 'they were in doubt, and went out again');
  assert.equal(platform.customer.pushes.length, 10);
});

test('callbacks in progress of a fenced process are pushed by another', async () => {
  await using platform = await openPlatform({
    processes: [['listeners', 'jobs', 'maintenance', 'dispatch', 'callbacks']],
  });
  const account = await platform.anAccount();
  platform.customer.manner = () => 'hang';
  await sendRest(platform.url, account, { to: [mobile(1)] });
  await until('the push is under way', () => platform.customer.pushes.length === 1);
  const [row] = await platform.query<{ id: number }>('select id from processes');
  platform.expectedFatal.push(/declared/);
  await platform.database.transaction((query) => endProcess(query, row!.id));
  platform.customer.manner = () => 200;
  await platform.start(['callbacks']);
  assert.equal((await platform.customer.whenTold(mobile(1))).status, 'DELIVERED');
});

test('a request on a connection from before the stop is answered in its dialect, and another process sends its message', async () => {
  await using platform = await openPlatform({
    processes: [
      ['listeners', 'jobs', 'maintenance'],
      ['dispatch', 'callbacks'],
    ],
  });
  const account = await platform.anAccount();
  const [process] = platform.processes;
  const port = Number(new URL(platform.url).port);
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.write('POST /api/sms HTTP/1.1\r\nhost: chappe\r\n');
  // Sent immediately after the bytes above: the listener has read those when it answers this request.
  await fetch(`${platform.url}/healthz`);

  const stopped = process!.stop();
  const isRefused = () =>
    fetch(`${platform.url}/healthz`).then(
      () => false,
      () => true,
    );
  await until('the listener accepts no new connection', isRefused);
  const form = legacyForm(account, { to: [mobile(1)] }).toString();
  const headers = `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${form.length}\r\n`;
  client.write(`${headers}\r\n${form}`);
  const answer = await text(client);
  assert.match(answer, /^HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*<error_code>000<\/error_code>/is);
  await stopped;
  await platform.customer.whenTold(mobile(1));
});
