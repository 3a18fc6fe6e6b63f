import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { idleHealth } from '#domain/delivery/connector-health.ts';
import { type ConnectorKind, parseOptions } from '#domain/delivery/connector-kind.ts';
import { silentLog } from '#lib/observability/log.ts';
import { connectorKinds } from './kinds.ts';
import { defaultSmppOptions } from './smpp/options.ts';

const smpp = connectorKinds.get('smpp')!;
const required = { host: 'smpp.example', 'system-id': 'us' };

test('an operator can set every option of an SMPP link, each with its own flag', () => {
  const names = smpp.options.map(({ name }) => name);
  const missing = Object.keys(defaultSmppOptions).filter((name) => !names.includes(name));
  assert.deepEqual(missing, []);
  assert.equal(new Set(smpp.options.map(({ flag }) => flag)).size, smpp.options.length);
});

test('every default is within the limit of its option', () => {
  for (const option of smpp.options)
    if (option.default !== null) assert.notEqual(option.read(option.default), null, option.name);
});

test('every option has a sentence, and only the password is a secret', () => {
  for (const { sentence, limit } of smpp.options) {
    assert.match(sentence, /^\S.*\.$/);
    assert.notEqual(limit, '');
  }
  assert.deepEqual(
    smpp.options.filter(({ isSecret }) => isSecret).map(({ name }) => name),
    ['password'],
  );
});

const readings: readonly [string, string, string, unknown][] = [
  ['port', '2775', 'port', 2775],
  ['tls', 'true', 'tls', true],
  ['tps', '0', 'tps', 0],
  ['bind-mode', 'separate', 'bindMode', 'separate'],
  ['source-name', '5/0', 'alphanumericSource', { ton: 5, npi: 0 }],
  ['destination', '1/8', 'destination', { ton: 1, npi: 8 }],
  ['country', 'fr', 'country', 'FR'],
  ['retry-status', 'ESME_RMSGQFUL', 'retryStatus', 0x14],
  ['retry-status', '0x64', 'retryStatus', 0x64],
  ['receipt-zone', 'Europe/Paris', 'receiptZone', 'Europe/Paris'],
  ['state-words', 'nack=rejected,EXPIRD=expired', 'stateWords', { NACK: 'rejected', EXPIRD: 'expired' }],
  ['statuses', '0x400=elsewhere', 'statuses', { '0x400': 'elsewhere' }],
];

for (const [flag, text, name, value] of readings) {
  test(`--${flag} ${text} is stored as ${JSON.stringify(value)}`, () => {
    const { values, mistakes } = parseOptions(smpp, { ...required, [flag]: text });
    assert.deepEqual(mistakes, []);
    assert.deepEqual(values, { host: 'smpp.example', systemId: 'us', [name]: value });
  });
}

const wrong: readonly [string, string][] = [
  ['port', '0'],
  ['port', '65536'],
  ['port', '27.75'],
  ['window', '0'],
  ['binds', '65'],
  ['system-type', 'thirteen char'],
  ['bind-mode', 'transmitter'],
  ['source-name', '5'],
  ['source-name', '256/0'],
  ['source-name', '1/2/3'],
  ['data-coding', '-1'],
  ['country', 'XX'],
  ['retry-status', '0'],
  ['receipt-zone', 'Mars/Olympus'],
  ['state-words', 'NACK=lost'],
  ['state-words', 'NACK'],
  ['statuses', '0=permanent'],
];

for (const [flag, text] of wrong) {
  test(`--${flag} ${text} is a mistake that names the flag and the limit`, () => {
    const { mistakes } = parseOptions(smpp, { ...required, [flag]: text });
    assert.equal(mistakes.length, 1);
    assert.ok(mistakes[0]!.startsWith(`--${flag} is "${text}", but must be `), mistakes[0]);
  });
}

test('all mistakes are reported together, and a wrong password is not shown', () => {
  const { mistakes } = parseOptions(smpp, { password: 'sécret', window: 'many', colour: 'red' });
  assert.deepEqual(mistakes, [
    '--colour is not an option of the kind smpp.',
    '--host is missing. Give a host name or an address.',
    '--system-id is missing. Give at most 64 ASCII characters.',
    '--password cannot be used, but must be at most 64 ASCII characters.',
    '--window is "many", but must be a whole number from 1 to 10000.',
  ]);
});

/** Accepts each message immediately and sends no receipts. */
const testKind: ConnectorKind = {
  kind: 'test',
  options: [],
  capabilities: { ...smpp.capabilities, receipts: 'none', replies: false, leases: 'none' },
  describe: () => 'a test',
  open: ({ id, name }) => ({
    id,
    name,
    isUp: true,
    health: () => idleHealth,
    capacity: () => 100,
    submit: (message, done) => setImmediate(done, { kind: 'submitted', references: [`T${message.id}`] }),
    stop: async () => {},
  }),
};

test('a connector kind of ten lines sends a message', async () => {
  const { values, mistakes } = parseOptions(testKind, {});
  assert.deepEqual([values, mistakes], [{}, []]);
  const events = { onReceipt: () => {}, onReply: () => {}, onChange: () => {} };
  const deps = { clock: { now: () => 0 }, log: silentLog, random: () => 0, baseUrl: 'http://localhost' };
  const connector = testKind.open({ id: 7, name: 'test', options: values, learnt: {} }, events, deps);
  const message = { id: 1, msisdn: 33612345678, segments: 1 } as OutboundMessage;
  const outcome = await new Promise<Outcome>((done) => connector.submit(message, done));
  assert.deepEqual(outcome, { kind: 'submitted', references: ['T1'] });
  await connector.stop(0);
});
