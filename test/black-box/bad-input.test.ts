// Invalid requests over HTTP to a real serve: each receives the answer of its dialect, leaves no partial campaign and no debit,
// and does not affect other clients.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { readExchanges } from '../support/exchange.ts';

const folder = temporaryFolder();
const here = { dataDir: `${folder.path}/data` };
let serving: Serving;
let poor: { login: string; key: string };

before(async () => {
  serving = await serve(here);
  const created = await chappeJson<{ octopush: { user_login: string; api_key: string } }>(
    ['account', 'create', '--email', 'poor@example.com', '--credit', '0.15'],
    here,
  );
  poor = { login: created.octopush.user_login, key: created.octopush.api_key };
});

after(async () => {
  const { balanced, differences } = await chappeJson<{ balanced: boolean; differences: unknown[] }>(
    ['account', 'credit', '--audit'],
    here,
  );
  assert.ok(balanced, JSON.stringify(differences));
  assert.equal(await serving.end('SIGTERM'), 0);
  folder.remove();
});

type Fields = Readonly<Record<string, string>>;
type Members = Readonly<Record<string, unknown>>;

const number = '+33601020304';
const legacyMessage = {
  sms_recipients: number,
  sms_text: 'x',
  sms_type: 'FR',
  sms_sender: 'Chappe',
  transactional: '1',
};
const restMessage = { recipients: [{ phone_number: number }], text: 'x', purpose: 'alert', sender: 'Chappe' };

function legacyFields(changes: Fields): URLSearchParams {
  const { login, key } = serving.demo;
  return new URLSearchParams({ user_login: login, api_key: key, ...legacyMessage, ...changes });
}

interface LegacyAnswer {
  readonly error_code: string;
  readonly ticket?: string;
  readonly failures?: readonly { error_code: string }[];
}

async function legacy(changes: Fields | Buffer, headers: Fields = {}): Promise<LegacyAnswer> {
  const body = Buffer.isBuffer(changes) ? new Uint8Array(changes) : legacyFields(changes);
  const answer = await fetch(`${serving.url}/api/sms/json`, { method: 'POST', body, headers });
  assert.equal(answer.status, 200, 'the legacy dialect always answers with 200');
  return (await answer.json()) as LegacyAnswer;
}

interface RestAnswer {
  readonly status: number;
  readonly code?: number;
  readonly message?: string;
  readonly sms_ticket?: string;
}

async function rest(
  changes: Members | string | Uint8Array<ArrayBuffer>,
  account = serving.demo,
): Promise<RestAnswer> {
  const isRaw = typeof changes === 'string' || changes instanceof Uint8Array;
  const answer = await fetch(`${serving.url}/v1/public/sms-campaign/send`, {
    method: 'POST',
    headers: { 'api-login': account.login, 'api-key': account.key, 'content-type': 'application/json' },
    body: isRaw ? changes : JSON.stringify({ ...restMessage, ...changes }),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

async function balance(account = serving.demo): Promise<number> {
  const headers = { 'api-login': account.login, 'api-key': account.key };
  const answer = await fetch(`${serving.url}/v1/public/wallet/check-balance`, { headers });
  return ((await answer.json()) as { amount: number }).amount;
}

/** The body of a REST request in which one member stands as written here. */
const restWith = (member: string) =>
  `{"recipients":[{"phone_number":"${number}"}],"purpose":"alert","sender":"Chappe",${member}}`;

const emoji = '😀';
const fiveMegabytes = 5 * 1024 * 1024;
const nowSeconds = Math.floor(Date.now() / 1000);
const people = (count: number) => Array.from({ length: count }, (_, i) => `+336${10_000_000 + i}`);

const legacyRefusals: readonly (readonly [what: string, input: Fields | (() => Buffer), code: string])[] = [
  ['no text', { sms_text: '' }, '107'],
  ['nobody to send to', { sms_recipients: '' }, '103'],
  ['no type', { sms_type: '' }, '112'],
  ['a wrong key', { api_key: 'x' }, '101'],
  ['a login with a NUL', { user_login: 'a\0b@example.com' }, '101'],
  ['a landline', { sms_recipients: '+33140000000' }, '117'],
  ['a number that is none', { sms_recipients: 'hello' }, '117'],
  ['a sender of two characters', { sms_sender: 'ab' }, '106'],
  ['a date in 2099', { sms_mode: '2', sending_date: String(Date.UTC(2099, 0) / 1000) }, '100'],
  ['a date in milliseconds', { sms_mode: '2', sending_date: String(Date.now()) }, '100'],
  ['emoji in eight parts', { sms_text: emoji.repeat(8 * 33) }, '102'],
  [
    'a text that grows past the limit',
    { sms_text: `${'a'.repeat(440)}{ch1}`, sms_fields_1: 'b'.repeat(30) },
    '102',
  ],
  ['a merge value too long', { sms_text: '{ch1}', sms_fields_1: 'b'.repeat(31) }, '115'],
  ['marketing without its mention', { transactional: '0' }, '121'],
  ['a checksum that differs', { request_keys: 'TRYS', request_sha1: 'f'.repeat(40) }, '124'],
  ['100,000 recipients', { sms_recipients: people(100_000).join(',') }, '305'],
  ['a body over 5 MB', { sms_text: 'x'.repeat(fiveMegabytes) }, '500'],
  ['bytes that are no form', () => Buffer.alloc(100_000, 0xff), '108'],
  ['JSON that is none', () => Buffer.from('{"user_login":'), '100'],
  ['no body', () => Buffer.alloc(0), '100'],
];

const restRefusals: readonly (readonly [
  what: string,
  input: Members | (() => string | Uint8Array<ArrayBuffer>),
  code: number,
])[] = [
  ['no text', { text: '' }, 107],
  ['an object as text', { text: { a: 1 } }, 107],
  ['no recipients', { recipients: [] }, 103],
  ['recipients of nothing', { recipients: [null, true, {}, [[1]]] }, 181],
  ['a landline', { recipients: [{ phone_number: '+33140000000' }] }, 181],
  ['a country that is none', { recipients: [{ phone_number: '+999123456789' }] }, 150],
  ['a date in 2099', { send_at: '2099-01-01T00:00:00Z' }, 100],
  ['a date that is none', { send_at: 'tomorrow' }, 100],
  ['emoji in nine parts', { text: emoji.repeat(8 * 33 + 1) }, 189],
  [
    'a text that grows past the limit',
    { text: `${'a'.repeat(1190)}{param1}`, recipients: [{ phone_number: number, param1: 'b'.repeat(50) }] },
    189,
  ],
  ['marketing without its mention', { purpose: 'wholesale' }, 121],
  ['100,000 recipients', { recipients: people(100_000).map((phone_number) => ({ phone_number })) }, 305],
  ['a body over 5 MB', { text: 'x'.repeat(fiveMegabytes) }, 305],
  ['a hundred thousand brackets', () => '['.repeat(100_000), 100],
  ['UTF-16', () => new Uint8Array(Buffer.from(`\ufeff${restWith('"text":"x"')}`, 'utf16le')), 100],
  ['half a JSON object', () => restWith('"text":"x').slice(0, -1), 100],
  ['a list', () => '[]', 100],
  ['no body', () => '', 100],
];

describe('refused, in the words of the dialect and without a debit', () => {
  for (const [what, input, code] of legacyRefusals)
    test(`legacy: ${what} is ${code}`, async () => {
      const credit = await balance();
      const answer = await legacy(typeof input === 'function' ? input() : input);
      assert.deepEqual(answer, { error_code: code });
      assert.equal(await balance(), credit);
    });
  for (const [what, input, code] of restRefusals)
    test(`REST: ${what} is ${code}`, async () => {
      const credit = await balance();
      const answer = await rest(typeof input === 'function' ? input() : input);
      assert.equal(answer.code, code, JSON.stringify(answer));
      assert.equal(answer.status, 400);
      assert.equal(await balance(), credit);
    });
});

async function textOf(ticket: string | undefined): Promise<string> {
  return (await chappeJson<{ text: string }>(['message', 'show', ticket!], here)).text;
}

describe('taken all the same, as documented', () => {
  test('a text in Windows-1252 is read as such, in both dialects', async () => {
    const form = Buffer.from(`${legacyFields({ sms_text: '' })}&sms_text=caf\xe9`, 'latin1');
    assert.equal(await textOf((await legacy(form)).ticket), 'café');
    const body = new Uint8Array(Buffer.from(restWith('"text":"caf\xe9"'), 'latin1'));
    assert.equal(await textOf((await rest(body)).sms_ticket), 'café');
  });

  test('of equal names the last counts, and a byte order mark does not', async () => {
    const { sms_ticket } = await rest(`\ufeff${restWith('"text":"first","text":"second"')}`);
    assert.equal(await textOf(sms_ticket), 'second');
  });

  test('NUL is removed, and half a character becomes the replacement character', async () => {
    const { sms_ticket } = await rest(restWith('"auto_optimize_text":false,"text":"a\\u0000b\\ud800c"'));
    assert.equal(await textOf(sms_ticket), 'ab\ufffdc');
  });

  test('NULs, halves and megabytes in numbers and request ids fail alone', async () => {
    const strange = [
      { phone_number: '+336\0' },
      { phone_number: '\ud800' },
      { phone_number: '1'.repeat(1e6) },
    ];
    const request = {
      recipients: [...strange, { phone_number: number }],
      request_id: `\0\ud800${'r'.repeat(1e5)}`,
    };
    assert.equal((await rest(request)).status, 201);
    assert.equal((await rest(request)).code, 182);
  });

  test('a landline among mobiles fails alone', async () => {
    const { error_code, failures } = await legacy({ sms_recipients: `+33140000000,${number}` });
    assert.equal(error_code, '000');
    assert.deepEqual(failures, [{ recipient: '+33140000000', error_code: '117' }]);
  });

  test('emoji in eight parts leave as eight, and REST cuts a sender of twelve characters', async () => {
    const { sms_ticket } = await rest({ text: emoji.repeat(8 * 33), sender: 'abcdefghijkl' });
    const shown = await chappeJson<{ segments: number; sender: string }>(
      ['message', 'show', sms_ticket!],
      here,
    );
    assert.deepEqual([shown.segments, shown.sender], [8, 'abcdefghijk']);
  });

  test('a date in 1970 is now', async () => {
    const answer = (await legacy({ sms_mode: '2', sending_date: '0' })) as LegacyAnswer & {
      sending_date: number;
    };
    assert.equal(answer.error_code, '000');
    assert.ok(answer.sending_date >= nowSeconds);
    assert.equal((await rest({ send_at: '1970-01-01T00:00:00Z' })).status, 201);
  });

  test('a thousand times one recipient is one message', async () => {
    const credit = await balance();
    await legacy({ sms_recipients: Array(1000).fill(number).join(',') });
    assert.equal(Math.round((credit - (await balance())) * 100), 5);
  });
});

test('of twenty requests with one request id at the same instant, one sends', async () => {
  type Send = () => Promise<LegacyAnswer | RestAnswer>;
  const cases: readonly (readonly [
    send: Send,
    ticket: string,
    tickets: number,
    repeated: string | number,
  ])[] = [
    [() => legacy({ request_id: 'once' }), 'ticket', 1, '120'],
    // The answer 182 names the ticket of the first use.
    [() => rest({ request_id: 'once' }), 'sms_ticket', 20, 182],
  ];
  for (const [send, ticket, tickets, repeated] of cases) {
    const credit = await balance();
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    const named = answers.flatMap((answer) => (ticket in answer ? [Reflect.get(answer, ticket)] : []));
    assert.deepEqual([named.length, new Set(named).size], [tickets, 1]);
    const codes = answers.map((answer) => ('error_code' in answer ? answer.error_code : answer.code));
    assert.equal(codes.filter((code) => code === repeated).length, 19);
    assert.equal(Math.round((credit - (await balance())) * 100), 5);
  }
});

test('credit for three of five recipients sends to none of them', async () => {
  const recipients = people(5).map((phone_number) => ({ phone_number }));
  assert.equal((await rest({ recipients }, poor)).code, 104);
  const fields = { user_login: poor.login, api_key: poor.key, sms_recipients: people(5).join(',') };
  assert.deepEqual(await legacy(fields), { error_code: '104' });
  assert.equal(await balance(poor), 0.15);
  assert.equal((await rest({ recipients: recipients.slice(0, 3), request_id: 'a' }, poor)).status, 201);
  assert.equal(await balance(poor), 0);
});

/** Writes these bytes on a connection and reads until the other side closes it. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(serving.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}

describe('HTTP as it comes', () => {
  const body = JSON.stringify(restMessage);
  const request = (
    headers: string,
    sent = body,
    line = 'POST /v1/public/sms-campaign/send HTTP/1.1\r\nhost: x',
  ) =>
    `${line}\r\napi-login: ${serving.demo.login}\r\napi-key: ${serving.demo.key}\r\n${headers}\r\n\r\n${sent}`;
  const length = `content-length: ${body.length}`;
  const inChunks = body.replace(/.{1,7}/g, (part) => `${part.length.toString(16)}\r\n${part}\r\n`);

  const forms: readonly (readonly [what: string, bytes: () => string])[] = [
    ['HTTP/1.0', () => request(length, body, 'POST /v1/public/sms-campaign/send HTTP/1.0')],
    [
      'an absolute target',
      () =>
        request(
          `${length}\r\nconnection: close`,
          body,
          'POST http://api.octopush.com/v1/public/sms-campaign/send HTTP/1.1\r\nhost: x',
        ),
    ],
    ['Expect: 100-continue', () => request(`${length}\r\nexpect: 100-continue\r\nconnection: close`)],
    [
      'a body in chunks',
      () => request('transfer-encoding: chunked\r\nconnection: close', `${inChunks}0\r\n\r\n`),
    ],
    ['a type that is none', () => request(`${length}\r\ncontent-type: json\r\nconnection: close`)],
  ];
  for (const [what, bytes] of forms)
    test(`${what} is understood`, async () =>
      assert.match(await raw(bytes()), /201 Created[\s\S]*sms_ticket/));

  test('three requests in one go get three answers', async () => {
    const answers = await raw(request(length) + request(length) + request(`${length}\r\nconnection: close`));
    assert.equal(answers.split('201 Created').length, 4);
  });

  test('two lengths for one body are refused', async () => {
    const answer = await raw(request(`${length}\r\ntransfer-encoding: chunked\r\nconnection: close`));
    assert.match(answer, /^HTTP\/1\.1 400/);
  });

  test('a long query is a request like any other, an endless one is refused', async () => {
    const get = (size: number) => fetch(`${serving.url}/api/sms/json?sms_text=${'x'.repeat(size)}`);
    assert.deepEqual(await (await get(100_000)).json(), { error_code: '108' });
    assert.equal((await get(200_000)).status, 431);
  });

  test('unknown methods and paths are refused in the dialect of the path', async () => {
    for (const [method, path, status, answer] of [
      ['DELETE', '/api/sms/json', 200, '{"error_code":"306"}'],
      ['GET', '/api/nothing/json', 200, '{"error_code":"306"}'],
      ['GET', '/api/%zz/json', 200, '{"error_code":"306"}'],
      [
        'PUT',
        '/v1/public/sms-campaign/send',
        404,
        '{"code":306,"message":"There is nothing at this address."}',
      ],
      ['GET', '/v1/public/%zz', 404, '{"code":306,"message":"There is nothing at this address."}'],
    ] as const) {
      const got = await fetch(serving.url + path, { method });
      assert.deepEqual([got.status, await got.text()], [status, answer], `${method} ${path}`);
    }
    assert.equal((await fetch(`${serving.url}/`)).status, 404);
  });

  test('three hundred requests that never end leave the others alone', async () => {
    const halves: Socket[] = [];
    for (let i = 0; i < 300; i++) {
      const half = connect(serving.port, '127.0.0.1');
      half.on('error', () => {});
      half.write(
        'POST /api/sms HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n' + (i % 2 === 0 ? '\r\nabc' : ''),
      );
      halves.push(half);
    }
    assert.equal((await rest({})).status, 201);
    for (const half of halves) half.destroy();
  });
});

describe('the documents of the vendor', () => {
  test('the call of the REST page works as printed, but for host and keys', async () => {
    const call = readExchanges('octopush-rest').find(({ name }) => name.startsWith('the-documented-call'))!;
    const answer = await rest(new Uint8Array(call.body));
    assert.equal(answer.status, 201, JSON.stringify(answer));
    assert.deepEqual(Object.keys(answer).slice(1), Object.keys(JSON.parse(call.answer)));
  });

  for (const name of ['the-manual-s-call-by-get', 'a-deferred-send.'])
    test(`the GET of the legacy pages (${name}) needs the mention that the same pages demand`, async () => {
      const call = readExchanges('octopush-legacy').find((exchange) => exchange.name.startsWith(name))!;
      const url = new URL(serving.url + call.url);
      url.searchParams.set('user_login', serving.demo.login);
      url.searchParams.set('api_key', serving.demo.key);
      assert.match(await (await fetch(url)).text(), /<error_code>121</);
      url.searchParams.set('sms_text', `${url.searchParams.get('sms_text')} STOP au XXXXX`);
      const names = (xml: string) => [...xml.matchAll(/<(\w+)/g)].map(([, tag]) => tag);
      assert.deepEqual(names(await (await fetch(url)).text()), names(call.answer));
    });
});
