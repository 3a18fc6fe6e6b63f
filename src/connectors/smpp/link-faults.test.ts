// Faulty options and faulty carriers: the process continues, and the log names the fault.
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { OutboundMessage, Outcome, Receipt } from '#domain/delivery/connector.ts';
import { type LogWriter, silentLog } from '#lib/observability/log.ts';
import { systemClock } from '#lib/time/clock.ts';
import { type SimulatorOptions, startSimulator } from '#simulator/simulator.ts';
import { until } from '../../../test/support/until.ts';
import { createSmppConnector, type SmppConnector } from './connector.ts';
import type { SmppSettings } from './options.ts';

interface Linked {
  readonly connector: SmppConnector;
  readonly receipts: Receipt[];
  readonly lines: string[];
  saves: boolean;
}

function link(t: TestContext, settings: Partial<SmppSettings> & { port: number }): Linked {
  const lines: string[] = [];
  const write = (event: string, fields: { reason?: string } = {}) =>
    lines.push(`${event}: ${fields.reason ?? ''}`);
  const log: LogWriter = { ...silentLog, info: write, warn: write, error: write, child: () => log };
  const receipts: Receipt[] = [];
  const linked = { receipts, lines, saves: true } as { -readonly [K in keyof Linked]: Linked[K] };
  linked.connector = createSmppConnector(
    { id: 1, name: 'test', host: '127.0.0.1', systemId: 'chappe', password: 'secret', ...settings },
    {
      onReceipt: (_, receipt, saved) => {
        if (!linked.saves) return;
        receipts.push(receipt);
        saved(true);
      },
      onReply: (_id, _reply, saved) => saved(true),
      onChange: () => {},
    },
    { clock: systemClock, log, random: () => 0.5 },
  );
  t.after(() => linked.connector.stop(0));
  linked.connector.startLease(0);
  return linked;
}

async function simulator(t: TestContext, options: Partial<SimulatorOptions> = {}) {
  const started = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  t.after(() => started.stop());
  return started;
}

function send(connector: SmppConnector, msisdn: number): Promise<Outcome> {
  const message: OutboundMessage = {
    id: 1,
    msisdn,
    sender: 'Chappe',
    text: 'Hello',
    encoding: 'gsm7',
    segments: 1,
    expiresAtMs: systemClock.now() + 60_000,
    messageClass: null,
  };
  return new Promise((resolve) => connector.submit(message, resolve));
}

for (const length of [9, 12, 64]) {
  test(`a password of ${length} characters binds`, async (t) => {
    const password = 'p'.repeat(length);
    const { port } = await simulator(t, { accounts: [{ systemId: 'chappe', password }] });
    const { connector } = link(t, { port, password });
    await until('it is up', () => connector.isUp);
  });
}

const unusable: readonly [string, Partial<SmppSettings>, RegExp][] = [
  ['a password of 65 characters', { password: 'p'.repeat(65) }, /password has 65 characters/],
  ['a password outside ASCII', { password: 'pässword' }, /password has a character outside ASCII/],
  ['a system id outside ASCII', { systemId: 'Señor' }, /system id has a character/],
  ['a system id with a NUL', { systemId: 'a\u0000b' }, /system id has a character/],
  ['a system type of 13 characters', { systemType: 't'.repeat(13) }, /system type has 13/],
  ['an address range of 41 characters', { addressRange: 'r'.repeat(41) }, /address range has 41/],
  ['a service type of 6 characters', { serviceType: 'service' }, /service type has 7/],
  ['no password at all', { password: null as unknown as string }, /password is missing/],
  ['a port that cannot be', { port: 70_000 }, /the port is 70000/],
  ['no host', { host: '' }, /host is missing/],
  ['a certificate that is none', { tls: { ca: 'none', cert: 'none', key: 'none' } }, /./],
];

for (const [is, settings, reason] of unusable) {
  test(`a row with ${is} leaves the link unbound and the process running`, async (t) => {
    const { port } = await simulator(t);
    const { connector, lines } = link(t, { port, ...settings });
    await until('the log says why', () => lines.find((line) => line.startsWith('smpp.bind_misconfigured')));
    assert.match(lines.find((line) => line.startsWith('smpp.bind_misconfigured'))!, reason);
    assert.equal(connector.isUp, false);
    assert.equal((await send(connector, 33612345600)).kind, 'try-later');
  });
}

test('unknown values of a row count as absent', async (t) => {
  const { port } = await simulator(t);
  const settings = {
    idForm: 'other',
    receipts: 7,
    receiptZone: 'Nowhere/City',
    stateWords: { DELIVRD: 'perhaps' },
    statuses: { '0x0b': 'whenever' },
    retryStatus: 0,
  } as unknown as Partial<SmppSettings>;
  const { connector, receipts } = link(t, { port, ...settings });
  await until('it is up', () => connector.isUp);
  assert.equal((await send(connector, 33612345600)).kind, 'submitted');
  await until('its receipt', () => receipts.length === 1);
  assert.equal(receipts[0]!.state, 'delivered');
  assert.equal((await send(connector, 33612345691)).kind, 'elsewhere');
});

test('the option determines the meaning of a status', async (t) => {
  const { port } = await simulator(t);
  const { connector } = link(t, { port, statuses: { '0x0b': 'permanent' } });
  await until('it is up', () => connector.isUp);
  assert.deepEqual(await send(connector, 33612345691), {
    kind: 'refused',
    code: 0x0b,
    reason: 'ESME_RINVDSTADR',
  });
});

test('a link with too many unsaved receipts is still read, and its carrier repeats the refused ones', async (t) => {
  const carrier = await simulator(t);
  const linked = link(t, { port: carrier.port, maxUnsaved: 3, enquireLinkMs: 200, answerMs: 400 });
  await until('it is up', () => linked.connector.isUp);
  linked.saves = false;
  for (let i = 0; i < 10; i++) await send(linked.connector, 33612345600 - i * 100);
  await until('some were given back', () => carrier.counters.redelivered >= 7);
  // Longer than the time that the carrier may be silent.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal(linked.connector.isUp, true);
  assert.equal(carrier.counters.lost, 0);
});

/** Grants the bind and answers nothing more. */
function grantBind(socket: Socket): void {
  socket.once('data', (bytes: Buffer) => {
    const answer = Buffer.from('00000011800000090000000000000001' + '00', 'hex');
    bytes.copy(answer, 12, 12, 16);
    socket.write(answer);
  });
  socket.on('error', () => {});
}

test('without a response to the unbind the connection is closed after unbindMs, and the stop ends', async (t) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    grantBind(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const { connector } = link(t, { port, unbindMs: 300 });
  await until('it is up', () => connector.isUp);
  const startedMs = performance.now();
  await connector.stop(4_000);
  assert.ok(performance.now() - startedMs < 2_500, 'the stop waited for the carrier');
});
