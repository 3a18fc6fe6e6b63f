import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { OutboundMessage, Outcome, Receipt } from '#domain/delivery/connector.ts';
import { type CallbackReading, parseOptions } from '#domain/delivery/connector-kind.ts';
import { silentLog } from '#lib/observability/log.ts';
import {
  type Callback,
  JasminStandIn,
  KannelStandIn,
  type StandIn,
  TwilioStandIn,
  VonageStandIn,
} from '../../../test/support/http-carriers.ts';
import { httpKind } from './kind.ts';
import { linkOptionTable } from './option-table.ts';
import { presets } from './presets.ts';

const baseUrl = 'https://sms.example';
const token = 'abcdefghijklmnopqrst';

const message: OutboundMessage = {
  id: 7,
  msisdn: 33_612_345_678,
  sender: 'Chappe',
  text: 'Déjà là',
  encoding: 'gsm7',
  segments: 1,
  expiresAtMs: 3_600_000,
  messageClass: null,
};

/** Closed after the test: the tool that reads imports does not know `await using`. */
async function standIn<T extends StandIn>(t: TestContext, carrier: T): Promise<T> {
  t.after(() => carrier[Symbol.asyncDispose]());
  return carrier.open();
}

function valuesOf(texts: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const { values, mistakes } = parseOptions(httpKind, { 'callback-token': token, ...texts });
  assert.deepEqual(mistakes, []);
  return values;
}

/** Sends one message over a link of its own. */
async function send(
  t: TestContext,
  texts: Readonly<Record<string, string>>,
  changes: Partial<OutboundMessage> = {},
): Promise<Outcome> {
  const connector = httpKind.open(
    { id: 1, name: 'north', options: valuesOf(texts), learnt: {} },
    { onReceipt: () => {}, onReply: () => {}, onChange: () => {} },
    { clock: { now: () => 0 }, log: silentLog, random: () => 0.5, baseUrl },
  );
  t.after(() => connector.stop(0));
  return new Promise((done) => connector.submit({ ...message, ...changes }, done));
}

function read(
  texts: Readonly<Record<string, string>>,
  purpose: 'receipt' | 'reply',
  { url, init }: Callback,
): CallbackReading {
  const { search } = new URL(url);
  return httpKind.readCallback!(
    { id: 1, name: 'north', options: valuesOf(texts), learnt: {} },
    {
      purpose,
      url,
      query: search.slice(1),
      headers: init.headers,
      contentType: init.headers['content-type'] ?? '',
      body: Buffer.from(init.body ?? ''),
    },
    5_000,
  );
}

const urlOf = (purpose: 'receipt' | 'reply') => `${baseUrl}/carriers/north/${token}/${purpose}`;

function receiptOf(reading: CallbackReading): Receipt {
  assert.equal(reading.kind, 'read');
  const { receipts, dropped, unknownWords } = reading as Extract<CallbackReading, { kind: 'read' }>;
  assert.deepEqual([receipts.length, dropped, unknownWords], [1, [], []]);
  return receipts[0]!;
}

for (const [name, preset] of Object.entries(presets))
  test(`the preset ${name} has valid options`, () => {
    for (const [flag, text] of Object.entries(preset.options)) {
      const option = linkOptionTable.find((candidate) => candidate.flag === flag);
      assert.ok(option, `--${flag} is an option`);
      assert.notEqual(option.read(text), null, `--${flag} ${option.explain?.(text) ?? ''}`);
    }
  });

test('the command names each secret that a preset needs', () => {
  const mistakesOf = (texts: Readonly<Record<string, string>>) => parseOptions(httpKind, texts).mistakes;
  assert.deepEqual(mistakesOf({ preset: 'ovh' }), [
    '--account is missing. Give the name of the SMS service.',
    '--user is missing. Give the application key.',
    '--password is missing. Give the application secret.',
    '--token is missing. Give the consumer key.',
  ]);
  assert.deepEqual(mistakesOf({ preset: 'vonage', user: 'a', password: 'b' }), []);
  assert.deepEqual(mistakesOf({ preset: 'kannel', user: 'a', password: 'b' }), [
    '--base-url is missing. Give the address of the API, such as http://gateway.example:13013.',
  ]);
  assert.deepEqual(mistakesOf({}), [
    '--url is missing. Give the address of the call that sends a message, or a --preset.',
  ]);
  assert.deepEqual(mistakesOf({ url: 'https://c.example/', headers: '{"x-key":"{{token}}"}' }), [
    '--token is missing. A template of this carrier contains {{token}}.',
  ]);
});

const twilio = (carrier: StandIn) => ({
  preset: 'twilio',
  'base-url': `${carrier.url}/2010-04-01`,
  user: TwilioStandIn.sid,
  password: TwilioStandIn.token,
});

test('twilio: a message, its answers and its throttling', async (t) => {
  const carrier = await standIn(t, new TwilioStandIn());
  const options = twilio(carrier);
  const outcome = await send(t, options, { sender: '33700000001' });
  assert.equal(outcome.kind, 'submitted');
  assert.match((outcome as { references: readonly string[] }).references[0]!, /^SM[0-9a-f]{32}$/);
  assert.deepEqual(carrier.requests[0]!.form, {
    To: '+33612345678',
    From: '+33700000001',
    Body: 'Déjà là',
    StatusCallback: urlOf('receipt'),
    ValidityPeriod: '3600',
  });
  const refused = await send(t, options, { msisdn: 12 });
  assert.deepEqual(refused, { kind: 'refused', code: 400, reason: '21211' });
  carrier.script.push(TwilioStandIn.throttled);
  assert.partialDeepStrictEqual(await send(t, options), { kind: 'try-later', reason: '20429' });
  assert.partialDeepStrictEqual(await send(t, options, { sender: null }), {
    kind: 'elsewhere',
    reason: '21603',
  });
  assert.partialDeepStrictEqual(await send(t, { ...options, password: 'wrong' }), {
    kind: 'try-later',
    reason: '20003',
  });
});

test('twilio: receipts and replies count only with their signature', async () => {
  const options = { preset: 'twilio', user: TwilioStandIn.sid, password: TwilioStandIn.token };
  const states = [
    ['sent', 'underway', undefined],
    ['delivered', 'delivered', undefined],
    ['undelivered', 'undelivered', '30005'],
    ['failed', 'rejected', '30008'],
  ] as const;
  for (const [word, state, error] of states) {
    const receipt = receiptOf(
      read(options, 'receipt', TwilioStandIn.receipt(urlOf('receipt'), 'SM1', word, error)),
    );
    assert.deepEqual(receipt, {
      references: ['SM1'],
      state,
      error: error ?? null,
      atMs: 5_000,
      speaksForAll: true,
    });
  }
  const forged = TwilioStandIn.callback(
    urlOf('receipt'),
    { MessageSid: 'SM1', MessageStatus: 'delivered' },
    'guess',
  );
  assert.equal(read(options, 'receipt', forged).kind, 'refused');
  const elsewhere = TwilioStandIn.receipt('https://other.example/receipt', 'SM1', 'delivered');
  assert.equal(read(options, 'receipt', { ...elsewhere, url: urlOf('receipt') }).kind, 'refused');
  const reply = TwilioStandIn.reply(urlOf('reply'), '+33612345678', '+33700000001', 'Merci & à + tard');
  assert.partialDeepStrictEqual(read(options, 'reply', reply), {
    kind: 'read',
    replies: [
      {
        source: { address: '+33612345678', ton: 0, npi: 0, country: null },
        to: '+33700000001',
        text: 'Merci & à + tard',
        place: null,
      },
    ],
    answer: { status: 200, contentType: 'text/xml', body: '<Response/>' },
  });
});

const vonage = (carrier: StandIn) => ({
  preset: 'vonage',
  'base-url': carrier.url,
  user: VonageStandIn.key,
  password: VonageStandIn.secret,
});

test('vonage: each part of a long message has its reference, and a 200 can be a refusal', async (t) => {
  const carrier = await standIn(t, new VonageStandIn());
  const options = vonage(carrier);
  assert.deepEqual(await send(t, options, { text: 'x'.repeat(200), segments: 2 }), {
    kind: 'submitted',
    references: ['0A00000000000001', '0A00000000000002'],
  });
  assert.partialDeepStrictEqual(carrier.requests[0]!.form, {
    to: '33612345678',
    type: 'text',
    callback: urlOf('receipt'),
    'client-ref': 'opqrst-7',
    ttl: '3600000',
  });
  assert.equal((await send(t, options, { text: 'Ω', encoding: 'ucs2' })).kind, 'submitted');
  assert.equal(carrier.requests[1]!.form['type'], 'unicode');
  carrier.script.push(VonageStandIn.throttled);
  assert.partialDeepStrictEqual(await send(t, options), { kind: 'try-later', reason: '1' });
  assert.partialDeepStrictEqual(await send(t, { ...options, password: 'wrong' }), {
    kind: 'try-later',
    reason: '4',
  });
  for (const [status, kind] of [
    ['6', 'refused'],
    ['9', 'elsewhere'],
    ['5', 'try-later'],
  ]) {
    carrier.script.push({ status: 200, body: JSON.stringify({ messages: [{ status }] }) });
    assert.partialDeepStrictEqual(await send(t, options), { kind, reason: status } as Outcome);
  }
  carrier.script.push({
    status: 200,
    body: '{"messages":[{"status":"0","message-id":"A"},{"status":"5"}]}',
  });
  assert.equal((await send(t, options)).kind, 'refused', 'a message that it took in part is not sent again');
});

test('vonage: receipts by GET and POST, signed if the link has the secret, and parts of replies', () => {
  const plain = { preset: 'vonage', user: VonageStandIn.key, password: VonageStandIn.secret };
  const signed = { ...plain, token: VonageStandIn.signatureSecret };
  for (const method of ['GET', 'POST'] as const) {
    const callback = VonageStandIn.receipt(urlOf('receipt'), '0A1', 'failed', method);
    const receipt = receiptOf(read(signed, 'receipt', callback));
    assert.deepEqual(receipt, { references: ['0A1'], state: 'undelivered', error: '1', atMs: 5_000 });
    const forged = JSON.parse(JSON.stringify(callback).replaceAll('failed', 'delivered')) as Callback;
    assert.equal(read(signed, 'receipt', forged).kind, 'refused');
    assert.equal(receiptOf(read(plain, 'receipt', forged)).state, 'delivered');
  }
  const part = {
    msisdn: '33612345678',
    to: '33700000001',
    messageId: '1',
    text: 'fin',
    type: 'text',
    concat: 'true',
    'concat-ref': '9',
    'concat-total': '2',
    'concat-part': '2',
  };
  const reading = read(signed, 'reply', VonageStandIn.callback(urlOf('reply'), part, 'POST'));
  assert.partialDeepStrictEqual(reading, {
    replies: [{ text: 'fin', place: { reference: 9, total: 2, part: 2 } }],
  });
  const body = JSON.stringify({ ...part, 'concat-part': 2, 'concat-total': 2 });
  const json = {
    url: urlOf('reply'),
    init: { method: 'POST', headers: { 'content-type': 'application/json' }, body },
  };
  assert.partialDeepStrictEqual(read(plain, 'reply', json), { replies: [{ place: { part: 2 } }] });
});

test('kannel: receipts repeat our id, a queued message is taken, and words that begin with 202 can refuse', async (t) => {
  const carrier = await standIn(t, new KannelStandIn());
  const options = {
    preset: 'kannel',
    'base-url': carrier.url,
    user: KannelStandIn.user,
    password: KannelStandIn.password,
  };
  const taken = { kind: 'submitted', references: ['opqrst-7'] } as const;
  assert.deepEqual(await send(t, options), taken);
  const { query } = carrier.requests[0]!;
  assert.partialDeepStrictEqual(query, {
    text: 'Déjà là',
    charset: 'UTF-8',
    coding: '0',
    to: '+33612345678',
  });
  const receipt = receiptOf(
    read(options, 'receipt', KannelStandIn.receipt(query['dlr-url']!, 2, 'NACK/69/x')),
  );
  assert.partialDeepStrictEqual(receipt, {
    references: ['opqrst-7'],
    state: 'undelivered',
    error: 'NACK/69/x',
  });
  const delivered = KannelStandIn.receipt(query['dlr-url']!, 1, 'id:1 stat:DELIVRD');
  assert.equal(receiptOf(read(options, 'receipt', delivered)).state, 'delivered');
  assert.equal(
    receiptOf(read(options, 'receipt', KannelStandIn.receipt(query['dlr-url']!, 8))).state,
    'underway',
  );
  carrier.script.push({ status: 202, body: '3: Queued for later delivery' });
  assert.deepEqual(await send(t, options), taken);
  carrier.script.push({ status: 503, body: 'Temporal failure, try again later.' });
  assert.equal((await send(t, options)).kind, 'try-later');
  carrier.script.push({ status: 202, body: '5: Rejected' });
  assert.partialDeepStrictEqual(await send(t, options), { kind: 'refused', reason: '5: Rejected' });
  assert.equal((await send(t, { ...options, password: 'wrong' })).kind, 'try-later');
});

test('jasmin: the text in GSM or in hexadecimal UCS-2, and the answer that it waits for', async (t) => {
  const carrier = await standIn(t, new JasminStandIn());
  const options = {
    preset: 'jasmin',
    'base-url': carrier.url,
    user: JasminStandIn.user,
    password: JasminStandIn.password,
  };
  const outcome = (await send(t, options)) as Extract<Outcome, { kind: 'submitted' }>;
  assert.match(outcome.references[0]!, /^[0-9a-f-]{36}$/);
  assert.partialDeepStrictEqual(carrier.requests[0]!.query, { content: 'Déjà là', coding: '0' });
  await send(t, options, { text: 'Ω', encoding: 'ucs2' });
  assert.partialDeepStrictEqual(carrier.requests[1]!.query, { 'hex-content': '03A9', coding: '8' });
  assert.equal(carrier.requests[1]!.query['content'], undefined);
  carrier.script.push(JasminStandIn.throttled);
  assert.partialDeepStrictEqual(await send(t, options), {
    kind: 'try-later',
    reason: 'User throughput exceeded',
  });
  const reading = read(options, 'receipt', JasminStandIn.receipt(urlOf('receipt'), 'abc', 'DELIVRD'));
  assert.equal(receiptOf(reading).state, 'delivered');
  assert.partialDeepStrictEqual(reading, { answer: { body: 'ACK/Jasmin' } });
});

test('octopush: a repetition that it recognizes by our id is accepted, and its credentials are headers', async (t) => {
  const carrier = await standIn(t, new KannelStandIn());
  const options = { preset: 'octopush', 'base-url': carrier.url, user: 'me@example.com', password: 'key' };
  const answers: readonly [number, unknown, Partial<Outcome>][] = [
    [201, { sms_ticket: 'sms_1', number_of_contacts: 1 }, { kind: 'submitted', references: ['sms_1'] }],
    [400, { code: 182, message: 'Loop detected' }, { kind: 'submitted', references: [] }],
    [400, { code: 182, sms_ticket: 'sms_1' }, { kind: 'submitted', references: ['sms_1'] }],
    [400, { code: 104, message: 'Not enough credit' }, { kind: 'elsewhere' }],
    [401, { code: 101, message: 'Bad credentials' }, { kind: 'try-later' }],
    [400, { code: 100, message: 'The text is too long' }, { kind: 'refused', reason: '100' }],
  ];
  for (const [status, body, outcome] of answers) {
    carrier.script.push({ status, body: JSON.stringify(body) });
    assert.partialDeepStrictEqual(await send(t, options), outcome);
  }
  const [{ path, headers, body }] = carrier.requests as [(typeof carrier.requests)[0]];
  assert.equal(path, '/sms-campaign/send');
  assert.equal(headers['api-login'], 'me@example.com');
  assert.partialDeepStrictEqual(JSON.parse(body), {
    recipients: [{ phone_number: '+33612345678' }],
    request_id: 'opqrst-7',
  });
});

test('ovh: valid and invalid receivers, and refused keys', async (t) => {
  const carrier = await standIn(t, new KannelStandIn());
  const options = {
    preset: 'ovh',
    'base-url': `${carrier.url}/1.0`,
    account: 'sms-ab12345-1',
    user: 'ak',
    password: 'as',
    token: 'ck',
  };
  const answers: readonly [number, unknown, Partial<Outcome>][] = [
    [
      200,
      { ids: [9], validReceivers: ['+33612345678'], invalidReceivers: [] },
      { kind: 'submitted', references: ['9'] },
    ],
    [200, { ids: [], validReceivers: [], invalidReceivers: ['+33612345678'] }, { kind: 'refused' }],
    [
      403,
      { errorCode: 'INVALID_CREDENTIAL', message: 'This credential is not valid' },
      { kind: 'try-later' },
    ],
    [403, { message: 'Sms sender X does not exists. Please create it first' }, { kind: 'elsewhere' }],
    [402, { message: 'Not enough credits' }, { kind: 'elsewhere' }],
  ];
  for (const [status, body, outcome] of answers) {
    carrier.script.push({ status, body: JSON.stringify(body) });
    assert.partialDeepStrictEqual(await send(t, options), outcome);
  }
  assert.equal(carrier.requests[0]!.path, '/1.0/sms/sms-ab12345-1/jobs');
  assert.partialDeepStrictEqual(JSON.parse(carrier.requests[0]!.body), {
    receivers: ['+33612345678'],
    validityPeriod: 60,
    sender: 'Chappe',
  });
  const get = (url: string): Callback => ({ url, init: { method: 'GET', headers: {} } });
  const receipt = receiptOf(
    read(
      options,
      'receipt',
      get(`${urlOf('receipt')}?id=9&ptt=1000&date=2026-11-30%2010%3A00%3A00&description=1`),
    ),
  );
  assert.partialDeepStrictEqual(receipt, { references: ['9'], state: 'delivered' });
  const stop = read(
    options,
    'reply',
    get(`${urlOf('reply')}?action=stop&id=9&date=x&receiver=%2B33612345678`),
  );
  assert.partialDeepStrictEqual(stop, {
    replies: [{ text: 'STOP', to: '', source: { address: '+33612345678' } }],
  });
});

test('a request without a receipt is dropped with its reason, and an unknown status changes nothing', () => {
  const options = { preset: 'generic-json', url: 'https://carrier.example/' };
  const post = (body: string): Callback => ({
    url: urlOf('receipt'),
    init: { method: 'POST', headers: { 'content-type': 'application/json' }, body },
  });
  const readJson = (body: string) => read(options, 'receipt', post(body));
  assert.partialDeepStrictEqual(readJson('{"status":"delivered"}'), {
    dropped: ['the receipt has no message id'],
  });
  assert.partialDeepStrictEqual(readJson('{"id":"1"}'), { dropped: ['the receipt has no status'] });
  for (const body of ['', '[]', 'null', '7', '{', '<xml/>']) {
    const reading = readJson(body) as Extract<CallbackReading, { kind: 'read' }>;
    assert.deepEqual(
      [reading.receipts, reading.dropped, reading.answer.status],
      [[], ['the receipt has no message id'], 200],
    );
  }
  for (const word of ['constructor', '__proto__', 'BRANDNEW'])
    assert.partialDeepStrictEqual(readJson(JSON.stringify({ id: '1', status: word })), {
      receipts: [{ state: 'underway' }],
      unknownWords: [word],
    });
  const list = { ...options, 'receipt-list': '/results/*' };
  const many = JSON.stringify({
    results: [{ id: 1, status: 'delivered' }, { id: 2 }, { id: 3, status: 'EXPIRED' }],
  });
  assert.partialDeepStrictEqual(read(list, 'receipt', post(many)), {
    receipts: [
      { references: ['1'], state: 'delivered' },
      { references: ['3'], state: 'expired' },
    ],
    dropped: ['the receipt has no status'],
  });
});
