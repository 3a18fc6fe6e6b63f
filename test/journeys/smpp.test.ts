// The software of a customer binds to the platform by the npm package smpp: it submits, and receives receipts, replies and
// STOPs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { openPlatform, type TestPlatform } from '../support/platform.ts';
import { receiptOf, SmppClient } from '../support/smpp-client.ts';

async function openWithSmpp(): Promise<TestPlatform> {
  return openPlatform({ config: { smppPort: await freePort() } });
}

const urlOf = (platform: TestPlatform) => platform.processes[0]!.running.smppUrl!;

test('a submission over a transceiver is answered with an id, and its receipt has that id', async () => {
  await using platform = await openWithSmpp();
  const account = await platform.anAccount({ callbackPath: null });
  await using client = await SmppClient.bind(urlOf(platform), account.smpp);
  const answer = await client.submit(mobile(1), 'Bonjour');
  assert.equal(answer.command_status, 0);
  assert.match(answer.message_id!, /^c[0-9a-f]+$/);
  const [receipt] = await client.deliveries(1);
  assert.deepEqual(receiptOf(receipt!), { id: answer.message_id, stat: 'DELIVRD', err: '000', dlvrd: '001' });
  assert.equal(receipt!.esm_class, 4);
  assert.equal(receipt!.source_addr, mobile(1));
  assert.equal(receipt!.destination_addr, 'Chappe');
  assert.equal(receipt!.receipted_message_id, answer.message_id);
  assert.equal(receipt!.message_state, 2);
  await platform.quiet();
});
