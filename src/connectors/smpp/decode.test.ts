import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DefaultAlphabet } from '#gsm/data-coding.ts';
import { decodePdu, PduWriter } from '#smpp/protocol/codec.ts';
import { type Fields, specs, type Tlvs } from '#smpp/protocol/commands.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import { type Delivery, type DeliveryPdu, type DeliveryRules, readDelivery } from './decode.ts';

const now = Date.UTC(2026, 10, 21, 12);
const receiptText =
  'id:S1-a sub:001 dlvrd:001 submit date:2611211100 done date:2611211101 stat:DELIVRD err:000 text:';

function delivery(fields: Partial<Fields<'deliver_sm'>>, tlvs?: Tlvs, rules?: DeliveryRules): Delivery {
  const writer = new PduWriter();
  writer.write(
    specs.deliver_sm,
    0,
    1,
    { source_addr: '33612345678', destination_addr: '36180', ...fields },
    tlvs,
  );
  const bytes = writer.take()!;
  return readDelivery(decodePdu(bytes, 0, bytes.length) as DeliveryPdu, now, rules);
}

const ascii = (text: string) => Buffer.from(text, 'latin1');
const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16();

test('a receipt is recognized by its esm_class, or by its text alone', () => {
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

test('a receipt can be in UCS-2, in a TLV, or consist of TLVs only', () => {
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

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const replies: readonly [string, Partial<Fields<'deliver_sm'>>, string][] = [
  ['GSM septets', { short_message: Uint8Array.of(0x05, 0x1b, 0x65) }, 'é€'],
  ['UCS-2', { data_coding: 8, short_message: ucs2('☃ 👋') }, '☃ 👋'],
  ['UCS-2 with half a character at the end', { data_coding: 8, short_message: Uint8Array.of(0, 65, 0) }, 'A'],
  ['UCS-2 with a byte order mark', { data_coding: 8, short_message: bytes('feff 0041') }, 'A'],
  ['UCS-2 in the other byte order, marked', { data_coding: 8, short_message: bytes('fffe 4100') }, 'A'],
  ['ASCII', { data_coding: 1, short_message: ascii('STOP @') }, 'STOP @'],
  [
    'GSM septets announced as ASCII',
    { data_coding: 1, short_message: Uint8Array.of(0x05, 0x1b, 0x65) },
    'é€',
  ],
  ['Latin-1', { data_coding: 3, short_message: ascii('é\u0080') }, 'é\u0080'],
  ['Cyrillic', { data_coding: 6, short_message: bytes('c1 c2 be bf') }, 'СТОП'],
  ['Hebrew', { data_coding: 7, short_message: bytes('f1 e8 e5 f4') }, 'סטופ'],
  ['Shift-JIS', { data_coding: 5, short_message: bytes('92e2 8e7e') }, '停止'],
  ['Shift-JIS in pictogram coding', { data_coding: 9, short_message: bytes('92e2 8e7e') }, '停止'],
  ['ISO-2022-JP', { data_coding: 10, short_message: bytes('1b2442 4464 3b5f 1b2842') }, '停止'],
  [
    'ISO-2022-JP under data_coding 5',
    { data_coding: 5, short_message: bytes('1b2442 4464 3b5f 1b2842') },
    '停止',
  ],
  ['EUC-JP', { data_coding: 13, short_message: bytes('c4e4 bbdf') }, '停止'],
  ['EUC-KR', { data_coding: 14, short_message: bytes('bcf6 bdc5 b0c5 bace') }, '수신거부'],
  ['a class in the GSM way', { data_coding: 0xf1, short_message: Uint8Array.of(0x05) }, 'é'],
  ['a class and UCS-2', { data_coding: 0x18, short_message: ucs2('é') }, 'é'],
  ['a reserved group', { data_coding: 0x90, short_message: Uint8Array.of(0x05) }, 'é'],
  ['octets that are a text', { data_coding: 4, short_message: ascii('STOP') }, 'STOP'],
  ['nothing at all', {}, ''],
];

for (const [is, fields, text] of replies) {
  test(`a reply is read from ${is}`, () => {
    const read = delivery(fields);
    assert.ok(read.kind === 'reply');
    assert.deepEqual(read.reply, {
      source: { address: '33612345678', ton: 0, npi: 0, country: null },
      to: '36180',
      text,
      isBinary: false,
      place: null,
      atMs: now,
    });
  });
}

/** A header with the single shift (24) or locking shift (25) table of a language, and septets. */
const national = (header: string, septets: string) => ({
  esm_class: 0x40,
  short_message: bytes(`${header} ${septets}`),
});

const nationals: readonly [string, Partial<Fields<'deliver_sm'>>, string][] = [
  ['Turkish single shift', national('03 24 01 01', '1b47 1b49 1b53 1b63 1b67 1b69 1b73'), 'ĞİŞçğış'],
  ['Turkish single shift and the default extension', national('03 24 01 01', '1b65 1b3c 41'), '€[A'],
  ['Turkish locking shift', national('03 25 01 01', '04 07 0b 0c 1c 1d 40 60 41'), '€ıĞğŞşİçA'],
  ['Turkish, both', national('06 24 01 01 25 01 01', '40 5054 414c 1b73'), 'İPTALş'],
  [
    'Spanish single shift',
    national('03 24 01 02', '1b41 1b49 1b4f 1b55 1b61 1b69 1b6f 1b75 1b09'),
    'ÁÍÓÚáíóúç',
  ],
  ['Portuguese single shift', national('03 24 01 03', '1b05 1b0b 1b0c 1b5b 1b7c 1b7f 1b14'), 'êÔôÃõâ^'],
  ['Portuguese locking shift', national('03 25 01 03', '05 0c 12 18 5b 60 7b 7d'), 'éôª€Ã~ã`'],
  // Only the characters that the tables of the Indian languages share.
  ['Hindi locking shift', national('03 25 01 06', '7374 6f70 20 31 00'), 'stop 1\ufffd'],
  [
    'Hindi locking and single shift',
    national('06 24 01 06 25 01 06', '1b53 1b54 1b4f 1b50 1b1e'),
    'STOP\ufffd',
  ],
  ['Tamil single shift', national('03 24 01 0b', '53 544f50'), 'STOP'],
  ['a language that the standard does not know', national('06 24 01 63 25 01 63', '05 1b65'), 'é€'],
  ['the default tables, named', national('03 24 01 00', '05 1b65'), 'é€'],
];

for (const [is, fields, text] of nationals)
  test(`a reply is read with the tables of its header: ${is}`, () => {
    const read = delivery(fields);
    assert.ok(read.kind === 'reply');
    assert.deepEqual([read.reply.text, read.reply.isBinary], [text, false]);
  });

/** By the option reply-alphabet of the link. */
const byAlphabet: readonly [DefaultAlphabet, string, string, Partial<Fields<'deliver_sm'>>?][] = [
  ['gsm', '00', '@'],
  ['latin1', '40 e9 a3', '@é£'],
  ['latin1', '05', 'é', { data_coding: 0xf1 }], // its group says GSM
  ['latin1', '0043', 'C', { data_coding: 8 }],
  ['packed', '53ea130a', 'STOP'],
  ['packed', 'e8329bfd4697d9ec37', 'hellohello'],
  ['packed', '8930c81e066dca3f', 'Ça va €?'],
  ['packed', '31d98c56b3dd70', '12345678'],
  ['packed', '31d98c56b3dd00', '1234567'], // padded with zeros
  ['packed', '31d98c56b3dd1a', '1234567'], // padded with a CR
  ['packed', '0041', 'A', { data_coding: 8 }],
  // After a header the text begins with the next septet.
  ['packed', '050003090201 a6d42714', 'STOP', { esm_class: 0x40 }],
  ['packed', '06080400090201 53ea130a', 'STOP', { esm_class: 0x40 }],
];

for (const [alphabet, octets, text, fields] of byAlphabet)
  test(`with the alphabet ${alphabet}, the octets ${octets} are ${text}`, () => {
    const read = delivery({ short_message: bytes(octets), ...fields }, undefined, { alphabet });
    assert.ok(read.kind === 'reply');
    assert.equal(read.reply.text, text);
  });

const binaries: readonly [string, Partial<Fields<'deliver_sm'>>, Tlvs?][] = [
  ['octets', { data_coding: 4, short_message: bytes('00 01 ff') }],
  ['an 8-bit class', { data_coding: 0xf5, short_message: bytes('00 01 ff') }],
  ['compressed text', { data_coding: 0x20, short_message: bytes('00 01 ff') }],
  [
    'a port of 16 bits in the header',
    { esm_class: 0x40, short_message: bytes('06 05 04 0b84 23f0 00 01 ff') },
  ],
  ['a port of 8 bits in the header', { esm_class: 0x40, short_message: bytes('04 04 02 e2 00 00 01 ff') }],
  [
    'a port in a TLV',
    { short_message: bytes('00 01 ff') },
    new Map([[tlvTags.destination_port, intOctets(9, 2)]]),
  ],
];

for (const [is, fields, tlvs] of binaries) {
  test(`a reply with ${is} is not text, and its octets are kept`, () => {
    const read = delivery(fields, tlvs);
    assert.ok(read.kind === 'reply');
    assert.deepEqual([read.reply.isBinary, read.reply.text], [true, '0001ff']);
  });
}

test('the position of a part is read from its header or from TLVs', () => {
  const place = { reference: 9, total: 2, part: 1 };
  const byHeader = delivery({ esm_class: 0x40, short_message: Uint8Array.of(5, 0, 3, 9, 2, 1, 0x41) });
  assert.ok(byHeader.kind === 'reply');
  assert.deepEqual([byHeader.reply.place, byHeader.reply.text], [place, 'A']);
  const byTlvs = delivery(
    { short_message: Uint8Array.of(0x41) },
    new Map([
      [tlvTags.sar_msg_ref_num, intOctets(9, 2)],
      [tlvTags.sar_total_segments, intOctets(2, 1)],
      [tlvTags.sar_segment_seqnum, intOctets(1, 1)],
    ]),
  );
  assert.ok(byTlvs.kind === 'reply');
  assert.deepEqual(byTlvs.reply.place, place);
});

test('the source of a reply is returned as the carrier wrote it', () => {
  const read = delivery({ source_addr: '0601020304', source_addr_ton: 2, source_addr_npi: 1 });
  assert.ok(read.kind === 'reply');
  assert.deepEqual(read.reply.source, { address: '0601020304', ton: 2, npi: 1, country: null });
  const named = delivery({ source_addr: 'Bank', short_message: ascii('Hi') });
  assert.ok(named.kind === 'reply');
  assert.equal(named.reply.source.address, 'Bank');
});

test('a receipt without a message id and a message waiting indication are ignored', () => {
  assert.equal(delivery({ esm_class: 4, short_message: ascii('stat:DELIVRD') }).kind, 'nothing');
  assert.equal(delivery({ data_coding: 0xc8, short_message: ascii('x') }).kind, 'nothing');
});
