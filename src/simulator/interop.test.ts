// Another ESME against the simulated carrier: the npm package smpp, an independent implementation of the specification.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { systemClock } from '#lib/time/clock.ts';
import { type SimulatorOptions, startSimulator } from './simulator.ts';

interface ForeignPdu {
  readonly command: string;
  readonly command_status: number;
  readonly [field: string]: unknown;
  response(fields?: Record<string, unknown>): ForeignPdu;
}

type Call = (fields: Record<string, unknown>, answered: (pdu: ForeignPdu) => void) => void;

interface ForeignSession {
  readonly socket: Socket;
  readonly bind_transceiver: Call;
  readonly bind_transmitter: Call;
  readonly submit_sm: Call;
  readonly query_sm: Call;
  readonly unbind: Call;
  readonly enquire_link: Call;
  send(pdu: ForeignPdu): void;
  on(event: string, listener: (pdu: ForeignPdu) => void): void;
}

const foreign = createRequire(import.meta.url)('smpp') as {
  connect(options: { host: string; port: number }): ForeignSession;
};

async function openScene(t: TestContext, options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  const session = foreign.connect({ host: '127.0.0.1', port: simulator.port });
  session.on('error', () => {});
  t.after(async () => {
    session.socket.destroy();
    await simulator.stop();
  });
  await once(session.socket, 'connect');
  const ask = (
    name: 'bind_transceiver' | 'bind_transmitter' | 'submit_sm' | 'query_sm' | 'unbind' | 'enquire_link',
    fields: Record<string, unknown> = {},
  ) => new Promise<ForeignPdu>((resolve) => session[name](fields, resolve));
  /** The next deliver_sm, answered. */
  const told = () =>
    new Promise<ForeignPdu>((resolve) => {
      session.on('deliver_sm', (pdu) => {
        session.send(pdu.response());
        resolve(pdu);
      });
    });
  return { simulator, session, ask, told };
}

const bind = { system_id: 'foreign', password: 'secret' };
const submit = { source_addr: 'Test', destination_addr: '33612345600', registered_delivery: 1 };

function textOf(pdu: ForeignPdu): string {
  return (pdu['short_message'] as { message: string }).message;
}

test('another ESME binds, submits, receives its receipt, queries, and unbinds', async (t) => {
  const { simulator, ask, told } = await openScene(t);
  const bound = await ask('bind_transceiver', bind);
  assert.deepEqual([bound.command_status, bound['system_id']], [0, 'simulator']);
  assert.equal((await ask('enquire_link')).command_status, 0);
  const receipt = told();
  const answer = await ask('submit_sm', { ...submit, short_message: 'Hello' });
  assert.equal(answer.command_status, 0);
  const text = textOf(await receipt);
  assert.match(
    text,
    new RegExp(`^id:${answer['message_id']} sub:001 dlvrd:001 .* stat:DELIVRD err:000 text:`),
  );
  const [state, unknown] = [
    await ask('query_sm', { message_id: answer['message_id'] }),
    await ask('query_sm', { message_id: 'none' }),
  ];
  assert.deepEqual([state['message_state'], unknown.command_status], [2, 0x67]);
  assert.equal((await ask('unbind')).command_status, 0);
  assert.equal(simulator.inbox()[0]!.text, 'Hello');
});

test('UCS-2, and parts sent by another ESME, are read and joined', async (t) => {
  const { simulator, ask } = await openScene(t);
  await ask('bind_transceiver', bind);
  await ask('submit_sm', { ...submit, short_message: 'Снег ☃' });
  for (const [part, message] of ['Hello ', 'world'].entries()) {
    const udh = Buffer.from([5, 0, 3, 9, 2, part + 1]);
    await ask('submit_sm', { ...submit, esm_class: 0x40, short_message: { udh, message } });
  }
  assert.deepEqual(
    simulator.inbox().map(({ text, parts }) => [text, parts]),
    [
      ['Снег ☃', 1],
      ['Hello world', 2],
    ],
  );
});

test('numbers decide the responses and receipts of another ESME', async (t) => {
  const { ask, told } = await openScene(t);
  await ask('bind_transceiver', bind);
  const to = (digits: string) =>
    ask('submit_sm', { ...submit, destination_addr: `336123456${digits}`, short_message: 'Hello' });
  assert.equal((await to('91')).command_status, 0x0b);
  assert.equal((await to('95')).command_status, 0x58);
  assert.equal((await to('95')).command_status, 0x58);
  const receipt = told();
  assert.equal((await to('95')).command_status, 0);
  assert.match(textOf(await receipt), /stat:DELIVRD/);
});

test('a phone writes to another ESME', async (t) => {
  const { simulator, ask, told } = await openScene(t);
  await ask('bind_transceiver', bind);
  const heard = told();
  simulator.reply('33612345678', '36180', 'Déjà ☃');
  const pdu = await heard;
  assert.deepEqual(
    [pdu['source_addr'], pdu['destination_addr'], textOf(pdu)],
    ['33612345678', '36180', 'Déjà ☃'],
  );
});

test('a transmitter receives no receipts; they wait for a bind that receives', async (t) => {
  const { simulator, ask } = await openScene(t);
  await ask('bind_transmitter', bind);
  await ask('submit_sm', { ...submit, short_message: 'Hello' });
  assert.equal(simulator.waiting, 1);
  const listener = foreign.connect({ host: '127.0.0.1', port: simulator.port });
  listener.on('error', () => {});
  t.after(() => listener.socket.destroy());
  await once(listener.socket, 'connect');
  const heard = new Promise<ForeignPdu>((resolve) => listener.on('deliver_sm', resolve));
  listener.bind_transceiver(bind, () => {});
  assert.match(textOf(await heard), /stat:DELIVRD/);
});

test('only the given accounts can bind', async (t) => {
  const { ask } = await openScene(t, { accounts: [{ systemId: 'foreign', password: 'other' }] });
  assert.equal((await ask('bind_transceiver', bind)).command_status, 0x0e);
  assert.equal((await ask('bind_transceiver', { ...bind, system_id: 'nobody' })).command_status, 0x0f);
  assert.equal((await ask('bind_transceiver', { ...bind, password: 'other' })).command_status, 0);
});

test('query_sm finds a message by its source too, and has final_date and state of the final receipt', async (t) => {
  const { ask } = await openScene(t);
  await ask('bind_transceiver', bind);
  const { message_id } = await ask('submit_sm', { ...submit, short_message: 'Hello' });
  const late = await ask('submit_sm', { ...submit, destination_addr: '33612345694', short_message: 'Hello' });
  const found = await ask('query_sm', { message_id, source_addr: 'Test' });
  assert.deepEqual([found.command_status, found['message_state']], [0, 2]);
  assert.notEqual(found['final_date'], '');
  assert.equal((await ask('query_sm', { message_id, source_addr: 'Other' })).command_status, 0x67);
  const pending = await ask('query_sm', { message_id: late['message_id'], source_addr: 'Test' });
  assert.equal(pending['message_state'], 1);
});

test('intermediate receipts are sent only if registered_delivery has bit 4', async (t) => {
  const { session, ask } = await openScene(t, { receipts: { intermediateStates: ['ENROUTE'] } });
  const texts: string[] = [];
  const all = Promise.withResolvers<void>();
  session.on('deliver_sm', (pdu) => {
    texts.push(/stat:(\w+)/.exec(textOf(pdu))![1]!);
    session.send(pdu.response());
    if (texts.length === 3) all.resolve();
  });
  await ask('bind_transceiver', bind);
  for (const registered_delivery of [1, 17]) await ask('submit_sm', { ...submit, registered_delivery });
  await all.promise;
  assert.deepEqual(texts, ['DELIVRD', 'ENROUTE', 'DELIVRD']);
});

test('a lost session is held, and binds of its system_id are refused until its end', async (t) => {
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
  const { simulator, session, ask } = await openScene(t, { clock, behaviour: { alreadyBoundMs: 20_000 } });
  await ask('bind_transceiver', bind);
  session.socket.destroy();
  /** On a new connection: the clock jumps, and a session that does not bind in time is closed. */
  const requestBind = async () => {
    const next = foreign.connect({ host: '127.0.0.1', port: simulator.port });
    next.on('error', () => {});
    t.after(() => next.socket.destroy());
    await once(next.socket, 'connect');
    return new Promise<ForeignPdu>((resolve) => next.bind_transceiver(bind, resolve));
  };
  assert.equal((await requestBind()).command_status, 0x05);
  clock.aheadMs = 20_000;
  assert.equal((await requestBind()).command_status, 0);
});

test('a receipt without a response is repeated after the response time', async (t) => {
  const { session, ask } = await openScene(t, { responseMs: 40 });
  const twice = new Promise<void>((resolve) => {
    let count = 0;
    session.on('deliver_sm', () => {
      if (++count === 2) resolve();
    });
  });
  await ask('bind_transceiver', bind);
  await ask('submit_sm', { ...submit, short_message: 'Hello' });
  await twice;
});
