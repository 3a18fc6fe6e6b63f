import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type AddressInfo, connect } from 'node:net';
import test from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import fastify from 'fastify';
import { rewriteUrl } from '#dialects/shared/absolute-url.ts';
import { type RefusalReason, refusalReasons } from '#domain/base/refusals.ts';
import { playExchange, readExchanges } from '../../../../test/support/exchange.ts';
import { demoKey, demoLogin, type Facts, fakeCustomers } from '../../../../test/support/fake-customers.ts';
import { legacyErrorCode, legacyErrorMeanings } from './errors.ts';
import { answerLegacyError, octopushLegacyRoutes } from './routes.ts';

function openPlatform(facts: Partial<Facts> = {}) {
  const fake = fakeCustomers(facts);
  const app = fastify({ rewriteUrl, frameworkErrors: answerLegacyError });
  app.register(octopushLegacyRoutes, { ...fake.services, clock: { now: () => fake.facts.nowMs } });
  return { app, fake };
}

const credentials = { user_login: demoLogin, api_key: demoKey };
const message = {
  sms_text: 'Bonjour',
  sms_recipients: '+33601010101',
  sms_type: 'FR',
  sms_sender: 'UnSender',
};
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

function post(
  app: ReturnType<typeof openPlatform>['app'],
  url: string,
  payload: string | Buffer,
  type?: string,
) {
  const contentType = type ?? 'application/x-www-form-urlencoded';
  return app.inject({ method: 'POST', url, payload, headers: { 'content-type': contentType } });
}

const codeIn = (xml: string) => /<error_code>(\d{3})<\/error_code>/.exec(xml)?.[1];

for (const exchange of readExchanges('octopush-legacy')) {
  test(`wire: ${exchange.name} (${exchange.source})`, async () => {
    const { app, fake } = openPlatform(exchange.facts);
    await playExchange(app, fake.submissions, exchange);
  });
}

test('every action answers with and without a slash, by GET and by POST, in XML and in JSON', async () => {
  const { app } = openPlatform();
  for (const action of ['sms', 'balance', 'credit']) {
    for (const path of [`/api/${action}`, `/api/${action}/`, `/api/${action}/json`, `/api/${action}/json/`]) {
      const fields = form({ ...credentials, ...message });
      for (const answer of [await post(app, path, fields), await app.inject(`${path}?${fields}`)]) {
        assert.equal(answer.statusCode, 200);
        if (path.includes('json')) assert.equal(answer.json().error_code, '000', path);
        else assert.equal(codeIn(answer.body), '000', path);
      }
    }
  }
});

test('a send is understood in every form its clients give it', async () => {
  const fields = { ...credentials, ...message };
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
  const encoded = new Response(multipart);
  const body = Buffer.from(await encoded.arrayBuffer());
  const json = JSON.stringify(fields);
  for (const [url, payload, type] of [
    ['/api/sms', body, encoded.headers.get('content-type')!],
    ['/api/sms', form(fields), 'application/x-www-form-urlencoded; charset=ISO-8859-1'],
    ['/api/sms', form(fields), 'text/plain'],
    ['/api/sms', json, 'application/json; charset=utf-8'],
    ['/api/sms', json, 'application/x-www-form-urlencoded'],
    [`/api/sms?${form(fields)}`, '{}', 'application/json'],
    [`/api/sms?${form(fields)}`, '', 'application/json'],
  ] as const) {
    const { app, fake } = openPlatform();
    const answer = await post(app, url, payload, type);
    assert.equal(codeIn(answer.body), '000', type);
    assert.partialDeepStrictEqual(fake.submissions, [{ text: 'Bonjour', sender: 'UnSender' }]);
  }
});

test('a form without a content type is read all the same', async () => {
  const { app } = openPlatform();
  const payload = Buffer.from(form({ ...credentials, ...message }));
  assert.equal(codeIn((await app.inject({ method: 'POST', url: '/api/sms', payload })).body), '000');
});

test('the refusals come in their order, one mended at a time', async () => {
  const { app, fake } = openPlatform({ refuseAccount: 'account-blocked' });
  const fields: Record<string, string> = {};
  const mend: readonly (readonly [code: string, mended: Record<string, string> | (() => void)])[] = [
    ['100', { sms_text: '', sms_sender: 'a', request_keys: 'T', request_sha1: '', sms_fields_1: 'a,b' }],
    ['108', { user_login: demoLogin }],
    ['109', { api_key: 'wrong' }],
    ['101', { api_key: demoKey }],
    ['114', () => Object.assign(fake.facts, { refuseAccount: 'account-not-validated' })],
    ['113', () => Object.assign(fake.facts, { refuseAccount: null })],
    ['107', { sms_text: 'Bonjour' }],
    ['110', { sms_recipients: ',' }],
    ['103', { sms_recipients: '12' }],
    ['112', { sms_type: 'AB' }],
    ['208', { sms_type: 'FR' }],
    ['106', { sms_sender: 'UnSender', sms_mode: '2', sending_date: 'x' }],
    ['100', { sending_date: '1500000000' }],
    ['115', { sms_fields_1: 'x'.repeat(31) }],
    ['115', { sms_fields_1: 'x' }],
    ['123', { request_sha1: 'x' }],
    ['124', { request_keys: '' }],
  ];
  for (const [code, mended] of mend) {
    assert.equal(codeIn((await post(app, '/api/sms', form(fields))).body), code);
    if (typeof mended === 'function') mended();
    else Object.assign(fields, mended);
  }
  const judged = refusalReasons.slice(refusalReasons.indexOf('request-already-seen'));
  for (const reason of judged) {
    fake.facts.refuse = reason;
    assert.equal(
      codeIn((await post(app, '/api/sms', form(fields))).body),
      legacyErrorCode(reason, 'premium'),
    );
  }
  fake.facts.refuse = null;
  assert.equal(codeIn((await post(app, '/api/sms', form(fields))).body), '000');
});

/** Each path with everything wrong, then one thing mended a step: the code it hears before each. */
const repairs: Readonly<
  Record<string, readonly (readonly [code: string, mended: Record<string, string>])[]>
> = {
  '/api_wooc_os/sms_parts': [
    ['100', { sms_text: '', sms_sender: 'a' }],
    ['107', { sms_text: 'Bonjour' }],
    ['110', { sms_recipients: '+33601010101' }],
    ['112', { sms_type: 'FR' }],
    ['106', { sms_sender: 'Boutique' }],
    ['000', {}],
  ],
  '/api_mag_ss/sms_batch': [
    ['306', { action: 'SEND', sending_time: 'soon' }],
    ['100', { user_batch_id: 'b1' }],
    ['100', { sending_time: '1500000000' }],
    ['000', {}],
  ],
  '/api/edit_options': [
    ['500', { sms_alert_bound: '5' }],
    ['208', { sms_alert_type: 'XXX' }],
    ['500', { answer_email: 'a@b.example' }],
    ['000', {}],
  ],
  '/api_sub/add_sub_account': [
    ['500', { alert_bound: '5' }],
    ['208', { alert_sms_type: 'xxx' }],
    ['000', {}],
  ],
  '/api_sub/credit_sub_account': [
    ['205', { sms_number: '0' }],
    ['205', { sms_number: '10' }],
    ['208', { sms_type: 'FR' }],
    ['000', {}],
  ],
};
const wrong: Readonly<Record<string, Record<string, string>>> = {
  '/api_wooc_os/sms_parts': { user_batch_id: ' ' },
  '/api_mag_ss/sms_batch': { action: 'cancel' },
  '/api/edit_options': { sms_alert_bound: '-5', sms_alert_type: 'AB', answer_email: 'nobody' },
  '/api_sub/add_sub_account': { alert_bound: 'few', alert_sms_type: 'AB' },
  '/api_sub/credit_sub_account': {
    sms_type: 'AB',
    sms_number: 'x',
    token: 't',
    sub_account_email: 'a@b.example',
  },
};

test('the refusals of the other paths come in their order, one mended at a time', async () => {
  for (const [path, steps] of Object.entries(repairs)) {
    const { app, fake } = openPlatform();
    const fields: Record<string, string> = {};
    const ask = async () => codeIn((await post(app, path, form(fields))).body);
    assert.equal(await ask(), '100', path);
    Object.assign(fields, wrong[path]);
    assert.equal(await ask(), '108', path);
    fields['user_login'] = demoLogin;
    assert.equal(await ask(), '109', path);
    fields['api_key'] = 'wrong';
    assert.equal(await ask(), '101', path);
    fields['api_key'] = demoKey;
    fake.facts.refuseAccount = 'account-blocked';
    assert.equal(await ask(), '114', path);
    fake.facts.refuseAccount = null;
    for (const [code, mended] of steps) {
      if (code === '100' && path.endsWith('sms_parts')) fields['user_batch_id'] = '';
      assert.equal(await ask(), code, `${path} ${form(fields)}`);
      if (path.endsWith('sms_parts')) fields['user_batch_id'] = 'b1';
      // A batch is confirmed after a part of it came.
      if (path.endsWith('sms_batch') && fake.submissions.length === 0)
        await post(app, '/api_mag_ss/sms_parts', form({ ...credentials, ...message, user_batch_id: 'b1' }));
      Object.assign(fields, mended);
    }
  }
});

test('every path answers every refusal with a listed code', async () => {
  const { app, fake } = openPlatform();
  const fields = form({ ...credentials, ...message, user_batch_id: 'b1', action: 'status', sms_number: '1' });
  for (const reason of refusalReasons) {
    fake.facts.refuse = reason;
    for (const path of newPaths) {
      const answer = await post(app, path, fields);
      assertListedAnswer(answer);
      assert.equal(codeIn(answer.body), legacyErrorCode(reason, 'premium'), path);
    }
  }
});

test('the options that were sent are changed, and no other', async () => {
  const { app, fake } = openPlatform();
  for (const [fields, options] of [
    [{}, {}],
    [{ answer_email: ' a@b.example ' }, { replyEmail: 'a@b.example' }],
    [{ answer_email: '' }, { replyEmail: null }],
    [
      { sms_alert_bound: '1111', sms_alert_type: 'fr' },
      { alertBound: 1111, alertTier: 'premium' },
    ],
    [{ sms_alert_bound: '0' }, { alertBound: 0 }],
  ] as const) {
    const answer = await post(app, '/api/edit_options', form({ ...credentials, ...fields }));
    assert.equal(codeIn(answer.body), '000');
    assert.deepEqual(fake.asked.at(-1), ['options', options]);
  }
});

test('a transfer is priced as a number of SMS of its type, and its token can be a list', async () => {
  const { app, fake } = openPlatform();
  const order = { ...credentials, sub_account_email: 'a@b.example', sms_number: '1000' };
  for (const [fields, amount] of [
    [{ sms_type: 'FR', 'token[0]': 'ABC' }, 105_000_000n],
    [{ sms_type: 'xxx', token: 'abc' }, 70_000_000n],
    [{ token: 'ABC' }, 105_000_000n],
  ] as const) {
    await post(app, '/api_sub/credit_sub_account', form({ ...order, ...fields }));
    assert.deepEqual(fake.asked.slice(-2), [
      ['transfer', 'ABC', 'a@b.example'],
      ['amount', amount],
    ]);
  }
});

test('an account found slowly is waited for', async () => {
  const { app, fake } = openPlatform();
  const known = fake.authenticate(demoLogin, demoKey);
  fake.authenticate = async () => known;
  assert.equal(codeIn((await post(app, '/api/credit', form(credentials))).body), '000');
});

test('an internal error is 125 in the requested format, and does not name its cause', async () => {
  const { app, fake } = openPlatform();
  fake.submit = () => Promise.reject(new Error('password of the database'));
  const fields = form({ ...credentials, ...message });
  const xml = await post(app, '/api/sms', fields);
  assert.equal(codeIn(xml.body), '125');
  assert.ok(!xml.body.includes('password'));
  assert.equal((await post(app, '/api/sms/json', fields)).body, '{"error_code":"125"}');
  fake.authenticate = () => {
    throw new Error('secret');
  };
  assert.equal(codeIn((await post(app, '/api/sms', fields)).body), '125');
});

test('a body over five megabytes is an error of the dialect', async () => {
  const { app } = openPlatform();
  const answer = await post(app, '/api/sms', `sms_text=${'x'.repeat(5 * 1024 * 1024)}`);
  assert.equal(answer.statusCode, 200);
  assert.equal(codeIn(answer.body), '500');
});

test('unreadable bodies, methods and paths are errors of the dialect', async () => {
  const { app, fake } = openPlatform();
  const broken = [
    await post(app, '/api/sms', '{"a":', 'application/json'),
    await post(app, '/api/sms', 'x', 'multipart/form-data'),
  ];
  for (const answer of broken) assert.equal(codeIn(answer.body), '100');
  const sent = await post(app, '/api/sms', form({ ...credentials, ...message }), 'nonsense');
  assert.equal(codeIn(sent.body), '000', 'the announced type is only a hint');
  fake.submissions.length = 0;
  const fields = form({ ...credentials, ...message });
  for (const [method, url, code] of [
    ['PUT', `/api/sms?${fields}`, '306'],
    ['DELETE', '/api/balance', '306'],
    ['OPTIONS', '/api/sms', '306'],
    ['GET', '/api/', '306'],
    ['GET', `/api/${'x'.repeat(3000)}`, '306'],
    ['POST', '/api/open_single_temp_session', '207'],
    ['POST', '/api_sub/delete_sub_account', '306'],
    ['GET', '/api_wooc_os/', '306'],
    ['POST', '/api_mag_ss/sms_part', '306'],
    ['GET', '/api/%zz', '306'],
  ] as const) {
    const answer = await app.inject({ method, url });
    assert.equal(answer.statusCode, 200);
    assert.equal(codeIn(answer.body), code, url.slice(0, 40));
  }
  const head = await app.inject({ method: 'HEAD', url: `/api/sms?${fields}` });
  assert.equal(head.body, '');
  assert.equal(fake.submissions.length, 0, 'a HEAD sends nothing');
});

test('an account can request the array form in JSON for every answer', async () => {
  const { app } = openPlatform({ settings: { legacyJsonAlwaysArray: true } });
  const answer = await post(app, '/api/sms/json', form({ ...credentials, ...message }));
  assert.equal(answer.json().successs.length, 1);
});

test('the parsers of this dialect stay inside it', async () => {
  const { app } = openPlatform();
  app.post('/elsewhere', (request) => request.body);
  const answer = await post(app, '/elsewhere', '{"a":1}', 'application/json');
  assert.deepEqual(answer.json(), { a: 1 });
  assert.equal((await post(app, '/elsewhere', 'a=1')).statusCode, 415);
});

const parser = new XMLParser({ parseTagValue: false, trimValues: false });

function assertListedAnswer(answer: { body: string; statusCode: number }) {
  assert.equal(answer.statusCode, 200);
  assert.equal(XMLValidator.validate(answer.body), true, answer.body);
  assert.ok(Object.hasOwn(legacyErrorMeanings, parser.parse(answer.body).octopush.error_code));
}

const newPaths = [
  '/api/edit_options',
  '/api_sub/add_sub_account',
  '/api_sub/credit_sub_account_get_session',
  '/api_sub/credit_sub_account',
  '/api_sub/get_user_info',
  '/api_wooc_os/sms_batch',
  '/api_mag_ss/sms_parts',
];

const names = [
  'sms_text',
  'user_batch_id',
  'finished',
  'action',
  'answer_email',
  'sms_alert_bound',
  'sms_alert_type',
  'alert_bound',
  'first_name',
  'raison_sociale',
  'sub_account_email',
  'sms_number',
  'token',
  'lang',
  'channel',
  'sms_recipients',
  'sms_type',
  'sms_sender',
  'sms_mode',
  'sending_date',
  'sending_time',
  'sending_period',
  'recipients_first_names',
  'sms_fields_1',
  'request_keys',
  'request_sha1',
  'request_mode',
  'transactional',
  'user_login',
];
const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    'FR',
    'XXX',
    'simu',
    '+33601010101,<&>,12',
    'a,b,c',
    '-1',
    '9'.repeat(20),
  ),
);
const randomForm = fc.dictionary(fc.constantFrom(...names), values, { noNullPrototype: true });

test('random forms get a listed code in well-formed XML', async () => {
  const failures: Record<string, RefusalReason> = { '<&>': 'number-invalid' };
  const { app } = openPlatform({ failures });
  await fc.assert(
    fc.asyncProperty(randomForm, async (fields) => {
      const sent = form({ ...credentials, ...message, ...fields });
      assertListedAnswer(await post(app, '/api/sms', sent));
      assertListedAnswer(await app.inject(`/api/sms?${sent}`));
    }),
    { numRuns: 300 },
  );
});

test('random forms to every other path get a listed code in well-formed XML', async () => {
  const news = [{ lang: 'fr', title: ']]>', text: '\u0001<&', author: '"', publishedAtMs: 0 }];
  const { app } = openPlatform({ failures: { '<&>': 'number-invalid' }, news });
  const path = fc.constantFrom(...newPaths, '/api/news', '/api_wooc_os/sms_send');
  await fc.assert(
    fc.asyncProperty(path, randomForm, async (url, fields) => {
      assertListedAnswer(await post(app, url, form({ ...credentials, ...message, ...fields })));
    }),
    { numRuns: 500 },
  );
});

test('random bytes of any type get a listed code in well-formed XML', async () => {
  const { app } = openPlatform();
  const type = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=XX',
    'text/xml',
    'x',
  );
  const body = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from), fc.string().map(Buffer.from));
  await fc.assert(
    fc.asyncProperty(type, body, async (contentType, bytes) => {
      const url = `/api/sms?${form(credentials)}`;
      assertListedAnswer(await post(app, url, Buffer.from(bytes), contentType));
    }),
    { numRuns: 300 },
  );
});

const runFile = promisify(execFile);

/** Runs a program written for the npm package `octopush`, which knows only its maker's host, through us as proxy. */
async function runNpmClient(port: number, program: string): Promise<unknown[]> {
  const proxy = `http://127.0.0.1:${port}`;
  const source = `const octopush = require('octopush'); const tell = (...a) => console.log(JSON.stringify(a)); ${program}`;
  const env = { PATH: process.env['PATH'], http_proxy: proxy, HTTP_PROXY: proxy, NODE_NO_WARNINGS: '1' };
  const { stdout } = await runFile(process.execPath, ['-e', source], { env, cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

test('the npm client sends and reads its balance unchanged, through http_proxy', async (t) => {
  const { app, fake } = openPlatform({ availableMicros: 10_500_000 });
  t.after(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const client = `new octopush.SMS(${JSON.stringify(demoLogin)}, ${JSON.stringify(demoKey)})`;
  const [isError, answer] = await runNpmClient(
    port,
    `const sms = ${client};
    sms.set_sms_text('Été à {prenom} & co = 100% + ');
    sms.set_sms_recipients(['+33601010101', '+33602020202']);
    sms.set_recipients_first_names(['Zoé', 'Jean']);
    sms.set_sms_type(octopush.constants.SMS_PREMIUM);
    sms.set_sms_sender('UnSender');
    sms.set_sms_mode(octopush.constants.DIFFERE);
    sms.set_date(2030, 6, 10, 9, 30);
    sms.set_sms_request_id('abc123');
    sms.set_option_transactional(1);
    sms.set_request_keys('TRYSMabWNQD ');
    sms.send(tell);`,
  );
  assert.equal(isError, false, JSON.stringify(answer));
  assert.partialDeepStrictEqual(answer, { octopush: { error_code: ['000'], ticket: ['api110000000021'] } });
  const [submission] = fake.submissions;
  assert.partialDeepStrictEqual(submission, {
    text: 'Été à {prenom} & co = 100% + ',
    recipients: [
      { number: '+33601010101', merge: new Map([['{prenom}', 'Zoé']]) },
      { number: '+33602020202', merge: new Map([['{prenom}', 'Jean']]) },
    ],
    sender: 'UnSender',
    tier: 'premium',
    purpose: 'transactional',
    idempotencyKey: 'abc123',
  });
  assert.equal(submission!.sendAtMs, new Date(2030, 5, 10, 9, 30).getTime());
  const balance = await runNpmClient(port, `${client}.get_balance(tell);`);
  assert.deepEqual(balance[0], false);
  assert.partialDeepStrictEqual(balance[1], { octopush: { balance: { FR: '100.00', XXX: '150.00' } } });
  const wrong = await runNpmClient(port, `new octopush.SMS('a@b.c', 'x').send(tell);`);
  assert.deepEqual(wrong, [true, 'Incorrect login details.']);
});

test('an absolute target with an unencoded plus and Latin-1 escapes is understood', async (t) => {
  const { app, fake } = openPlatform();
  t.after(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const fields = `${form(credentials)}&sms_recipients=+33601010101&sms_type=XXX&sms_text=%E9t%E9`;
  socket.end(
    `GET http://www.octopush-dm.com/api/sms?${fields} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  const answer = Buffer.concat(await socket.toArray()).toString();
  assert.match(answer, /^HTTP\/1\.1 200/);
  assert.equal(codeIn(answer), '000');
  assert.partialDeepStrictEqual(fake.submissions, [
    { text: 'été', recipients: [{ number: '+33601010101' }] },
  ]);
});
