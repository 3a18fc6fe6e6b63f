// The parts of the simulated carrier that need no socket: fates, faults, inbox, mailbox, schedule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { happens, seededRandom } from './behaviour.ts';
import { type FateName, FateTable, fates } from './fates.ts';
import { Inbox, type ReceivedPart } from './inbox.ts';
import { type Delivery, type Listener, Mailbox } from './mailbox.ts';
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

test('a fates file overrides, and its longest ending decides', () => {
  const book = new FateTable({
    '12': 'rejected',
    '+33612345612': 'never',
    '612': { afterMs: 5, stat: 'DELETED' },
  });
  assert.equal(book.fateOf('33700000012').stat, 'REJECTD');
  assert.equal(book.fateOf('33612345612').stat, null);
  assert.deepEqual(book.fateOf('33700000612'), { ...fates.delivered, afterMs: 5, stat: 'DELETED' });
  assert.equal(book.fateOf('33700000099').reply, 'STOP');
  assert.throws(() => new FateTable({ '12': 'vanished' as FateName }), /no such fate/);
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

test('the same seed gives the same chances', () => {
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
    place: null,
    atMs: 0,
    stat: 'DELIVRD',
    ...differences,
  };
}

const placed = (text: string, number: number, total: number) =>
  part(text, { place: { reference: 1, total, part: number } });

test('the inbox joins parts, and a reference that comes round again begins another text', () => {
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

class Ear implements Listener {
  room: number;
  readonly heard: Delivery[] = [];

  constructor(room: number) {
    this.room = room;
  }

  deliver(delivery: Delivery): void {
    this.room--;
    this.heard.push(delivery);
  }
}

const delivery = (): Delivery => ({ kind: 'receipt', tlvs: undefined, isBroken: false, fields: () => ({}) });

test('a mailbox fills the room of its listeners, and keeps the rest', () => {
  const mailbox = new Mailbox();
  const deliveries = Array.from({ length: 5 }, delivery);
  for (const one of deliveries) mailbox.push(one);
  mailbox.pump(0);
  assert.equal(mailbox.waiting, 5);
  const [left, right] = [new Ear(1), new Ear(2)];
  mailbox.attach(left);
  mailbox.attach(right);
  mailbox.pump(0);
  assert.deepEqual([left.heard.length, right.heard.length, mailbox.waiting], [1, 2, 2]);
});

test('what comes back goes out first, over whoever is left', () => {
  const mailbox = new Mailbox();
  const [first, second] = [delivery(), delivery()];
  const [gone, left] = [new Ear(1), new Ear(0)];
  mailbox.attach(gone);
  mailbox.attach(left);
  mailbox.push(first);
  mailbox.push(second);
  mailbox.pump(0);
  mailbox.detach(gone);
  mailbox.giveBack(first);
  left.room = 2;
  mailbox.pump(0);
  assert.deepEqual(left.heard, [first, second]);
});

test('a mailbox that is held lets nothing out', () => {
  const mailbox = new Mailbox();
  const ear = new Ear(9);
  mailbox.attach(ear);
  mailbox.isHeld = true;
  mailbox.push(delivery());
  mailbox.pump(0);
  assert.equal(ear.heard.length, 0);
  mailbox.isHeld = false;
  mailbox.pump(0);
  assert.equal(ear.heard.length, 1);
});

test('a mailbox gives out a hundred thousand in their order', () => {
  const mailbox = new Mailbox();
  const deliveries = Array.from({ length: 100_000 }, delivery);
  for (const one of deliveries) mailbox.push(one);
  const ear = new Ear(0);
  mailbox.attach(ear);
  while (mailbox.waiting > 0) {
    ear.room = 700;
    mailbox.pump(0);
  }
  assert.ok(ear.heard.every((one, index) => one === deliveries[index]));
});

test('a schedule does things in their order, none too early', () => {
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
