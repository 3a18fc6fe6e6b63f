// Submissions as PDUs: the fields that clients write, and the submission that they become.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccountSettings, defaultSettings, defaultSmppSettings } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { encodeGsm7 } from '#gsm/alphabet.ts';
import { decodePdu, PduWriter } from '#smpp/protocol/codec.ts';
import { specs } from '#smpp/protocol/commands.ts';
import { SmppRefusal } from './errors.ts';
import { readMessage, readSubmission, type SubmitPdu } from './request.ts';

const nowMs = Date.parse('2026-11-30T12:00:00Z');

function pduOf(fields: object, tlvs?: ReadonlyMap<number, Uint8Array>): SubmitPdu {
  const writer = new PduWriter();
  const usual = {
    source_addr: 'Chappe',
    destination_addr: '33612345678',
    short_message: Buffer.from('Bonjour'),
  };
  writer.write(specs.submit_sm, 0, 1, { ...usual, ...fields }, tlvs);
  const bytes = writer.take()!;
  return decodePdu(bytes, 0, bytes.length) as SubmitPdu;
}

const settings: AccountSettings = { ...defaultSettings, smpp: defaultSmppSettings };

function read(fields: object, tlvs?: ReadonlyMap<number, Uint8Array>): Submission {
  const pdu = pduOf(fields, tlvs);
  return readSubmission(pdu, readMessage(pdu, settings.smpp!), settings, nowMs);
}

const texts: readonly (readonly [what: string, text: string, fields: object])[] = [
  ['GSM by default', 'é@€ Ω', { short_message: encodeGsm7('é@€ Ω') }],
  ['Latin-1', 'é@ñ', { data_coding: 3, short_message: Buffer.from('é@ñ', 'latin1') }],
  ['ASCII', 'a@b', { data_coding: 1, short_message: Buffer.from('a@b') }],
  // As the npm package smpp writes every text.
  ...['é', 'me@here', '10 € [x]', 'Øst, Å, ø', 'à bientôt'.replace('ô', 'ò'), 'a_b $ {c}\r\n'].map(
    (text) =>
      [`GSM announced as ASCII: ${text}`, text, { data_coding: 1, short_message: encodeGsm7(text) }] as const,
  ),
  [
    'ASCII with a tab and a brace',
    'a\t{b}~_$@',
    { data_coding: 1, short_message: Buffer.from('a\t{b}~_$@') },
  ],
  ['ASCII with a NUL at its end', 'a@b~', { data_coding: 1, short_message: Buffer.from('a@b~\0') }],
  ['Latin-1 announced as ASCII', 'é@', { data_coding: 1, short_message: Buffer.from('é@', 'latin1') }],
  ['UTF-16', '👋 Ł', { data_coding: 8, short_message: Buffer.from('👋 Ł', 'utf16le').swap16() }],
  ['a byte order mark', 'Ł', { data_coding: 8, short_message: Buffer.from('\ufeffŁ', 'utf16le').swap16() }],
  ['half a surrogate pair', '\ufffd', { data_coding: 8, short_message: Buffer.of(0xd8, 0x3d) }],
  ['Cyrillic', 'Да', { data_coding: 6, short_message: Buffer.of(0xb4, 0xd0) }],
];

for (const [what, text, fields] of texts)
  test(`a text in ${what} is read`, () => assert.equal(read(fields).text, text));

test('data_coding 0 is Latin-1 for an account that says so', () => {
  const pdu = pduOf({ short_message: Buffer.from('é@', 'latin1') });
  assert.equal(readMessage(pdu, { ...defaultSmppSettings, alphabet: 'latin1' }).text, 'é@');
});

test('classes come from data_coding and from dest_addr_subunit', () => {
  assert.equal(read({ data_coding: 0x10 }).messageClass, 0);
  assert.equal(read({ data_coding: 0xf1 }).messageClass, 1);
  assert.equal(read({ data_coding: 0x18, short_message: Buffer.of(0, 0x41) }).text, 'A');
  assert.equal(read({}, new Map([[0x0005, Uint8Array.of(1)]])).messageClass, 0);
  assert.equal(read({}).messageClass, undefined);
});

test('numbers are read by their type, senders as written, and an empty sender is the default of the account', () => {
  const numberOf = (fields: object) => read(fields).recipients[0]!.number;
  assert.equal(numberOf({ dest_addr_ton: 1 }), '+33612345678');
  assert.equal(numberOf({ dest_addr_ton: 1, destination_addr: '0033612345678' }), '+33612345678');
  assert.equal(numberOf({ dest_addr_ton: 2, destination_addr: '0612345678' }), '0612345678');
  assert.equal(numberOf({ destination_addr: '+33612345678' }), '+33612345678');
  assert.equal(read({ source_addr_ton: 1, source_addr: '33700000001' }).sender, '+33700000001');
  assert.equal(read({ source_addr: '' }).sender, null);
  assert.equal(read({ source_addr: '36180' }).fromOwnNumber, true);
});

test('times, priorities and the purpose are those of the fields', () => {
  const submission = read({
    schedule_delivery_time: '261130130000000+',
    validity_period: '000000020000000R',
    priority_flag: 2,
    service_type: 'PROMO',
  });
  assert.equal(submission.sendAtMs, nowMs + 3_600_000);
  // Two hours from the submission are one hour after the schedule.
  assert.equal(submission.validityMs, 3_600_000);
  assert.deepEqual(
    [submission.priority, submission.purpose, submission.stopClause],
    ['high', 'marketing', 'demanded'],
  );
  assert.equal(read({ service_type: 'OTP' }).purpose, 'transactional');
  assert.deepEqual([read({}).sendAtMs, read({}).validityMs, read({}).priority], [null, null, undefined]);
  assert.equal(read({ schedule_delivery_time: '261130115500000+' }).sendAtMs, nowMs - 300_000);
});

test('the receipt that is asked for repeats the fields of the request', () => {
  assert.equal(read({ registered_delivery: 0 }).returnPath, undefined);
  assert.deepEqual(
    read(
      { registered_delivery: 0x12, source_addr_ton: 5, dest_addr_ton: 2, destination_addr: '0612345678' },
      new Map([[0x0204, Uint8Array.of(1, 2)]]),
    ).returnPath,
    { wants: 'failures', source: [5, 0, 'Chappe'], destination: [2, 0, '0612345678'], reference: 258 },
  );
  // A number in the usual form is not stored a second time.
  const usual = read({ registered_delivery: 1, dest_addr_ton: 1, dest_addr_npi: 1 }).returnPath;
  assert.deepEqual(usual, { wants: 'all', source: [0, 0, 'Chappe'] });
});

test('a part has its place, by a header or by TLVs; a text in one part is whole', () => {
  const placeOf = (fields: object, tlvs?: ReadonlyMap<number, Uint8Array>) =>
    readMessage(pduOf(fields, tlvs), defaultSmppSettings).place;
  const header = Buffer.from([5, 0, 3, 9, 3, 2, 0x41]);
  assert.deepEqual(placeOf({ esm_class: 0x43, short_message: header }), { reference: 9, total: 3, part: 2 });
  const wide = Buffer.from([6, 8, 4, 1, 0, 2, 1, 0x41]);
  assert.deepEqual(placeOf({ esm_class: 0x40, short_message: wide }), { reference: 256, total: 2, part: 1 });
  const sar = new Map([
    [0x020c, Uint8Array.of(1, 1)],
    [0x020e, Uint8Array.of(2)],
    [0x020f, Uint8Array.of(1)],
  ]);
  assert.deepEqual(placeOf({}, sar), { reference: 257, total: 2, part: 1 });
  assert.equal(placeOf({ esm_class: 0x40, short_message: Buffer.from([5, 0, 3, 9, 1, 1, 0x41]) }), null);
});

const refusals: readonly (readonly [
  what: string,
  status: number,
  fields: object,
  tlvs?: ReadonlyMap<number, Uint8Array>,
])[] = [
  ['short_message and message_payload', 0x01, {}, new Map([[0x0424, Buffer.from('x')]])],
  ['a port', 0x45, { esm_class: 0x40, short_message: Buffer.from([6, 5, 4, 0, 80, 0, 80, 0x41]) }],
  ['a port in a TLV', 0x45, {}, new Map([[0x020b, Uint8Array.of(0, 80)]])],
  ['a Turkish table', 0x45, { esm_class: 0x40, short_message: Buffer.from([3, 0x25, 1, 1, 0x41]) }],
  ['a compressed text', 0x45, { data_coding: 0x20 }],
  ['8-bit data', 0x45, { data_coding: 0xf5 }],
  ['a header without a text', 0x01, { esm_class: 0x40, short_message: Buffer.from([5, 0, 3, 9, 2, 1]) }],
  [
    'a validity that ends before the schedule',
    0x62,
    { schedule_delivery_time: '261130140000000+', validity_period: '261130130000000+' },
  ],
];

for (const [what, status, fields, tlvs] of refusals)
  test(`${what} is refused with 0x${status.toString(16)}`, () => {
    assert.throws(
      () => read(fields, tlvs),
      (error) => error instanceof SmppRefusal && error.status === status,
    );
  });
