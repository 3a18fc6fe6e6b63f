import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CarrierReply, OutboundMessage, Outcome, Receipt } from '#domain/delivery/connector.ts';
import { measure } from '#gsm/segments.ts';
import { type LogWriter, silentLog } from '#lib/observability/log.ts';
import type { Clock } from '#lib/time/clock.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '#simulator/simulator.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { createSmppConnector, type SmppConnector } from './connector.ts';
import type { SmppSettings } from './options.ts';

type Saved = (ok: boolean) => void;

/** A list of events, with a wait for the next one. */
class Feed<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const wake = this.#waiting.shift();
    if (wake === undefined) this.#items.push(item);
    else wake(item);
  }

  next(): Promise<Item> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift()!);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Real time or none, plus the time that a test adds. */
class ShiftedClock implements Clock {
  aheadMs = 0;
  frozenAtMs: number | null = null;

  now(): number {
    return (this.frozenAtMs ?? Date.now()) + this.aheadMs;
  }
}

class Scene {
  readonly clock = new ShiftedClock();
  readonly receipts = new Feed<{ receipt: Receipt; saved: Saved }>();
  readonly replies = new Feed<{ reply: CarrierReply; saved: Saved }>();
  readonly #watchers: { holds: () => boolean; resolve: () => void }[] = [];
  /** Log lines of the connector. */
  readonly lines = new Feed<string>();
  simulator!: Simulator;
  connector!: SmppConnector;
  /** False: the test answers receipts and replies. */
  savesAll = true;

  async open(settings: Partial<SmppSettings> = {}, simulated: Partial<SimulatorOptions> = {}): Promise<this> {
    const common = { clock: this.clock, log: silentLog };
    this.simulator = await startSimulator({ host: '127.0.0.1', port: 0, ...common, ...simulated });
    this.connector = createSmppConnector(
      {
        id: 4,
        name: 'test',
        host: '127.0.0.1',
        port: this.simulator.port,
        systemId: 'chappe',
        password: 'secret',
        reconnectFirstMs: 40,
        throttlePauseMs: 5,
        ...settings,
      },
      {
        onReceipt: (id, receipt, saved) => {
          assert.equal(id, 4);
          if (this.savesAll) saved(true);
          this.receipts.push({ receipt, saved });
        },
        onReply: (_, reply, saved) => {
          if (this.savesAll) saved(true);
          this.replies.push({ reply, saved });
        },
        onChange: () => {
          for (const watcher of this.#watchers.splice(0)) {
            if (watcher.holds()) watcher.resolve();
            else this.#watchers.push(watcher);
          }
        },
      },
      { ...common, log: this.#log(), random: () => 0.5 },
    );
    return this;
  }

  #log(): LogWriter {
    const write = (event: string) => this.lines.push(event);
    const log: LogWriter = { debug: write, info: write, warn: write, error: write, child: () => log };
    return log;
  }

  /** Resolves when the connector has logged this event. */
  async logged(event: string): Promise<void> {
    while ((await this.lines.next()) !== event);
  }

  /** Resolves when a change of the connector makes the condition true. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ holds, resolve }));
  }

  async up(): Promise<this> {
    this.connector.startLease(0);
    await this.until(() => this.connector.isUp);
    return this;
  }

  send(msisdn: number, text = 'Hello', differences: Partial<OutboundMessage> = {}): Promise<Outcome> {
    const { encoding, segments } = measure(text);
    const expiresAtMs = this.clock.now() + 86_400_000;
    const message = {
      id: 1,
      msisdn,
      sender: 'Chappe',
      text,
      encoding,
      segments,
      expiresAtMs,
      messageClass: null,
    };
    return new Promise((resolve) => this.connector.submit({ ...message, ...differences }, resolve));
  }

  async close(): Promise<void> {
    await this.connector.stop(100);
    await this.simulator.stop();
  }
}

async function openScene(
  t: TestContext,
  settings?: Partial<SmppSettings>,
  simulated?: Partial<SimulatorOptions>,
): Promise<Scene> {
  const scene = await new Scene().open(settings, simulated);
  t.after(() => scene.close());
  return scene;
}

async function boundScene(
  t: TestContext,
  settings?: Partial<SmppSettings>,
  simulated?: Partial<SimulatorOptions>,
): Promise<Scene> {
  return (await openScene(t, settings, simulated)).up();
}

function referencesOf(outcome: Outcome): readonly string[] {
  assert.ok(outcome.kind === 'submitted', JSON.stringify(outcome));
  return outcome.references;
}

const endings: readonly [string, Receipt['state'], number][] = [
  ['00', 'delivered', 1],
  ['89', 'delivered', 1],
  ['90', 'undelivered', 1],
  ['92', 'expired', 1],
  ['95', 'delivered', 1],
  ['96', 'delivered', 2],
  ['97', 'delivered', 1],
];

for (const [digits, state, count] of endings) {
  test(`a message to a number that ends in ${digits} is ${state}, with ${count === 1 ? 'one receipt' : 'two receipts'}`, async (t) => {
    const scene = await boundScene(t);
    const [reference] = referencesOf(await scene.send(Number(`336123456${digits}`)));
    for (let i = 0; i < count; i++) {
      const { receipt } = await scene.receipts.next();
      assert.deepEqual(receipt.references, [reference]);
      assert.equal(receipt.state, state);
    }
  });
}

test('91 is refused immediately with the status of this carrier, for another carrier to try', async (t) => {
  const scene = await boundScene(t);
  assert.deepEqual(await scene.send(33612345691), {
    kind: 'elsewhere',
    code: 0x0b,
    reason: 'ESME_RINVDSTADR',
  });
});

test('93 never gets a receipt', async (t) => {
  const scene = await boundScene(t);
  referencesOf(await scene.send(33612345693));
  const [second] = referencesOf(await scene.send(33612345600));
  assert.deepEqual((await scene.receipts.next()).receipt.references, [second]);
});

test('94 is delivered after half a minute', async (t) => {
  const scene = await boundScene(t, { enquireLinkMs: 0 });
  const [late] = referencesOf(await scene.send(33612345694));
  const [soon] = referencesOf(await scene.send(33612345600));
  assert.deepEqual((await scene.receipts.next()).receipt.references, [soon]);
  scene.clock.aheadMs += 30_000;
  assert.deepEqual((await scene.receipts.next()).receipt.references, [late]);
});

test('97: the receipt arrives before the response', async (t) => {
  const scene = await boundScene(t);
  const order: string[] = [];
  const receipt = scene.receipts.next().then(() => order.push('receipt'));
  await Promise.all([scene.send(33612345697).then(() => order.push('answer')), receipt]);
  assert.deepEqual(order, ['receipt', 'answer']);
});

for (const [digits, text] of [
  ['98', 'OK'],
  ['99', 'STOP'],
] as const) {
  test(`${digits} replies ${text} to the sender of the message`, async (t) => {
    const scene = await boundScene(t);
    referencesOf(await scene.send(Number(`336123456${digits}`), 'Hello', { sender: '36180' }));
    const { reply } = await scene.replies.next();
    assert.deepEqual([reply.source.address, reply.to, reply.text], [`336123456${digits}`, '36180', text]);
  });
}

for (const splitMode of ['udh', 'sar', 'payload'] as const) {
  for (const text of [`é€ ${'long '.repeat(80)}`, `👋 ${'très '.repeat(40)}☃`]) {
    test(`a long text of ${text.length} characters arrives whole by ${splitMode}`, async (t) => {
      const scene = await boundScene(t, { splitMode });
      const references = referencesOf(await scene.send(33612345600, text));
      assert.equal(references.length, splitMode === 'payload' ? 1 : measure(text).segments);
      for (const reference of references) {
        assert.deepEqual((await scene.receipts.next()).receipt.references, [reference]);
      }
      const [received] = scene.simulator.inbox();
      assert.equal(received!.text, text);
      assert.deepEqual(received!.ids, references);
    });
  }
}

test('a throttled long text continues with the refused segment, and no segment is sent twice', async (t) => {
  const scene = await boundScene(t, {}, { fates: { '00': { refusals: 1 } } });
  const references = referencesOf(await scene.send(33612345600, 'x'.repeat(900)));
  assert.equal(new Set(references).size, 6);
  assert.equal(scene.simulator.counters.submitted, 6);
  assert.equal(scene.simulator.counters.refused, 6);
  assert.equal(scene.simulator.inbox()[0]!.text, 'x'.repeat(900));
});

test('ids with hexadecimal responses and decimal receipts are among the notations of the receipt', async (t) => {
  const scene = await boundScene(t, {}, { receipts: { idNotation: 'hexadecimal', receiptTlvs: true } });
  const [reference] = referencesOf(await scene.send(33612345600));
  const { receipt } = await scene.receipts.next();
  assert.notEqual(receipt.references[0], reference);
  assert.ok(receipt.references.includes(reference!));
});

test('a carrier with a rate limit gets no more than it accepts', async (t) => {
  const scene = await boundScene(t, {}, { behaviour: { throttlePerSecond: 5 } });
  const sent = [1, 2, 3, 4, 5, 6, 7].map(() => scene.send(33612345600));
  await Promise.race(sent);
  scene.clock.aheadMs += 1_000;
  for (const outcome of await Promise.all(sent)) referencesOf(outcome);
  assert.equal(scene.simulator.counters.submitted, 7);
});

test('a carrier that throttles for ever gets nothing, and the message is returned to the dispatcher', async (t) => {
  const scene = await boundScene(
    t,
    { patienceMs: 10_000, enquireLinkMs: 0 },
    { fates: { '00': { refusals: 1e9 } } },
  );
  const outcome = scene.send(33612345600);
  await scene.until(() => scene.simulator.counters.refused > 1);
  scene.clock.aheadMs += 10_000;
  assert.equal((await outcome).kind, 'try-later');
});

test('without a bind a message is returned to the dispatcher immediately', async (t) => {
  const scene = await openScene(t);
  assert.equal(scene.connector.isUp, false);
  assert.equal(scene.connector.capacity(), 0);
  assert.equal((await scene.send(33612345600)).kind, 'try-later');
});

test('a message that SMPP cannot carry is refused, and an expired one expires', async (t) => {
  const scene = await boundScene(t);
  const outcome = await scene.send(33612345600, 'Hello', { sender: 'Snow ☃' });
  assert.deepEqual([outcome.kind, outcome.kind === 'refused' && outcome.code], ['refused', 0x0a]);
  assert.deepEqual(await scene.send(33612345600, 'Hello', { expiresAtMs: scene.clock.now() }), {
    kind: 'expired',
  });
  assert.equal(scene.simulator.counters.submitted, 0);
});

test('no more requests than the window are without a response; the rest waits and can expire', async (t) => {
  const scene = await boundScene(t, { window: 3 }, { behaviour: { silent: 1 } });
  assert.equal(scene.connector.capacity(), 3);
  const sent = [1, 2, 3].map(() => scene.send(33612345600));
  assert.equal(scene.connector.capacity(), 0);
  const waiting = scene.send(33612345600, 'Late', { expiresAtMs: scene.clock.now() + 5_000 });
  scene.clock.aheadMs += 5_000;
  assert.deepEqual(await waiting, { kind: 'expired' });
  assert.equal(scene.simulator.counters.submitted, 3);
  scene.clock.aheadMs += 60_000;
  for (const outcome of await Promise.all(sent)) assert.equal(outcome.kind, 'in-doubt');
});

test('after a lost connection unanswered messages are in doubt, the bind returns and the receipts arrive', async (t) => {
  const scene = await boundScene(t);
  scene.simulator.setBehaviour({ drop: 1, holdReceipts: true });
  const outcome = await scene.send(33612345600);
  assert.equal(outcome.kind, 'in-doubt');
  assert.equal(scene.connector.isUp, false);
  await scene.until(() => scene.connector.isUp);
  scene.simulator.setBehaviour({ drop: 0, holdReceipts: false });
  const { receipt } = await scene.receipts.next();
  assert.deepEqual(receipt.references, scene.simulator.inbox()[0]!.ids);
  referencesOf(await scene.send(33612345600));
});

test('when a bind stops, unsent messages are returned and sent ones are in doubt', async (t) => {
  const scene = await boundScene(t, { window: 2 }, { behaviour: { silent: 1 } });
  const outcomes = [1, 2, 3, 4].map(() => scene.send(33612345600));
  await scene.connector.stopLease(0, 0);
  const kinds = (await Promise.all(outcomes)).map((outcome) => outcome.kind);
  assert.deepEqual(kinds.sort(), ['in-doubt', 'in-doubt', 'try-later', 'try-later']);
});

test('a long text whose connection is lost between two segments is in doubt', async (t) => {
  const scene = await boundScene(t, { window: 1 }, { behaviour: { drop: { every: 2 } } });
  const outcome = await scene.send(33612345600, 'x'.repeat(400));
  assert.equal(outcome.kind, 'in-doubt');
  assert.equal(scene.simulator.counters.submitted, 2);
});

test('the rest of a long text with accepted segments and none in doubt waits for the next bind', async (t) => {
  const scene = await boundScene(t, { throttlePauseMs: 60_000 }, { behaviour: { throttlePerSecond: 1 } });
  scene.clock.frozenAtMs = Math.ceil(Date.now() / 1000) * 1000;
  const outcome = scene.send(33612345600, 'x'.repeat(300));
  await scene.until(() => scene.simulator.counters.refused === 1 && scene.connector.capacity() === 0);
  await scene.connector.stopLease(0, 0);
  scene.clock.aheadMs += 1_000;
  scene.connector.startLease(0);
  assert.equal(referencesOf(await outcome).length, 2);
});

test('octets with an impossible length break the connection, a malformed PDU does not', async (t) => {
  const scene = await boundScene(t, {}, { behaviour: { malformed: 1 } });
  referencesOf(await scene.send(33612345600));
  assert.equal(scene.connector.isUp, true);
  scene.simulator.setBehaviour({ malformed: 0, garbled: 1 });
  assert.equal((await scene.send(33612345600)).kind, 'in-doubt');
  scene.simulator.setBehaviour({ garbled: 0 });
  await scene.until(() => scene.connector.isUp);
  referencesOf(await scene.send(33612345600));
});

test('a receipt that could not be saved is repeated', async (t) => {
  const scene = await boundScene(t, { enquireLinkMs: 0 });
  scene.savesAll = false;
  referencesOf(await scene.send(33612345600));
  const first = await scene.receipts.next();
  first.saved(false);
  first.saved(true); // the first call decides
  referencesOf(await scene.send(33612345693)); // so the simulator has read the response
  scene.clock.aheadMs += 500;
  const again = await scene.receipts.next();
  assert.deepEqual(again.receipt.references, first.receipt.references);
  again.saved(true);
  referencesOf(await scene.send(33612345693));
  assert.equal(scene.simulator.counters.redelivered, 1);
});

test('a receipt without a response before the connection was lost is repeated over the next bind', async (t) => {
  const scene = await boundScene(t);
  scene.savesAll = false;
  referencesOf(await scene.send(33612345600));
  const first = await scene.receipts.next();
  await scene.connector.stopLease(0, 0);
  first.saved(true); // too late, and harmless
  scene.connector.startLease(0);
  const again = await scene.receipts.next();
  assert.deepEqual(again.receipt.references, first.receipt.references);
  again.saved(true);
});

test('each part of a long reply has its position and is answered after it is saved', async (t) => {
  const scene = await boundScene(t);
  scene.savesAll = false;
  referencesOf(await scene.send(33612345693, 'Hello', { sender: '36180' }));
  const text = 'A reply that goes on. '.repeat(20);
  scene.simulator.reply('33612345693', '36180', text);
  const parts: string[] = [];
  for (let number = 1; number <= 3; number++) {
    const { reply, saved } = await scene.replies.next();
    const { place } = reply;
    assert.deepEqual([place?.part, place?.total], [number, 3]);
    parts.push(reply.text);
    saved(true);
  }
  assert.equal(parts.join(''), text);
  referencesOf(await scene.send(33612345693));
  assert.equal(scene.simulator.counters.acknowledged, 3);
});

test('the bind is repeated after a refusal', async (t) => {
  const scene = await openScene(t, { reconnectFirstMs: 4 }, { behaviour: { bindStatus: 0x08 } });
  scene.connector.startLease(0);
  await scene.logged('smpp.bind_refused');
  scene.simulator.setBehaviour({ bindStatus: 0 });
  await scene.until(() => scene.connector.isUp);
});

test('the connection is repeated while the carrier is not reachable', async (t) => {
  const port = await freePort();
  const scene = await openScene(t, { port, reconnectFirstMs: 4 });
  scene.connector.startLease(0);
  await scene.logged('smpp.bind_postponed');
  const late = await startSimulator({ host: '127.0.0.1', port, clock: scene.clock, log: silentLog });
  t.after(() => late.stop());
  await scene.until(() => scene.connector.isUp);
});

test('a wrong password is refused by the simulator', async (t) => {
  const scene = await openScene(
    t,
    { password: 'wrong' },
    { accounts: [{ systemId: 'chappe', password: 'right' }] },
  );
  scene.connector.startLease(0);
  await scene.logged('smpp.credentials_refused');
  assert.equal(scene.connector.isUp, false);
  assert.equal((await scene.send(33612345600)).kind, 'try-later');
});

test('binds start and stop one by one, and one bind makes the connector available', async (t) => {
  const scene = await boundScene(t, { binds: 3, window: 10 });
  assert.equal(scene.connector.capacity(), 10);
  scene.connector.startLease(2);
  await scene.until(() => scene.connector.isBindUp(2));
  assert.equal(scene.connector.isBindUp(1), false);
  assert.equal(scene.connector.capacity(), 20);
  await scene.connector.stopLease(0, 100);
  assert.equal(scene.connector.isUp, true);
  assert.equal(scene.connector.capacity(), 10);
  referencesOf(await scene.send(33612345600));
  await scene.connector.stopLease(2, 100);
  assert.equal(scene.connector.isUp, false);
});

test('separate binds transmit and receive', async (t) => {
  const scene = await openScene(t, { binds: 2, bindMode: 'separate', window: 10 });
  scene.connector.startLease(1);
  await scene.until(() => scene.connector.isBindUp(1));
  assert.equal(scene.connector.capacity(), 0);
  scene.connector.startLease(0);
  await scene.until(() => scene.connector.isBindUp(0));
  assert.equal(scene.connector.capacity(), 10);
  const [reference] = referencesOf(await scene.send(33612345600));
  assert.deepEqual((await scene.receipts.next()).receipt.references, [reference]);
});

test('a rate limits the messages accepted at one time, and new capacity is reported', async (t) => {
  const scene = await boundScene(t, { tps: 50 });
  assert.equal(scene.connector.capacity(), 5);
  const sent = [1, 2, 3, 4, 5].map(() => scene.send(33612345600));
  assert.equal(scene.connector.capacity(), 0);
  const more = scene.send(33612345600);
  await Promise.all([...sent, more]);
  await scene.until(() => scene.connector.capacity() > 0);
});

test('stop waits for pending responses and accepts nothing more', async (t) => {
  const scene = await boundScene(t, {}, { behaviour: { latencyMs: 60 } });
  const outcome = scene.send(33612345600, 'x'.repeat(300));
  const stopped = scene.connector.stop(5_000);
  assert.equal(scene.connector.capacity(), 0);
  assert.equal((await scene.send(33612345600)).kind, 'try-later');
  assert.equal(referencesOf(await outcome).length, 2);
  await stopped;
  assert.equal(scene.connector.isUp, false);
});

test('each outcome is reported once, in a later turn of the event loop', async (t) => {
  const scene = await boundScene(t);
  let calls = 0;
  const expiresAtMs = scene.clock.now() - 1;
  const { promise, resolve } = Promise.withResolvers<void>();
  scene.connector.submit(
    {
      id: 1,
      msisdn: 33612345600,
      sender: null,
      text: 'a',
      encoding: 'gsm7',
      segments: 1,
      expiresAtMs,
      messageClass: null,
    },
    () => {
      calls++;
      resolve();
    },
  );
  assert.equal(calls, 0);
  await promise;
  referencesOf(await scene.send(33612345600));
  assert.equal(calls, 1);
});

test('over a faulty line every message has one outcome, none is sent twice, and every receipt arrives', async (t) => {
  const taken = new Map<number, number>();
  const scene = await boundScene(
    t,
    { binds: 2, window: 20, responseMs: 200, reconnectFirstMs: 4 },
    {
      seed: 42,
      behaviour: { drop: 0.01, garbled: 0.01, malformed: 0.05, silent: 0.02 },
      onSubmit: ({ to }) => taken.set(Number(to), (taken.get(Number(to)) ?? 0) + 1),
    },
  );
  scene.connector.startLease(1);
  const count = 400;
  const kinds: Outcome['kind'][] = [];
  const expected = new Set<string>();
  for (let from = 0; from < count; from += 20) {
    await scene.until(() => scene.connector.capacity() >= 20);
    const numbers = Array.from({ length: 20 }, (_, i) => 33600000000 + (from + i) * 100);
    const outcomes = await Promise.all(numbers.map((msisdn) => scene.send(msisdn)));
    for (const [i, outcome] of outcomes.entries()) {
      kinds.push(outcome.kind);
      const times = taken.get(numbers[i]!) ?? 0;
      if (outcome.kind === 'submitted') expected.add(outcome.references[0]!);
      assert.ok(
        outcome.kind === 'submitted' ? times === 1 : outcome.kind === 'in-doubt' ? times <= 1 : times === 0,
      );
    }
  }
  assert.equal(kinds.length, count);
  assert.ok(kinds.includes('in-doubt'), 'the line was not bad at all');
  scene.simulator.setBehaviour({ drop: 0, garbled: 0, malformed: 0, silent: 0 });
  while (expected.size > 0) expected.delete((await scene.receipts.next()).receipt.references[0]!);
});

// For 127.0.0.1, self-signed, valid from 2020 to 2120. Its key is public: use it in this test only.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5XED6BCiUDshYP8s
2kBshCURZcq8i87ipo2NwLjDHq6hRANCAATjhbEdSDOSMKRYOphZ1JSJ6oaqy96e
nPAB2TBPjQSq2v3Be/Pz5EyqohMFzJZWQmCh8K7CQkz6tNwfGXXKZHal
-----END PRIVATE KEY-----
`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBWTCB/6ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCTEyNy4wLjAu
MTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
MTI3LjAuMC4xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE44WxHUgzkjCkWDqY
WdSUieqGqsvenpzwAdkwT40Eqtr9wXvz8+RMqqITBcyWVkJgofCuwkJM+rTcHxl1
ymR2paNAMD4wDwYDVR0RBAgwBocEfwAAATAMBgNVHRMEBTADAQH/MB0GA1UdDgQW
BBTxJiEaxdCOVLqEvrWLaAo+r3hDezAKBggqhkjOPQQDAgNJADBGAiEA4fPcTyvS
RW1Ajw4WrRlzN5b5mvXIvjA1ahkJtzheipQCIQDVpWjIkpK7arOf93FrTH2BSDHx
WJBWVOs2ZQzIOmPB4Q==
-----END CERTIFICATE-----
`;

test('over TLS the certificate of the carrier is verified', async (t) => {
  const trusting = await boundScene(t, { tls: { ca: cert } }, { tls: { key, cert } });
  referencesOf(await trusting.send(33612345600));
  const wary = await openScene(t, { tls: true }, { tls: { key, cert } });
  wary.connector.startLease(0);
  await wary.logged('smpp.bind_postponed');
  assert.equal(wary.connector.isUp, false);
});
