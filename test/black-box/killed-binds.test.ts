// Software of a customer submits over SMPP while the platform is killed: every message with a response is sent and reported, also
// by another process, and no message without one is reported as another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { receiptOf, SmppClient } from '../support/smpp-client.ts';
import { until } from '../support/until.ts';

const messages = 300;

test('each submission with a response has its receipt after kill -9, at the next bind', async (t) => {
  const folder = temporaryFolder();
  const smppPort = await freePort();
  const here = { dataDir: folder.path, env: { CHAPPE_DEMO: 'false', CHAPPE_SMPP_PORT: String(smppPort) } };
  let serving = await serve(here);
  t.after(async () => {
    await serving.end('SIGTERM');
    folder.remove();
  });
  const created = await chappeJson<{ smpp: { system_id: string; password: string } }>(
    ['account', 'create', '--email', 'killed@example.com', '--credit', '100'],
    here,
  );
  const keys = { systemId: created.smpp.system_id, password: created.smpp.password };
  const url = `smpp://127.0.0.1:${smppPort}`;
  const answered = new Set<string>();
  const reported: string[] = [];
  const client = await until('the account is known', () => SmppClient.bind(url, keys).catch(() => null));
  for (let i = 0; i < messages; i++)
    void client.submit(mobile(i), `Message ${i}`).then((pdu) => {
      if (pdu.command_status === 0) answered.add(pdu.message_id!);
      // Above the window: later, as clients do.
      else assert.equal(pdu.command_status, 0x58);
    });
  await until('some receipts arrive', () => client.delivered.length > 0, { isBrief: true });
  await serving.end('SIGKILL');
  reported.push(...client.delivered.map((pdu) => receiptOf(pdu).id));
  await client[Symbol.asyncDispose]();
  t.diagnostic(`${answered.size} had a response and ${reported.length} a receipt before the kill`);
  assert.ok(answered.size > 0);

  serving = await serve(here);
  await using next = await until('the platform is back', () => SmppClient.bind(url, keys).catch(() => null));
  const missing = () => {
    const known = new Set([...reported, ...next.delivered.map((pdu) => receiptOf(pdu).id)]);
    return [...answered].filter((id) => !known.has(id));
  };
  await until('every message with a response is reported', () => missing().length === 0, {
    tell: () => [missing().length, serving.stderr()],
  });
  assert.ok(next.delivered.every((pdu) => receiptOf(pdu).stat === 'DELIVRD'));
  assert.equal((await chappe(['account', 'credit', '--audit'], here)).status, 0);
});
