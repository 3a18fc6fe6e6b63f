// Orders of credit, keys of a new account and calls of http2sms through the program: keys for every dialect, a payment
// confirmed by concurrent commands of which some are killed, and malformed calls.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chappe,
  chappeJson,
  command,
  type Serving,
  serve,
  start,
  temporaryFolder,
} from '../support/black-box.ts';

interface Keys {
  readonly account: string;
  readonly octopush: { readonly user_login: string; readonly api_key: string };
  readonly ovh: Readonly<
    Record<'serviceName' | 'applicationKey' | 'applicationSecret' | 'consumerKey', string>
  >;
  readonly http2sms: Readonly<Record<'account' | 'login' | 'password', string>>;
  readonly smpp: Readonly<Record<'system_id' | 'password', string>>;
}

const folder = temporaryFolder();
const here = { dataDir: `${folder.path}/data` };
let serving: Serving;
let keys: Keys;

before(async () => {
  serving = await serve(here);
  keys = await chappeJson<Keys>(['account', 'create', '--email', 'side@example.com', '--credit', '1'], here);
  await chappeJson(['sender', 'add', keys.account, 'Chappe'], here);
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

async function ovh<T>(method: string, path: string, body: unknown): Promise<T> {
  const { applicationKey, applicationSecret, consumerKey } = keys.ovh;
  const address = `${serving.url}/1.0${path}`;
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed = [applicationSecret, consumerKey, method, address, text, timestamp].join('+');
  const headers = {
    'x-ovh-application': applicationKey,
    'x-ovh-consumer': consumerKey,
    'x-ovh-timestamp': timestamp,
    'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
  };
  const answer = await fetch(address, { method, headers, body: text });
  assert.equal(answer.status, 200);
  return (await answer.json()) as T;
}

const available = async () =>
  Number(
    (await chappeJson<{ available: string }>(['account', 'credit', keys.account, '--show'], here)).available,
  );

test('account create prints the keys of every dialect', () => {
  assert.deepEqual(Object.keys(keys), ['account', 'octopush', 'ovh', 'http2sms', 'smpp']);
  assert.deepEqual(Object.keys(keys.octopush), ['user_login', 'api_key']);
  assert.deepEqual(Object.keys(keys.ovh), [
    'serviceName',
    'applicationKey',
    'applicationSecret',
    'consumerKey',
  ]);
  assert.deepEqual(Object.keys(keys.http2sms), ['account', 'login', 'password']);
  assert.deepEqual(Object.keys(keys.smpp), ['system_id', 'password']);
});

describe('an order', () => {
  test('confirmed by many at once, some of whom are killed, adds its credit once', async () => {
    const { orderId, url } = await ovh<{ orderId: number; url: string }>(
      'POST',
      `/order/sms/${keys.account}/credits`,
      { quantity: 1000 },
    );
    assert.match(await (await fetch(url)).text(), /waiting for payment/);
    const before = await available();
    const confirm = ['order', 'confirm', String(orderId)];
    const confirmations = Array.from({ length: 6 }, () =>
      start(process.execPath, [command, ...confirm], here),
    );
    await Promise.all(
      confirmations.map(async (confirmation, i) => {
        const closed = once(confirmation, 'close');
        // Two live; the others die wherever they are.
        if (i % 3 !== 0) {
          await sleep(150 * (i + 1));
          confirmation.kill('SIGKILL');
        }
        await closed;
      }),
    );
    const { status, stderr } = await chappe(confirm, here);
    assert.equal(status, 1);
    assert.match(stderr, /was paid on .* already/);
    assert.equal(await available(), before + 50);
    assert.match(await (await fetch(url)).text(), /paid, credit added/);
  });

  test('that is cancelled adds nothing, and is not confirmed any more', async () => {
    const { orderId } = await ovh<{ orderId: number }>('POST', `/order/sms/${keys.account}/credits`, {
      quantity: 100,
    });
    const [open] = await chappeJson<{ order: number; toPay: string }[]>(['order', 'list'], here);
    assert.partialDeepStrictEqual(open, { order: orderId, toPay: '6.00' });
    assert.equal((await chappe(['order', 'cancel', String(orderId)], here)).status, 0);
    assert.equal((await chappe(['order', 'confirm', String(orderId)], here)).status, 1);
    assert.equal((await chappe(['order', 'show', '999999'], here)).status, 2);
  });
});

const path = '/cgi-bin/sms/http2sms.cgi';
const usual = () => ({ ...keys.http2sms, from: 'Chappe', to: '+33601020304', message: 'x', noStop: '1' });

describe('http2sms', () => {
  const strange: readonly (readonly [
    what: string,
    fields: Readonly<Record<string, string>>,
    status: number,
  ])[] = [
    ['no message', { message: '' }, 201],
    ['nobody to send to', { to: ' , ' }, 201],
    ['a landline', { to: '+33140000000' }, 202],
    ['a number that is none', { to: 'hello' }, 202],
    ['NUL in everything', { to: '\0', from: '\0', message: '\0' }, 201],
    ['a login that is not there', { login: 'user1 x' }, 202],
    ['an account of 100,000 characters', { account: 'x'.repeat(100_000) }, 202],
    ['a sender that is not there', { from: 'Nobody' }, 241],
    ['a date that is none', { deferred: '999999999999' }, 202],
    ['a date in 2099', { deferred: '083025122099' }, 202],
    ['a text of 31 parts', { message: 'a'.repeat(153 * 30 + 1) }, 202],
    [
      '20,000 numbers',
      { to: Array.from({ length: 20_000 }, (_, i) => `+336${10_000_000 + i}`).join(',') },
      202,
    ],
    ['markup', { from: '<b>&"' }, 241],
  ];
  let credit: number;
  before(async () => {
    credit = await available();
  });

  for (const [what, fields, status] of strange)
    test(`${what} is ${status}, with HTTP status 200`, async () => {
      const body = new URLSearchParams({ ...usual(), ...fields, contentType: 'text/json' });
      const answer = await fetch(serving.url + path, { method: 'POST', body });
      assert.equal(answer.status, 200);
      const told = (await answer.json()) as { status: number; message: string };
      assert.equal(told.status, status, told.message);
    });

  test('bytes that are no form, and a body above the limit, are answered', async () => {
    for (const body of [Buffer.alloc(1000, 0xff), Buffer.alloc(2 * 1024 * 1024, 0x61)]) {
      const answer = await fetch(serving.url + path, { method: 'POST', body: new Uint8Array(body) });
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /^KO\n/);
    }
  });

  test('none of this cost anything', async () => {
    assert.equal(await available(), credit);
  });

  test('a correct request is sent, in all four formats', async () => {
    const forms: readonly (readonly [string, RegExp])[] = [
      ['text/plain', /^OK\n\d+\.\d\d\n\d+\n$/],
      ['text/html', /^<HTML><BODY>OK<br>\d+\.\d\d<br>\d+<br><\/BODY><\/HTML>\n$/],
      [
        'application/xml',
        /<status>100<\/status>\n<creditLeft>\d+\.\d\d<\/creditLeft>\n<smsIds>\n<smsId>\d+</,
      ],
      [
        'application/json',
        /^\{"status":100,"creditLeft":"\d+\.\d\d","SmsIds":\["\d+"\],"smsIds":\["\d+"\]\}$/,
      ],
    ];
    for (const [contentType, expected] of forms) {
      const query = new URLSearchParams({ ...usual(), contentType });
      const answer = await fetch(`${serving.url}${path}?${query}`);
      assert.match(answer.headers.get('content-type')!, new RegExp(`^${contentType}`));
      assert.match(await answer.text(), expected);
    }
  });
});
