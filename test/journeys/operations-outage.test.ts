// The operator's listener while the database is away: the moment when its metrics are read most.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('without the database, /metrics has no queues and reports that the process is not ready', async () => {
  const operationsPort = await freePort();
  await using platform = await openPlatform({ overWire: true, config: { operationsPort } });
  const base = `http://127.0.0.1:${operationsPort}`;
  const scrape = async () => {
    const answer = await fetch(`${base}/metrics`);
    return { status: answer.status, text: await answer.text() };
  };
  const before = await scrape();
  assert.match(before.text, /^chappe_messages_waiting\{state="due"\} 0$/m);
  assert.match(before.text, /^chappe_ready 1$/m);
  platform.wire.cut();
  // An answer of the database is believed for a second.
  await until('the process is not ready', async () => /^chappe_ready 0$/m.test((await scrape()).text));
  const during = await scrape();
  assert.equal(during.status, 200);
  assert.match(during.text, /^chappe_connector_up\{connector="carrier"\} [01]$/m);
  assert.doesNotMatch(
    during.text,
    /^chappe_(messages_waiting|messages_oldest|callbacks_waiting|callbacks_oldest)/m,
  );
  assert.equal((await fetch(`${base}/readyz`)).status, 503);
  platform.wire.mend();
  await until('the queues are back', async () => /^chappe_ready 1$/m.test((await scrape()).text));
});
