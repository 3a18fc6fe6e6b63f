import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboundMessage } from '#domain/delivery/connector.ts';
import { readUserDataHeader } from '#gsm/udh.ts';
import { tlvInt, tlvTags } from '#smpp/protocol/tlvs.ts';
import { encodeBodies, encodeDataCoding, encodeSource, encodeValidity } from './encode.ts';
import { defaultSmppOptions, type SmppOptions } from './options.ts';

const options = { ...defaultSmppOptions } as unknown as SmppOptions;

function message(text: string, encoding: 'gsm7' | 'ucs2' = 'gsm7', messageClass: number | null = null) {
  return { text, encoding, messageClass, segments: 1 } as OutboundMessage;
}

const senders: readonly [string | null, number, number, string][] = [
  [null, 0, 0, ''],
  ['', 0, 0, ''],
  ['Chappe', 5, 0, 'Chappe'],
  ['A1 & B', 5, 0, 'A1 & B'],
  ['36180', 3, 0, '36180'],
  ['12345678', 3, 0, '12345678'],
  ['33612345678', 1, 1, '33612345678'],
  ['+33612345678', 1, 1, '33612345678'],
  ['0033612345678', 1, 1, '33612345678'],
];

for (const [sender, ton, npi, address] of senders) {
  test(`the sender ${sender} is encoded as ${address || 'an empty address'} with TON ${ton} and NPI ${npi}`, () => {
    assert.deepEqual(encodeSource(sender, options), { ton, npi, address });
  });
}

test('a sender that SMPP cannot carry is refused without an exception', () => {
  assert.equal(encodeSource('€uro', options), null);
  assert.equal(encodeSource('a name that is too long', options), null);
  assert.equal(encodeSource('with\0nul', options), null);
  assert.equal(encodeSource('1'.repeat(21), options), null);
});

test('a validity is relative, in seconds, and a year at most', () => {
  assert.equal(encodeValidity(1), '000000000001000R');
  assert.equal(encodeValidity(90_061_000), '000001010101000R');
  assert.equal(encodeValidity(40 * 86_400_000), '000110000000000R');
  assert.equal(encodeValidity(1e15), '001200000000000R');
  assert.equal(encodeValidity(-5), '000000000001000R');
});

test('the class of a message is encoded in its data_coding', () => {
  assert.equal(encodeDataCoding(message('a'), 0), 0);
  assert.equal(encodeDataCoding(message('a'), 1), 1);
  assert.equal(encodeDataCoding(message('é', 'ucs2'), 0), 8);
  assert.equal(encodeDataCoding(message('a', 'gsm7', 0), 0), 0xf0);
  assert.equal(encodeDataCoding(message('é', 'ucs2', 2), 0), 0x1a);
});

test('a short text is one body, GSM octet by septet or UCS-2 in network order', () => {
  assert.deepEqual([...encodeBodies(message('a@€'), 'udh', 7)[0]!.octets], [0x61, 0x00, 0x1b, 0x65]);
  assert.deepEqual([...encodeBodies(message('é☃', 'ucs2'), 'udh', 7)[0]!.octets], [0x00, 0xe9, 0x26, 0x03]);
});

test('a long text has its position in its user data, or in TLVs, or is sent whole', () => {
  const long = message('x'.repeat(400));
  const byHeader = encodeBodies(long, 'udh', 0x1ff);
  assert.deepEqual(
    byHeader.map(({ octets }) => readUserDataHeader(octets).concatenation),
    [1, 2, 3].map((part) => ({ reference: 0xff, total: 3, part })),
  );
  assert.deepEqual(
    byHeader.map(({ octets }) => octets.length),
    [159, 159, 100],
  );
  const byTlvs = encodeBodies(long, 'sar', 5);
  assert.deepEqual(
    byTlvs.map(({ octets, tlvs }) => [octets.length, tlvInt(tlvs!, tlvTags.sar_segment_seqnum)]),
    [
      [153, 1],
      [153, 2],
      [94, 3],
    ],
  );
  const [whole, ...rest] = encodeBodies(long, 'payload', 5);
  assert.equal(rest.length, 0);
  assert.equal(whole!.octets.length, 0);
  assert.equal(whole!.tlvs!.get(tlvTags.message_payload)!.length, 400);
});
