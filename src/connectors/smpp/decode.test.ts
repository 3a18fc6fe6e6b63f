import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePdu, PduWriter } from '#smpp/protocol/codec.ts';
import { type Fields, specs, type Tlvs } from '#smpp/protocol/commands.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import { type Delivery, type DeliveryPdu, readDelivery } from './decode.ts';

const now = Date.UTC(2026, 10, 21, 12);
const receiptText =
  'id:S1-a sub:001 dlvrd:001 submit date:2611211100 done date:2611211101 stat:DELIVRD err:000 text:';

function delivery(fields: Partial<Fields<'deliver_sm'>>, tlvs?: Tlvs): Delivery {
  const writer = new PduWriter();
  writer.write(
    specs.deliver_sm,
    0,
    1,
    { source_addr: '33612345678', destination_addr: '36180', ...fields },
    tlvs,
  );
  const bytes = writer.take()!;
  return readDelivery(decodePdu(bytes, 0, bytes.length) as DeliveryPdu, now);
}

const ascii = (text: string) => Buffer.from(text, 'latin1');
const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16();

test('a receipt is known by its esm_class, or by its text alone', () => {
  for (const esm_class of [0x04, 0x20, 0x00]) {
    const read = delivery({ esm_class, short_message: ascii(receiptText) });
    assert.equal(read.kind, 'receipt');
    assert.deepEqual(read.kind === 'receipt' && read.reading.receipt, {
      references: ['S1-a'],
      state: 'delivered',
      error: null,
      atMs: Date.UTC(2026, 10, 21, 11, 1),
    });
  }
});

test('a receipt may be in UCS-2, in a TLV, or have nothing but TLVs', () => {
  const inUcs2 = delivery({ esm_class: 4, data_coding: 8, short_message: ucs2(receiptText) });
  const inPayload = delivery({ esm_class: 4 }, new Map([[tlvTags.message_payload, ascii(receiptText)]]));
  const onlyTlvs = delivery(
    { esm_class: 4 },
    new Map([
      [tlvTags.receipted_message_id, textOctets('S1-a')],
      [tlvTags.message_state, intOctets(2, 1)],
    ]),
  );
  for (const read of [inUcs2, inPayload, onlyTlvs]) {
    assert.ok(read.kind === 'receipt');
    assert.deepEqual(read.reading.receipt.references, ['S1-a']);
    assert.equal(read.reading.receipt.state, 'delivered');
  }
});

const replies: readonly [string, Partial<Fields<'deliver_sm'>>, string][] = [
  ['GSM septets', { short_message: Uint8Array.of(0x05, 0x1b, 0x65) }, 'é€'],
  ['UCS-2', { data_coding: 8, short_message: ucs2('☃ 👋') }, '☃ 👋'],
  ['UCS-2 with half a character at the end', { data_coding: 8, short_message: Uint8Array.of(0, 65, 0) }, 'A'],
  ['Latin-1', { data_coding: 3, short_message: ascii('é') }, 'é'],
  ['a class in the GSM way', { data_coding: 0xf1, short_message: Uint8Array.of(0x05) }, 'é'],
  ['a class and UCS-2', { data_coding: 0x18, short_message: ucs2('é') }, 'é'],
  ['nothing at all', {}, ''],
];

for (const [is, fields, text] of replies) {
  test(`a reply is read from ${is}`, () => {
    const read = delivery(fields);
    assert.ok(read.kind === 'reply');
    assert.deepEqual(read.reply, { from: 33612345678, to: '36180', text, atMs: now });
    assert.equal(read.place, null);
  });
}

test('the place of a part is read from its header or from TLVs', () => {
  const place = { reference: 9, total: 2, part: 1 };
  const byHeader = delivery({ esm_class: 0x40, short_message: Uint8Array.of(5, 0, 3, 9, 2, 1, 0x41) });
  assert.ok(byHeader.kind === 'reply');
  assert.deepEqual([byHeader.place, byHeader.reply.text], [place, 'A']);
  const byTlvs = delivery(
    { short_message: Uint8Array.of(0x41) },
    new Map([
      [tlvTags.sar_msg_ref_num, intOctets(9, 2)],
      [tlvTags.sar_total_segments, intOctets(2, 1)],
      [tlvTags.sar_segment_seqnum, intOctets(1, 1)],
    ]),
  );
  assert.ok(byTlvs.kind === 'reply');
  assert.deepEqual(byTlvs.place, place);
});

test('what names no message and what comes from no number is nothing', () => {
  assert.equal(delivery({ esm_class: 4, short_message: ascii('stat:DELIVRD') }).kind, 'nothing');
  assert.equal(delivery({ source_addr: 'Bank', short_message: ascii('Hi') }).kind, 'nothing');
});
