// The presets of carriers with APIs in JSON, against stand-ins that behave as their documentation says.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '#domain/delivery/connector.ts';
import { type CallbackReading, parseOptions } from '#domain/delivery/connector-kind.ts';
import type { Callback, StandIn, StandInAnswer } from '../../../test/support/http-carriers.ts';
import { callbackUrlOf, openLink, readCallbackOf } from '../../../test/support/http-link.ts';
import {
  AndroidStandIn,
  BirdStandIn,
  InfobipStandIn,
  MessageBirdStandIn,
  SinchStandIn,
} from '../../../test/support/json-carriers.ts';
import { httpKind } from './kind.ts';

type Offline = StandIn & { readonly options: Readonly<Record<string, string>> };

/** Closed after the test: the tool that reads imports does not know `await using`. */
async function standIn<T extends Offline>(t: TestContext, carrier: T): Promise<T> {
  t.after(() => carrier[Symbol.asyncDispose]());
  return carrier.open();
}

const receiptUrl = callbackUrlOf('receipt');
const replyUrl = callbackUrlOf('reply');

interface Case {
  readonly open: () => Offline;
  /** Members of the request of a message to 33612345678. */
  readonly request: object;
  readonly throttled: StandInAnswer;
  /** Without our id, a pattern of theirs. */
  readonly reference: RegExp;
  /** A message with another sender, which another carrier may send. */
  readonly elsewhere: { readonly changes: object; readonly reason: string } | null;
  /** A message to a number that is none. */
  readonly refused: string;
  readonly receipt: (id: string, status: string, key?: string) => Callback;
  readonly states: readonly (readonly [string, string, string | null])[];
  readonly reply: (url: string, from: string, to: string, text: string) => Callback;
}

const cases: Readonly<Record<string, Case>> = {
  sinch: {
    open: () => new SinchStandIn(),
    request: {
      from: 'Chappe',
      to: ['33612345678'],
      body: 'Déjà là',
      delivery_report: 'per_recipient',
      callback_url: receiptUrl,
      client_reference: 'opqrst-7',
      expire_at: '1970-01-01T01:16:40.000Z',
    },
    throttled: SinchStandIn.throttled,
    reference: /^[0-9a-f-]{36}$/,
    elsewhere: { changes: { sender: 'Unknown' }, reason: 'unknown_originator_number' },
    refused: 'syntax_invalid_parameter_format',
    receipt: (id, status, key) =>
      SinchStandIn.receipt(receiptUrl, id, status, status === 'Delivered' ? 0 : 401, key),
    states: [
      ['Queued', 'underway', '401'],
      ['Dispatched', 'underway', '401'],
      ['Delivered', 'delivered', null],
      ['Failed', 'undelivered', '401'],
      ['Expired', 'expired', '401'],
      ['Rejected', 'rejected', '401'],
      ['Aborted', 'rejected', '401'],
      ['Deleted', 'undelivered', '401'],
      ['Unknown', 'unknown', '401'],
    ],
    reply: SinchStandIn.reply,
  },
  messagebird: {
    open: () => new MessageBirdStandIn(),
    request: {
      originator: 'Chappe',
      recipients: ['33612345678'],
      body: 'Déjà là',
      datacoding: 'plain',
      reference: 'opqrst-7',
      reportUrl: receiptUrl,
      validity: 3600,
    },
    throttled: MessageBirdStandIn.errors(429, 101, null),
    reference: /^[0-9a-f]{32}$/,
    elsewhere: { changes: { sender: null }, reason: '9' },
    refused: '10',
    receipt: (id, status, key) => MessageBirdStandIn.receipt(receiptUrl, id, status, key),
    states: [
      ['sent', 'underway', null],
      ['buffered', 'underway', null],
      ['delivered', 'delivered', null],
      ['delivery_failed', 'undelivered', '1'],
      ['expired', 'expired', null],
    ],
    reply: MessageBirdStandIn.reply,
  },
  bird: {
    open: () => new BirdStandIn(),
    request: {
      receiver: { contacts: [{ identifierKey: 'phonenumber', identifierValue: '+33612345678' }] },
      body: { type: 'text', text: { text: 'Déjà là' } },
      reference: 'opqrst-7',
    },
    throttled: BirdStandIn.throttled,
    reference: /^[0-9a-f-]{36}$/,
    elsewhere: null,
    refused: 'InvalidPayload',
    receipt: (id, status, key) => BirdStandIn.receipt(receiptUrl, id, status, key),
    states: [
      ['accepted', 'underway', null],
      ['sent', 'underway', null],
      ['delivered', 'delivered', null],
      ['delivery_failed', 'undelivered', '1'],
      ['sending_failed', 'rejected', '1'],
    ],
    reply: BirdStandIn.reply,
  },
  android: {
    open: () => new AndroidStandIn(),
    request: {
      id: 'opqrst-7',
      textMessage: { text: 'Déjà là' },
      phoneNumbers: ['+33612345678'],
      ttl: 3600,
      withDeliveryReport: true,
    },
    throttled: AndroidStandIn.full,
    reference: /^opqrst-7$/,
    elsewhere: null,
    refused: 'invalid phone number',
    receipt: (id, status, key) => AndroidStandIn.receipt(receiptUrl, id, status, key),
    states: [
      ['sms:sent', 'underway', null],
      ['sms:delivered', 'delivered', null],
      ['sms:failed', 'undelivered', 'RESULT_ERROR_NO_SERVICE'],
    ],
    reply: AndroidStandIn.reply,
  },
};

const receiptsOf = (reading: CallbackReading) => {
  assert.equal(reading.kind, 'read');
  const { receipts, dropped, unknownWords } = reading as Extract<CallbackReading, { kind: 'read' }>;
  assert.deepEqual([dropped, unknownWords], [[], []]);
  return receipts;
};

for (const [name, one] of Object.entries(cases)) {
  test(`${name}: a message, its refusals, its throttling, and wrong credentials`, async (t) => {
    const carrier = await standIn(t, one.open());
    const link = openLink(t, carrier.options);
    const changes = { text: 'Déjà là', segments: 1, expiresAtMs: link.clock.ms + 3_600_000 };
    const outcome = (await link.send(changes)) as Extract<Outcome, { kind: 'submitted' }>;
    assert.equal(outcome.kind, 'submitted');
    assert.match(outcome.references[0]!, one.reference);
    assert.deepEqual(JSON.parse(carrier.requests[0]!.body), one.request);
    assert.partialDeepStrictEqual(await link.send({ msisdn: 12, id: 8 }), {
      kind: 'refused',
      reason: one.refused,
    });
    if (one.elsewhere !== null)
      assert.partialDeepStrictEqual(await link.send({ ...one.elsewhere.changes, id: 9 }), {
        kind: 'elsewhere',
        reason: one.elsewhere.reason,
      });
    carrier.script.push(one.throttled);
    assert.equal((await link.send({ id: 10 })).kind, 'try-later');
    assert.equal(link.connector.capacity(), 0);
    assert.equal(link.connector.isUp, true);
    const wrong = openLink(t, { ...carrier.options, password: 'wrong' });
    assert.equal((await wrong.send()).kind, 'try-later');
    assert.equal(wrong.connector.isUp, false);
  });

  test(`${name}: receipts and replies count with their signature only`, async (t) => {
    const { options } = await standIn(t, one.open());
    for (const [status, state, error] of one.states) {
      const [receipt] = receiptsOf(readCallbackOf(options, 'receipt', one.receipt('id-1', status)));
      assert.deepEqual(receipt, { references: ['id-1'], state, error, atMs: 5_000, speaksForAll: true });
    }
    const [status] = one.states[0]!;
    const forged = readCallbackOf(options, 'receipt', one.receipt('id-1', status, 'guess'));
    assert.equal(forged.kind, 'refused');
    const genuine = one.receipt('id-1', status);
    const changed: Callback =
      genuine.init.body === undefined
        ? { ...genuine, url: genuine.url.replace('id-1', 'id-2') }
        : { ...genuine, init: { ...genuine.init, body: genuine.init.body.replace('id-1', 'id-2') } };
    assert.equal(readCallbackOf(options, 'receipt', changed).kind, 'refused');
    const unsigned = { ...genuine, init: { ...genuine.init, headers: {} } };
    assert.equal(readCallbackOf(options, 'receipt', unsigned).kind, 'refused');
    const { token: _, ...without } = options as Record<string, string>;
    assert.equal(readCallbackOf(without, 'receipt', genuine).kind, 'read', 'the address has a secret too');
    const reply = readCallbackOf(
      options,
      'reply',
      one.reply(replyUrl, '+33612345678', '+33700000001', 'à + tard'),
    );
    assert.partialDeepStrictEqual(reply, {
      kind: 'read',
      replies: [{ source: { address: '+33612345678' }, to: '+33700000001', text: 'à + tard', place: null }],
    });
  });
}

test('android: a repetition that the phone recognizes by our id is taken', async (t) => {
  const carrier = await standIn(t, new AndroidStandIn());
  const link = openLink(t, carrier.options);
  assert.deepEqual(await link.send(), { kind: 'submitted', references: ['opqrst-7'] });
  assert.deepEqual(await link.send(), { kind: 'submitted', references: ['opqrst-7'] });
});

test('infobip: a batch has a result for each message', async (t) => {
  const carrier = await standIn(t, new InfobipStandIn());
  const link = openLink(t, { ...carrier.options, batch: '3', 'batch-wait': '5' });
  const msisdns = [33_612_345_678, 12, 33_600_000_012];
  const outcomes = await Promise.all(msisdns.map((msisdn, id) => link.send({ msisdn, id })));
  assert.deepEqual(outcomes, [
    { kind: 'submitted', references: ['opqrst-0'] },
    { kind: 'refused', code: 200, reason: 'REJECTED_DESTINATION' },
    { kind: 'elsewhere', code: 200, reason: 'REJECTED_NOT_ENOUGH_CREDITS' },
  ]);
  assert.equal(carrier.requests.length, 1);
  carrier.script.push(InfobipStandIn.throttled);
  assert.partialDeepStrictEqual(await link.send(), { kind: 'try-later', reason: 'E429' });
  const wrong = openLink(t, { ...carrier.options, password: 'wrong' });
  assert.partialDeepStrictEqual(await wrong.send(), { kind: 'try-later', reason: 'UNAUTHORIZED' });
  const alone = openLink(t, carrier.options);
  await alone.send({ expiresAtMs: alone.clock.ms + 3_600_000 });
  assert.deepEqual(JSON.parse(carrier.requests.at(-1)!.body), {
    messages: [
      {
        sender: 'Chappe',
        destinations: [{ to: '33612345678', messageId: 'opqrst-7' }],
        content: { text: 'Bonjour' },
        options: { validityPeriod: { amount: 60, timeUnit: 'MINUTES' } },
        webhooks: { delivery: { url: receiptUrl, contentType: 'application/json' } },
      },
    ],
  });
});

test('infobip: receipts come in lists, and a message at the operator is not delivered yet', () => {
  const options = { preset: 'infobip', 'base-url': 'https://x.api.infobip.com', password: 'key' };
  const rows = [
    ['a', 3, 'DELIVERED', 'DELIVERED_TO_HANDSET'],
    ['b', 3, 'DELIVERED', 'DELIVERED_TO_OPERATOR'],
    ['c', 2, 'UNDELIVERABLE', 'UNDELIVERABLE_NOT_DELIVERED'],
    ['d', 4, 'EXPIRED', 'EXPIRED_EXPIRED'],
    ['e', 5, 'REJECTED', 'REJECTED_NETWORK'],
  ] as const;
  const receipts = receiptsOf(readCallbackOf(options, 'receipt', InfobipStandIn.receipts(receiptUrl, rows)));
  assert.deepEqual(
    receipts.map(({ references, state, error }) => [references[0], state, error]),
    [
      ['a', 'delivered', null],
      ['b', 'underway', null],
      ['c', 'undelivered', '27'],
      ['d', 'expired', '27'],
      ['e', 'rejected', '27'],
    ],
  );
  const reply = InfobipStandIn.reply(replyUrl, '33612345678', '33700000001', 'STOP');
  assert.partialDeepStrictEqual(readCallbackOf(options, 'reply', reply), {
    replies: [{ text: 'STOP', to: '33700000001' }],
  });
});

test('the command names each value that a preset needs', () => {
  const needs: Readonly<Record<string, readonly string[]>> = {
    infobip: ['--base-url is missing.'],
    sinch: ['--account is missing. Give the service plan id.', '--password is missing. Give the API token.'],
    messagebird: ['--password is missing. Give the access key.'],
    bird: [
      '--account is missing. Give the workspace id.',
      '--user is missing. Give the channel id.',
      '--password is missing. Give the access key.',
    ],
    android: [
      '--user is missing. Give the user name of the app.',
      '--password is missing. Give its password.',
    ],
  };
  for (const [preset, expected] of Object.entries(needs)) {
    const { mistakes } = parseOptions(httpKind, { preset });
    assert.equal(mistakes.length, expected.length, preset);
    for (const [at, sentence] of expected.entries())
      assert.ok(mistakes[at]!.startsWith(sentence), mistakes[at]);
  }
});
