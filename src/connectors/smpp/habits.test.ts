// Learning the habits of a carrier: certain matches teach, ambiguous matches never do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt } from '#domain/delivery/connector.ts';
import { noTlvs } from '#smpp/protocol/commands.ts';
import { type ReceiptReading, readReceipt } from '#smpp/protocol/receipt-text.ts';
import { ReceiptHabits } from './habits.ts';
import { type LinkHabits, readSmppOptions, type SmppSettings } from './options.ts';

const now = Date.UTC(2026, 10, 21, 12);
const basics = { id: 1, name: 'test', host: 'localhost', port: 1, systemId: '', password: '' };

class Link {
  readonly learnt: LinkHabits[] = [];
  readonly singles: Receipt[] = [];
  readonly habits: ReceiptHabits;

  constructor(settings: Partial<SmppSettings> = {}, known: LinkHabits = {}) {
    this.habits = new ReceiptHabits(readSmppOptions({ ...basics, ...settings }), known, {
      onLearnt: (habits) => this.learnt.push(habits),
      onSingle: (receipt) => this.singles.push(receipt),
    });
  }

  take(reference: string, msisdn: number, job: object = {}, part = 0, parts = 1): void {
    this.habits.onTaken(job, msisdn, reference, part, parts);
  }

  tell(text: string, from: string | number, atMs = now): ReceiptReading {
    const reading = readReceipt(text, noTlvs, atMs, this.habits.rules)!;
    this.habits.onReceipt(reading, String(from), atMs);
    return reading;
  }
}

test('after twenty receipts in one notation only that notation is read', () => {
  const link = new Link();
  for (let i = 0; i < 20; i++) {
    assert.deepEqual(link.learnt, []);
    link.take((0xa000 + i).toString(16), 33600000000 + i);
    link.tell(`id:${0xa000 + i} stat:DELIVRD`, 33600000000 + i);
  }
  assert.deepEqual(link.learnt, [{ idForm: 'hex-to-dec' }]);
  assert.deepEqual(link.tell('id:16 stat:DELIVRD', 33600000000).receipt.references, ['10']);
});

test('small ids that exist in every notation are distinguished by the number of the message', () => {
  const link = new Link();
  for (let id = 1; id <= 60; id++) link.take(String(id), 33600000000 + id);
  for (let id = 10; id <= 29; id++) link.tell(`id:${id} stat:DELIVRD`, 33600000000 + id);
  assert.deepEqual(link.learnt, [{ idForm: 'same' }]);
  // Never the messages 10 and 22, whether its own message is known or not.
  assert.deepEqual(link.tell('id:16 stat:DELIVRD', 33600000016).receipt.references, ['16']);
});

test('receipts for unknown numbers, or that fit two notations, teach nothing', () => {
  const link = new Link();
  for (let id = 1; id <= 60; id++) link.take(String(id), 33600000000);
  for (let id = 10; id <= 39; id++) {
    link.tell(`id:${id} stat:DELIVRD`, 44700000000);
    if (id < 30) link.tell(`id:${id} stat:DELIVRD`, 33600000000);
  }
  assert.deepEqual(link.learnt, []);
});

test('a notation that an option or an earlier start determines is not learnt', () => {
  for (const link of [new Link({ idForm: 'dec-to-hex' }), new Link({}, { idForm: 'dec-to-hex' })]) {
    assert.deepEqual(link.tell('id:ff stat:DELIVRD', 33600000000).receipt.references, ['255']);
  }
});

test('after five long messages with one receipt each, one receipt counts for all parts, and these messages end', () => {
  const link = new Link({ idForm: 'same' });
  for (let i = 0; i < 5; i++) {
    const job = {};
    for (let part = 0; part < 3; part++) link.take(`m${i}p${part}`, 33600000000 + i, job, part, 3);
    link.tell(`id:m${i}p2 stat:DELIVRD`, 33600000000 + i);
  }
  link.habits.tick(now + 599_999);
  assert.equal(link.habits.isOneForAll, false);
  link.habits.tick(now + 600_000);
  assert.equal(link.habits.isOneForAll, true);
  assert.deepEqual(link.learnt, [{ receipts: 'any' }]);
  assert.deepEqual(
    link.singles.map(({ references, speaksForAll }) => [references[0], speaksForAll]),
    [0, 1, 2, 3, 4].map((i) => [`m${i}p2`, true]),
  );
});

test('after one long message with a receipt for each part, a single receipt never counts for all', () => {
  const link = new Link({ idForm: 'same' });
  for (let i = 0; i < 8; i++) {
    const job = {};
    for (let part = 0; part < 2; part++) link.take(`m${i}p${part}`, 33600000000 + i, job, part, 2);
    link.tell(`id:m${i}p0 stat:DELIVRD`, 33600000000 + i);
    if (i === 0) link.tell(`id:m${i}p1 stat:DELIVRD`, 33600000000 + i);
  }
  link.habits.tick(now + 3_600_000);
  assert.equal(link.habits.isOneForAll, false);
  assert.deepEqual(link.singles, []);
});

test('a receipt of a message in one PDU counts for all its segments', () => {
  assert.equal(new Link({ splitMode: 'payload' }).habits.isOneForAll, true);
});

test('twenty dates ahead by the same quarter hours teach the clock of the carrier', () => {
  const link = new Link();
  // 12:00 UTC is 17:45 in Nepal.
  for (let i = 0; i < 20; i++) link.tell('id:a stat:DELIVRD done date:2611211745', 1);
  const atMs = link.tell('id:a stat:DELIVRD done date:2611211740', 1).receipt.atMs;
  assert.equal(new Date(atMs).toISOString(), '2026-11-21T11:55:00.000Z');
});

test('dates that are randomly behind teach nothing, and constantly late ones only after a hundred', () => {
  const link = new Link();
  const behind = 'id:a stat:DELIVRD done date:2611210700';
  for (let i = 0; i < 60; i++) link.tell(i % 2 === 0 ? behind : 'id:a stat:DELIVRD done date:2611211123', 1);
  assert.equal(link.tell(behind, 1).receipt.atMs, Date.UTC(2026, 10, 21, 7));
  for (let i = 0; i < 160; i++) link.tell(behind, 1);
  assert.equal(link.tell(behind, 1).receipt.atMs, now);
});

test('a zone follows its summer time', () => {
  const { habits } = new Link({ receiptZone: 'Europe/Paris' });
  const read = (date: string) =>
    new Date(
      readReceipt(`id:a stat:DELIVRD done date:${date}`, noTlvs, now, habits.rules)!.receipt.atMs,
    ).toISOString();
  assert.equal(read('2607141200'), '2026-07-14T10:00:00.000Z');
  assert.equal(read('2611141200'), '2026-11-14T11:00:00.000Z');
});
