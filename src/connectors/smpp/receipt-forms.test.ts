// Receipts as carriers write them, in whole PDUs: their message, their state, and whether they are receipts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt } from '#domain/delivery/connector.ts';
import { decodePdu, PduWriter } from '#smpp/protocol/codec.ts';
import { type Fields, specs, type Tlvs } from '#smpp/protocol/commands.ts';
import { intOctets, textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import { type DeliveryPdu, readDelivery } from './decode.ts';

const now = Date.UTC(2026, 10, 21, 12);
const done = Date.UTC(2026, 10, 21, 11, 1);

type State = Receipt['state'];
interface Row {
  readonly text?: string;
  readonly octets?: Uint8Array;
  readonly fields?: Partial<Fields<'deliver_sm'>>;
  readonly tlvs?: Tlvs;
  /** The state, or that it is a reply, or that it is ignored. */
  readonly is: State | 'reply' | 'nothing';
  readonly id?: string;
  readonly error?: string | null;
  readonly atMs?: number;
  readonly word?: string;
}

const ascii = (text: string) => Buffer.from(text, 'latin1');
const ucs2 = (text: string) => Buffer.from(text, 'utf16le').swap16();
const marked = { esm_class: 0x04 };
const named = (id: string) => [tlvTags.receipted_message_id, textOctets(id)] as const;
const inState = (state: number) => [tlvTags.message_state, intOctets(state, 1)] as const;
const failedBy = (...octets: number[]) => [tlvTags.network_error_code, Uint8Array.from(octets)] as const;
const full =
  'id:7Z sub:001 dlvrd:001 submit date:2611211100 done date:2611211101 stat:DELIVRD err:000 text:Hi';

const words: readonly [string, State][] = [
  ['DELIVRD', 'delivered'],
  ['DELIVERED', 'delivered'],
  ['Delivrd', 'delivered'],
  ['UNDELIV', 'undelivered'],
  ['UNDELIVRD', 'undelivered'],
  ['UNDELIVERED', 'undelivered'],
  ['FAILED', 'undelivered'],
  ['DELETED', 'undelivered'],
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['REJECTED', 'rejected'],
  ['SKIPPED', 'rejected'],
  ['UNKNOWN', 'unknown'],
  ['ACCEPTD', 'underway'],
  ['ACCEPTED', 'underway'],
  ['ENROUTE', 'underway'],
  ['BUFFRED', 'underway'],
  ['BUFFERD', 'underway'],
  ['BUFFERED', 'underway'],
  ['ACKED', 'underway'],
  ['QUEUED', 'underway'],
  ['PENDING', 'underway'],
  ['SENT', 'underway'],
  ['RETRY', 'underway'],
  ['SCHEDULED', 'underway'],
];

const rows: readonly Row[] = [
  { text: full, is: 'delivered', id: '7Z', error: null, atMs: done },
  ...words.map(([word, is]) => ({ text: `id:7Z stat:${word}`, is, word: '' })),
  // Words without a known meaning.
  { text: 'id:7Z stat:EXPIRD', is: 'underway', word: 'EXPIRD' },
  { text: 'id:7Z stat:DELIVRED', is: 'underway', word: 'DELIVRED' },
  { text: 'id:7Z stat:NACK err:11', is: 'underway', word: 'NACK', error: '11' },
  { text: 'id:7Z stat:ESME_ROK', is: 'underway', word: 'ESME_ROK' },
  // No state, or no key for it.
  { text: 'id:7Z done date:2611211101 err:000', is: 'underway', word: '' },
  { text: 'id:7Z stat: err:000 text:', is: 'underway' },
  { text: 'id:7Z sub:001 done date:2611211101 DELIVRD err:000 Text:', is: 'delivered', atMs: done },
  { text: 'id:7Z done date:2611211101 UNDELIV err:5 text:', is: 'undelivered', error: '5' },
  { text: 'id:7Z done date:2611211101 err:000 text:DELIVRD', is: 'underway' },
  // Keys: order, case, spaces, underscores.
  { text: 'STAT:UNDELIV ERR:021 ID:7Z', fields: marked, is: 'undelivered', id: '7Z', error: '021' },
  { text: 'id: 7Z stat: DELIVRD err: 0', is: 'delivered', id: '7Z', error: null },
  { text: 'id :7Z stat :DELIVRD', is: 'delivered', id: '7Z' },
  { text: 'id:7Z done_date:2611211101 stat:DELIVRD', is: 'delivered', atMs: done },
  { text: 'id:7Z sub:1 dlvrd:13 stat:DELIVRD', is: 'delivered', id: '7Z' },
  { text: 'id:7Z stat:REJECTD err:E', is: 'rejected', error: 'E' },
  { text: 'id:7Z stat:UNDELIV err:1070', is: 'undelivered', error: '1070' },
  // Dates.
  { text: 'id:7Z done date:261121110130 stat:DELIVRD', is: 'delivered', atMs: done + 30_000 },
  { text: 'id:7Z done date:202611211101 stat:DELIVRD', is: 'delivered', atMs: done },
  { text: 'id:7Z done date:20261121110130 stat:DELIVRD', is: 'delivered', atMs: done + 30_000 },
  { text: 'id:7Z done date:261121120100004+ stat:DELIVRD', is: 'delivered', atMs: done },
  { text: 'id:7Z done date:0000000000 stat:DELIVRD', is: 'delivered', atMs: now },
  { text: 'id:7Z done date:2611211301 stat:DELIVRD', is: 'delivered', atMs: now },
  // Ids.
  { text: 'id:3f2504e0-4f89-11d3 stat:DELIVRD', is: 'delivered', id: '3f2504e0-4f89-11d3' },
  { text: 'id:0012|77.1 stat:DELIVRD', is: 'delivered', id: '0012|77.1' },
  { text: 'id:12345678901234567890123 stat:DELIVRD', is: 'delivered', id: '12345678901234567890123' },
  // TLVs: alone, contradicting the text, of other networks, broken.
  { fields: marked, tlvs: new Map([named('8Z'), inState(2)]), is: 'delivered', id: '8Z' },
  { tlvs: new Map([named('8Z'), inState(2)]), is: 'delivered', id: '8Z' },
  { tlvs: new Map([named('8Z'), inState(6)]), is: 'underway', id: '8Z' },
  { tlvs: new Map([named('8Z'), inState(0)]), is: 'underway' },
  { tlvs: new Map([named('8Z'), inState(9)]), is: 'rejected' },
  { fields: marked, tlvs: new Map([named('8Z'), inState(77)]), is: 'underway' },
  { tlvs: new Map([named('8Z')]), is: 'underway', id: '8Z' },
  { tlvs: new Map([inState(2)]), is: 'nothing' },
  {
    text: 'id:1234567890 stat:ENROUTE',
    tlvs: new Map([named('123456789012'), inState(2)]),
    is: 'delivered',
    id: '123456789012',
  },
  { text: 'id:7Z stat:UNDELIV', tlvs: new Map([named('7Z')]), is: 'undelivered' },
  { text: 'id:7Z stat:UNDELIV err:000', tlvs: new Map([failedBy(3, 0, 27)]), is: 'undelivered', error: '27' },
  {
    text: 'id:7Z stat:UNDELIV',
    tlvs: new Map([failedBy(0x30, 0x32, 0x37)]),
    is: 'undelivered',
    error: '027',
  },
  { text: 'id:7Z stat:UNDELIV', tlvs: new Map([failedBy(0x30, 0x30, 0x30)]), is: 'undelivered', error: null },
  { text: 'id:7Z stat:UNDELIV', tlvs: new Map([failedBy(0x38, 0, 1)]), is: 'undelivered', error: '1' },
  { text: 'id:7Z stat:UNDELIV', tlvs: new Map([failedBy(3, 27)]), is: 'undelivered', error: null },
  // Marks: combined bits, none, wrong ones.
  ...[0x04, 0x0c, 0x24, 0x44, 0x00, 0x08].map((esm_class) => ({
    text: full,
    fields: { esm_class },
    is: 'delivered' as const,
  })),
  { text: 'id:7Z stat:UNDELIV', fields: { esm_class: 0x24 }, is: 'undelivered' },
  { text: full, fields: { esm_class: 0x20 }, is: 'delivered' },
  { text: 'id:7Z stat:UNDELIV err:27', fields: { esm_class: 0x20 }, is: 'underway' },
  {
    octets: Buffer.concat([Buffer.of(5, 0, 3, 9, 1, 1), ascii(full)]),
    fields: { esm_class: 0x44 },
    is: 'delivered',
    id: '7Z',
  },
  { text: 'Thanks', fields: { esm_class: 0x08 }, is: 'nothing' },
  { text: 'OK', fields: { esm_class: 0x10 }, is: 'nothing' },
  { text: '', fields: { esm_class: 0x18 }, is: 'nothing' },
  { text: 'stat:DELIVRD', fields: marked, is: 'nothing' },
  { text: 'STOP', is: 'reply' },
  { text: 'STOP', tlvs: new Map([named('8Z')]), is: 'reply' },
  { text: 'id: 12 is mine', is: 'reply' },
  // Alphabets that differ from data_coding.
  { octets: ucs2(full), fields: { ...marked, data_coding: 8 }, is: 'delivered', id: '7Z' },
  { octets: ucs2(full), fields: { data_coding: 8 }, is: 'delivered' },
  { octets: ucs2(full), fields: { ...marked, data_coding: 0 }, is: 'delivered' },
  { octets: Buffer.from(full, 'utf16le'), fields: { ...marked, data_coding: 8 }, is: 'delivered' },
  { octets: Buffer.from(`\ufeff${full}`, 'utf16le'), fields: { ...marked, data_coding: 8 }, is: 'delivered' },
  { octets: ucs2(`\ufeff${full}`), fields: { ...marked, data_coding: 8 }, is: 'delivered' },
  { octets: ascii(full), fields: { ...marked, data_coding: 8 }, is: 'delivered', id: '7Z' },
  { octets: ascii(full), fields: { data_coding: 8 }, is: 'delivered' },
  { octets: ascii(full), fields: { ...marked, data_coding: 4 }, is: 'delivered' },
  { octets: ascii(full), fields: { ...marked, data_coding: 0xf1 }, is: 'delivered' },
  { tlvs: new Map([[tlvTags.message_payload, ascii(full)]]), fields: marked, is: 'delivered', id: '7Z' },
];

for (const [index, row] of rows.entries()) {
  const { text = '', octets = ascii(text), fields = {}, tlvs, is } = row;
  const about = [
    text.slice(0, 70),
    ...Object.entries(fields).map(([k, v]) => `${k} ${String(v)}`),
    ...(tlvs?.keys() ?? []),
  ];
  test(`${index + 1}: [${about.join(', ')}] is ${is}`, () => {
    const writer = new PduWriter();
    const addresses = { source_addr: '33612345678', destination_addr: '36180' };
    writer.write(specs.deliver_sm, 0, 1, { ...addresses, short_message: octets, ...fields }, tlvs);
    const bytes = writer.take()!;
    const read = readDelivery(decodePdu(bytes, 0, bytes.length, true) as DeliveryPdu, now);
    if (is === 'reply' || is === 'nothing') {
      assert.equal(read.kind, is);
      return;
    }
    assert.ok(read.kind === 'receipt', `a ${read.kind}`);
    const { receipt, id, unknownWord } = read.reading;
    const seen = { is: receipt.state, id, error: receipt.error, atMs: receipt.atMs, word: unknownWord };
    const { text: _t, octets: _o, fields: _f, tlvs: _v, ...expected } = row;
    assert.deepEqual(
      Object.fromEntries(Object.keys(expected).map((k) => [k, seen[k as keyof typeof seen]])),
      expected,
    );
  });
}
