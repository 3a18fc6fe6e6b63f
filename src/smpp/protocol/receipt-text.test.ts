import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noTlvs, type Tlvs } from './commands.ts';
import {
  looksLikeReceipt,
  type Receipt,
  readReceipt,
  readReceiptDate,
  renderReceiptText,
} from './receipt-text.ts';
import { referenceSpellings } from './reference-forms.ts';
import { intOctets, textOctets, tlvTags } from './tlvs.ts';

const now = Date.UTC(2026, 10, 21, 23, 59, 30);
const done = Date.UTC(2026, 10, 21, 22, 5);

const receipts: readonly { is: string; text: string; tlvs?: Tlvs; expected: Partial<Receipt> }[] = [
  {
    is: 'the text of the specification',
    text: 'id:7Z sub:001 dlvrd:001 submit date:2611212200 done date:2611212205 stat:DELIVRD err:000 text:Hello',
    expected: { references: ['7Z', '7z'], state: 'delivered', error: null, atMs: done },
  },
  {
    is: 'another order, another case and extra blanks',
    text: '  STAT: undeliv   ERR : 21  Done Date: 261121220500   ID: 7Z  ',
    expected: { references: ['7Z', '7z'], state: 'undelivered', error: '21', atMs: done },
  },
  {
    is: 'missing fields',
    text: 'id:7Z stat:EXPIRED',
    expected: { references: ['7Z', '7z'], state: 'expired', error: null, atMs: now },
  },
  {
    is: 'an empty error and a text that pretends to be fields',
    text: 'id:7Z stat:REJECTD err: text:id:9Z stat:DELIVRD err:1',
    expected: { references: ['7Z', '7z'], state: 'rejected', error: null },
  },
  {
    is: 'an empty date before the next key',
    text: 'id:7Z done date: stat:DELIVERED err:0',
    expected: { references: ['7Z', '7z'], state: 'delivered', error: null, atMs: now },
  },
  {
    is: 'words run together',
    text: 'id:7Z submitdate:2611212200 donedate:2611212205 stat:DELIVRD',
    expected: { atMs: done },
  },
  {
    is: 'underscores and a date with a zone',
    text: 'id:7Z submit_date:2611212200 done_date:20261121230500+0100 stat:ACCEPTD',
    expected: { state: 'underway', atMs: done },
  },
  { is: 'a state nobody knows', text: 'id:7Z stat:WHATEVER', expected: { state: 'underway' } },
  {
    is: 'TLVs that contradict the text, and win',
    text: 'id:7Z stat:ENROUTE err:000',
    tlvs: new Map([
      [tlvTags.receipted_message_id, textOctets('8Z')],
      [tlvTags.message_state, intOctets(2, 1)],
    ]),
    expected: { references: ['8Z', '8z', '7Z', '7z'], state: 'delivered' },
  },
  {
    is: 'TLVs alone, with a network error code',
    text: '',
    tlvs: new Map([
      [tlvTags.receipted_message_id, textOctets('8Z')],
      [tlvTags.message_state, intOctets(5, 1)],
      [tlvTags.network_error_code, Uint8Array.of(3, 0, 27)],
    ]),
    expected: { references: ['8Z', '8z'], state: 'undelivered', error: '27', atMs: now },
  },
];

for (const { is, text, tlvs, expected } of receipts) {
  test(`a receipt is read with ${is}`, () => {
    const receipt = readReceipt(text, tlvs ?? noTlvs, now)?.receipt;
    assert.ok(receipt !== undefined);
    const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, receipt[key as keyof Receipt]]));
    assert.deepEqual(seen, expected);
  });
}

test('a text that names no message is no receipt', () => {
  assert.equal(readReceipt('stat:DELIVRD', noTlvs, now), null);
  assert.equal(readReceipt('Hello, see you at 12:30', noTlvs, now), null);
  assert.equal(looksLikeReceipt('id:1 sub:001 stat:DELIVRD'), true);
  assert.equal(looksLikeReceipt('My id: 12'), false);
  assert.equal(looksLikeReceipt('id: 12 is mine'), false);
});

test('an id answered in hexadecimal is among the spellings of the decimal in its receipt, and the reverse', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (id) => {
      assert.ok(referenceSpellings(id.toString(10)).includes(id.toString(16)));
      assert.ok(referenceSpellings(id.toString(10)).includes(id.toString(16).toUpperCase()));
      assert.ok(referenceSpellings(id.toString(10).padStart(20, '0')).includes(id.toString(10)));
      assert.ok(referenceSpellings(id.toString(16).padStart(16, '0')).includes(id.toString(10)));
    }),
  );
});

const dates: readonly [string, number | null][] = [
  ['2611212205', done],
  ['261121220530', done + 30_000],
  ['202611212205', done],
  ['20261121220530', done + 30_000],
  ['2611212205Z', done],
  ['2611220005+0200', done],
  ['2611211705-05:00', done],
  ['2611212305+01', done],
  ['261121230500004+', done],
  ['261121210500004-', done],
  ['2611220105', now], // later than now without a zone: local time of a carrier
  ['2613212205', null],
  ['2611322205', null],
  ['2611212460', null],
  ['26112122053', null],
  ['soon', null],
  ['', null],
];

for (const [value, expected] of dates) {
  test(`the date "${value}" reads as ${expected === null ? 'nothing' : new Date(expected).toISOString()}`, () => {
    assert.equal(readReceiptDate(value, now), expected);
  });
}

test('a written receipt text is read back unchanged', () => {
  const text = renderReceiptText({
    id: 'S1',
    stat: 'UNDELIV',
    err: '012',
    submittedAtMs: done - 60_000,
    doneAtMs: done,
    text: 'A text longer than twenty characters',
  });
  assert.equal(
    text,
    'id:S1 sub:001 dlvrd:000 submit date:2611212204 done date:2611212205 stat:UNDELIV err:012 text:A text longer than t',
  );
  assert.deepEqual(readReceipt(text, noTlvs, now)?.receipt, {
    references: ['S1', 's1'],
    state: 'undelivered',
    error: '012',
    atMs: done,
  });
});

test('random texts never throw', () => {
  const words = fc.constantFrom(
    'id',
    'stat',
    'err',
    'done date',
    'text',
    ':',
    ' ',
    '0',
    'f',
    'DELIVRD',
    '\u0000',
    'é',
  );
  fc.assert(fc.property(fc.array(words), (parts) => void readReceipt(parts.join(''), noTlvs, now)));
  fc.assert(fc.property(fc.string(), (text) => void readReceipt(text, noTlvs, now)));
});
