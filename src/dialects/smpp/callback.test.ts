// Receipts and replies as the fields of a deliver_sm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Account,
  defaultSettings,
  defaultSmppSettings,
  type SmppSettings,
} from '#domain/account/account.ts';
import type {
  BindMessage,
  CallbackFacts,
  ReceiptCallback,
  ReplyCallback,
} from '#domain/delivery/callback.ts';
import { optedOutError } from '#domain/recipients/opt-out.ts';
import { commandStatus } from '#smpp/protocol/status.ts';
import { tlvInt, tlvTags, tlvText } from '#smpp/protocol/tlvs.ts';
import { smppCallbackChannel } from './callback.ts';
import { SmppDelivery } from './deliveries.ts';

const facts: CallbackFacts = {
  ...{ tag: null, userId: null, wasTaken: true },
  returnPath: { wants: 'all', source: [5, 0, 'Chappe'] },
  textStart: 'Été à la mer',
  acceptedAtMs: Date.parse('2026-11-30T13:22:00Z'),
};

const receipt: ReceiptCallback = {
  kind: 'receipt',
  campaignId: 110_000_000_031,
  listName: null,
  messageId: 5,
  msisdn: 33612345678,
  status: 'delivered',
  error: null,
  costMicros: 0n,
  atMs: Date.parse('2026-11-30T13:23:59Z'),
  facts,
};

function accountWith(smpp: Partial<SmppSettings> = {}): Account {
  return { id: 7, settings: { ...defaultSettings, smpp: { ...defaultSmppSettings, ...smpp } } } as Account;
}

function messagesOf(
  callback: ReceiptCallback | ReplyCallback,
  smpp?: Partial<SmppSettings>,
): readonly BindMessage[] {
  return smppCallbackChannel.prepare(accountWith(smpp), callback)?.messages ?? [];
}

const textOf = ({ octets }: BindMessage) => Buffer.from(octets).toString('latin1');

test('a receipt has the form of Appendix B and the TLVs of the specification', () => {
  const [message, ...others] = messagesOf(receipt);
  assert.deepEqual(others, []);
  assert.equal(
    textOf(message!),
    'id:c1f sub:001 dlvrd:001 submit date:2611301322 done date:2611301323 stat:DELIVRD err:000 text:?t? ? la mer',
  );
  assert.deepEqual(
    [message!.source, message!.destination],
    [
      [1, 1, '33612345678'],
      [5, 0, 'Chappe'],
    ],
  );
  assert.deepEqual([message!.esmClass, message!.dataCoding], [4, 0]);
  assert.equal(tlvText(message!.tlvs, tlvTags.receipted_message_id), 'c1f');
  assert.equal(tlvInt(message!.tlvs, tlvTags.message_state), 2);
});

const failures: readonly (readonly [
  status: ReceiptCallback['status'],
  error: string | null,
  stat: string,
  err: string,
  code: number,
])[] = [
  ['undelivered', '12', 'UNDELIV', '012', 5],
  ['expired', null, 'EXPIRED', '999', 3],
  ['rejected', 'ESME_RINVDSTADR', 'REJECTD', '999', 8],
  ['cancelled', null, 'DELETED', '999', 4],
  ['cancelled', optedOutError, 'REJECTD', '999', 8],
  ['unknown', 'no receipt came in time', 'UNKNOWN', '999', 7],
];

for (const [status, error, stat, err, code] of failures)
  test(`the status ${status} (${error ?? 'no error'}) is ${stat} with err:${err}`, () => {
    const [message] = messagesOf({ ...receipt, status, error });
    assert.match(textOf(message!), new RegExp(`dlvrd:000 .* stat:${stat} err:${err} text:`));
    assert.equal(tlvInt(message!.tlvs, tlvTags.message_state), code);
    const network = message!.tlvs.get(tlvTags.network_error_code);
    assert.deepEqual(network && [...network], error === '12' ? [3, 0, 12] : undefined);
  });

test('only the results that were asked for are reported, each part by its id, with the addresses as written', () => {
  const wanting = (wants: 'failures' | 'successes') => ({
    ...receipt,
    facts: { ...facts, returnPath: { ...facts.returnPath!, wants } },
  });
  assert.deepEqual(messagesOf(wanting('failures')), []);
  assert.equal(messagesOf(wanting('successes')).length, 1);
  assert.equal(messagesOf({ ...wanting('failures'), status: 'expired' }).length, 1);
  assert.deepEqual(messagesOf({ ...receipt, facts: { ...facts, returnPath: null } }), []);
  const returnPath = {
    ...facts.returnPath!,
    destination: [2, 0, '0612345678'] as const,
    reference: 258,
    partIds: [110_000_000_001, 110_000_000_002],
  };
  const parts = messagesOf({ ...receipt, facts: { ...facts, returnPath } });
  assert.deepEqual(
    parts.map((part) => tlvText(part.tlvs, tlvTags.receipted_message_id)),
    ['c1', 'c2'],
  );
  assert.deepEqual(parts[0]!.source, [2, 0, '0612345678']);
  assert.equal(tlvInt(parts[0]!.tlvs, tlvTags.user_message_reference), 258);
});

const reply: ReplyCallback = {
  kind: 'reply',
  ...{
    replyId: 258,
    campaignId: null,
    messageId: null,
    msisdn: 33612345678,
    to: '36180',
    text: 'Oui',
    atMs: 0,
  },
};

test('a reply comes from the phone, in the alphabet of the account, and in parts if it is long', () => {
  const [short] = messagesOf(reply);
  assert.deepEqual(
    [short!.source, short!.destination, textOf(short!)],
    [[1, 1, '33612345678'], [0, 1, '36180'], 'Oui'],
  );
  const [emoji] = messagesOf({ ...reply, to: '+33700000001', text: '👍' });
  assert.deepEqual(
    [emoji!.destination, emoji!.dataCoding, emoji!.octets.length],
    [[1, 1, '33700000001'], 8, 4],
  );
  const [latin] = messagesOf({ ...reply, text: 'é@' }, { alphabet: 'latin1' });
  assert.deepEqual([latin!.dataCoding, textOf(latin!)], [3, 'é@']);
  const [euro] = messagesOf({ ...reply, text: '€' }, { alphabet: 'latin1' });
  assert.equal(euro!.dataCoding, 8);
  const parts = messagesOf({ ...reply, text: 'x'.repeat(200) });
  assert.deepEqual(
    parts.map(({ esmClass, octets }) => [esmClass, [...octets.subarray(0, 6)]]),
    [
      [0x40, [5, 0, 3, 2, 2, 1]],
      [0x40, [5, 0, 3, 2, 2, 2]],
    ],
  );
});

test('a delivery ends with its response, is repeated after a temporary one, and fails after three silences', () => {
  const results: unknown[] = [];
  const deliveryOf = () =>
    new SmppDelivery(7, messagesOf(receipt)[0]!, (result) => results.push(result.kind));
  deliveryOf().answered(commandStatus.ESME_ROK);
  deliveryOf().answered(commandStatus.ESME_RX_P_APPN);
  deliveryOf().answered(commandStatus.ESME_RMSGQFUL);
  deliveryOf().unbound();
  const silent = deliveryOf();
  assert.deepEqual([silent.wasSilent(), silent.wasSilent(), silent.wasSilent()], [true, true, false]);
  assert.deepEqual(results, ['delivered', 'delivered', 'failed', 'unreachable', 'failed']);
});

test('a text above 254 octets leaves in message_payload', () => {
  const message: BindMessage = { ...messagesOf(receipt)[0]!, octets: new Uint8Array(255) };
  const delivery = new SmppDelivery(7, message, () => {});
  assert.equal(delivery.fields().short_message, undefined);
  assert.equal(delivery.tlvs.get(tlvTags.message_payload)?.length, 255);
});
