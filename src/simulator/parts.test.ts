// Parts of the simulated carrier without a socket: fates, faults, inbox, schedule, flags.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { happens, seededRandom } from './behaviour.ts';
import { type FateName, FateTable, fates } from './fates.ts';
import { Inbox, type ReceivedPart } from './inbox.ts';
import { readSimulatorFlags } from './run.ts';
import { Schedule } from './schedule.ts';

const byDigits: readonly [string, FateName][] = [
  ['00', 'delivered'],
  ['42', 'delivered'],
  ['89', 'delivered'],
  ['90', 'undelivered'],
  ['91', 'refused'],
  ['92', 'expired'],
  ['93', 'never'],
  ['94', 'late'],
  ['95', 'throttled'],
  ['96', 'twice'],
  ['97', 'overtaking'],
  ['98', 'reply-ok'],
  ['99', 'reply-stop'],
];

for (const [digits, name] of byDigits) {
  test(`a number that ends in ${digits} is ${name}`, () => {
    assert.equal(new FateTable().fateOf(`336123456${digits}`), fates[name]);
  });
}

test('a fates file overrides the built-in fates, and its longest ending decides', () => {
  const table = new FateTable({
    '12': 'rejected',
    '+33612345612': 'never',
    '612': { afterMs: 5, stat: 'DELETED' },
  });
  assert.equal(table.fateOf('33700000012').stat, 'REJECTD');
  assert.equal(table.fateOf('33612345612').stat, null);
  assert.deepEqual(table.fateOf('33700000612'), { ...fates.delivered, afterMs: 5, stat: 'DELETED' });
  assert.equal(table.fateOf('33700000099').reply, 'STOP');
  assert.throws(() => new FateTable({ '12': 'vanished' as FateName }), /Unknown fate "vanished"/);
});

test('a fault happens by probability, by count or by the clock', () => {
  const random = seededRandom(7);
  let times = 0;
  for (let count = 1; count <= 10_000; count++) if (happens(0.1, count, 0, random)) times++;
  assert.ok(times > 900 && times < 1_100, String(times));
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].filter((count) => happens({ every: 3 }, count, 0, random)),
    [3, 6],
  );
  const night = { fromMs: 10, untilMs: 20 };
  assert.deepEqual(
    [9, 10, 19, 20].map((nowMs) => happens(night, 1, nowMs, random)),
    [false, true, true, false],
  );
});

test('equal seeds give equal random numbers', () => {
  const [one, same, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
  const draws = (random: () => number) => Array.from({ length: 50 }, random);
  const first = draws(one);
  assert.deepEqual(draws(same), first);
  assert.notDeepEqual(draws(other), first);
  assert.ok(first.every((value) => value >= 0 && value < 1));
});

function part(text: string, differences: Partial<ReceivedPart> = {}): ReceivedPart {
  return {
    id: text,
    from: 'Chappe',
    to: '33612345678',
    octets: text,
    hasHeader: false,
    dataCoding: 0,
    concatenation: null,
    systemId: 'customer',
    atMs: 0,
    stat: 'DELIVRD',
    err: '000',
    finalAtMs: 0,
    ...differences,
  };
}

const placed = (text: string, number: number, total: number) =>
  part(text, { concatenation: { reference: 1, total, part: number } });

test('the inbox joins parts, and a repeated reference begins another text', () => {
  const inbox = new Inbox();
  for (const [text, number] of [
    ['b', 2],
    ['a', 1],
    ['c', 1],
  ] as const) {
    inbox.add(placed(text, number, 2));
  }
  assert.deepEqual(
    inbox.texts().map(({ ids, text, parts }) => ({ ids, text, parts })),
    [
      { ids: ['a', 'b'], text: 'ab', parts: 2 },
      { ids: ['c'], text: 'c', parts: 2 },
    ],
  );
});

test('the inbox keeps the last thousand texts', () => {
  const inbox = new Inbox();
  for (let i = 0; i < 9_000; i++) inbox.add(part(`text ${i}`));
  const texts = inbox.texts();
  assert.deepEqual([texts.length, texts[0]!.text, texts.at(-1)!.text], [1_000, 'text 8000', 'text 8999']);
  assert.equal(inbox.find('text 8999')?.to, '33612345678');
  assert.equal(inbox.find('text 1'), undefined);
});

test('a schedule executes actions in their order, none too early', () => {
  const schedule = new Schedule();
  const done: string[] = [];
  schedule.run(1_000);
  schedule.at(1_500, () => done.push('later'));
  schedule.at(1_100, () => {
    done.push('soon');
    schedule.at(1_050, () => done.push('overdue'));
  });
  schedule.run(1_099);
  assert.deepEqual(done, []);
  schedule.run(1_120);
  assert.deepEqual(done, ['soon']);
  schedule.run(1_499);
  assert.deepEqual(done, ['soon', 'overdue']);
  schedule.run(9_000);
  assert.deepEqual(done, ['soon', 'overdue', 'later']);
});

test('flags of the command become options of the simulated carrier', () => {
  const { receipts, maxBinds, responseMs, behaviour } = readSimulatorFlags({
    'id-notation': 'padded',
    'receipt-form': 'ucs2',
    receipts: 'last',
    'one-id': true,
    intermediate: 'ENROUTE,ACCEPTD',
    'state-words': 'DELIVRD=DELIVERED,UNDELIV=FAILED',
    'clock-ahead': '-60',
    'max-binds': '2',
    'response-timeout': '1500',
    'already-bound': '20000',
  });
  assert.deepEqual(receipts, {
    idNotation: 'padded',
    receiptForm: 'ucs2',
    receiptTlvs: false,
    receipts: 'last',
    isOneIdForAll: true,
    intermediateStates: ['ENROUTE', 'ACCEPTD'],
    alwaysIntermediate: false,
    stateWords: { DELIVRD: 'DELIVERED', UNDELIV: 'FAILED' },
    clockAheadMinutes: -60,
  });
  assert.deepEqual([maxBinds, responseMs, behaviour?.alreadyBoundMs], [2, 1_500, 20_000]);
});

test('all wrong flags are reported together', () => {
  const flags = { port: '70000', window: 'many', receipts: 'none', 'state-words': 'DELIVRD' };
  assert.throws(
    () => readSimulatorFlags(flags),
    (error: Error) =>
      ['--port', '--window', '--receipts', '--state-words'].every((flag) => error.message.includes(flag)),
  );
});
