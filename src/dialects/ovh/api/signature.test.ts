// The forms of the signed URL are those that were recorded of real clients (docs/dialects/ovh.md#keys-and-signatures).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { isSignedBy, signedOrigins } from './signature.ts';

const secret = 'EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF';
const consumerKey = 'MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1';

function sign(url: string, method = 'GET', body = '', timestamp = '1366560945'): string {
  const signed = [secret, consumerKey, method, url, body, timestamp].join('+');
  return `$1$${createHash('sha1').update(signed).digest('hex')}`;
}

interface Received {
  readonly host?: string | undefined;
  readonly target?: string;
  readonly method?: string;
  readonly body?: string;
  readonly timestamp?: string;
  readonly publicUrls?: readonly string[];
}

function isAccepted(signature: string, received: Received = {}): boolean {
  const { target = '/1.0/sms', method = 'GET', body = '', timestamp = '1366560945' } = received;
  const host = Object.hasOwn(received, 'host') ? received.host : 'sms.example:8443';
  return isSignedBy(
    secret,
    consumerKey,
    { method, target, body: Buffer.from(body), timestamp, signature },
    signedOrigins(host, received.publicUrls ?? []),
  );
}

test('the sum is that of the example in the documents of OVH', () => {
  const signature = '$1$d3705e8afb27a0d2970a322b96550abfc67bb798';
  assert.equal(sign('https://eu.api.ovh.com/1.0/domains/'), signature);
  assert.ok(isAccepted(signature, { host: 'eu.api.ovh.com', target: '/1.0/domains/' }));
});

const clients: readonly [client: string, signed: string, received: Received][] = [
  ['node-ovh, port and all', 'https://sms.example/1.0/sms', {}],
  ['node-ovh, reached over plain http', 'https://localhost/1.0/sms', { host: 'localhost:8080' }],
  ['python-ovh, php-ovh, go-ovh over http', 'http://sms.example:8080/1.0/sms', { host: 'sms.example:8080' }],
  ['python-ovh, php-ovh, go-ovh over https', 'https://sms.example:8443/1.0/sms', {}],
  ['symfony and notifme, which always sign https', 'https://sms.example:8443/1.0/sms', {}],
  ['a region name that leads here', 'https://eu.api.ovh.com/1.0/sms', { host: 'eu.api.ovh.com' }],
  ['an older region name', 'https://api.ovh.com/1.0/sms', { host: 'api.ovh.com' }],
  [
    'a region name that a proxy takes away',
    'https://eu.api.ovh.com/1.0/sms',
    { host: '10.0.0.7:8080', publicUrls: ['https://eu.api.ovh.com'] },
  ],
  [
    'a public address with a slash at its end',
    'https://sms.example/1.0/sms',
    { host: undefined, publicUrls: ['https://sms.example/'] },
  ],
  ['an address of IPv6', 'http://[::1]:8080/1.0/sms', { host: '[::1]:8080' }],
  ['an address of IPv6 without its port', 'https://[::1]/1.0/sms', { host: '[::1]:8080' }],
];

for (const [client, signed, received] of clients)
  test(`signed by ${client}`, () => assert.ok(isAccepted(sign(signed), received)));

test('a slash at the end and a query are signed as they were sent', () => {
  for (const target of [
    '/1.0/sms/',
    '/v1/sms',
    '/1.0/sms?iamTags=%7B%7D',
    '/1.0/sms?b=2&a=1+2&a=%20',
    '/1.0//sms',
  ])
    assert.ok(isAccepted(sign(`https://sms.example:8443${target}`), { target }), target);
});

test('a body is signed byte for byte, raw or escaped', () => {
  for (const body of ['{"message":"d\\u00e9j\\u00e0"}', '{"message":"déjà €"}', ' {}\n', 'null'])
    assert.ok(isAccepted(sign('https://sms.example/1.0/sms', 'POST', body), { method: 'POST', body }), body);
});

const right = sign('https://sms.example/1.0/sms', 'POST', '{"a":"é"}');
const asSent: Received = { method: 'POST', body: '{"a":"é"}' };

const wrong: readonly [what: string, signature: string, received: Received][] = [
  ['another secret', right.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), asSent],
  ['no signature', '', asSent],
  ['only its prefix', '$1$', asSent],
  ['without its prefix', right.slice(3), asSent],
  ['in capitals', right.toUpperCase(), asSent],
  ['with more behind it', `${right}0`, asSent],
  ['another host', sign('https://other.example/1.0/sms', 'POST', asSent.body), asSent],
  ['another port', sign('https://sms.example:9443/1.0/sms', 'POST', asSent.body), asSent],
  ['another scheme', sign('ftp://sms.example/1.0/sms', 'POST', asSent.body), asSent],
  ['another method', right, { ...asSent, method: 'PUT' }],
  ['a method in small letters', sign('https://sms.example/1.0/sms', 'post', asSent.body), asSent],
  ['another path', right, { ...asSent, target: '/1.0/sms/' }],
  ['another query', right, { ...asSent, target: '/1.0/sms?x=1' }],
  ['another body', right, { ...asSent, body: '{"a":"\\u00e9"}' }],
  ['another time', right, { ...asSent, timestamp: '1366560946' }],
  ['a host that is none', sign('https://a b/1.0/sms', 'POST', asSent.body), { ...asSent, host: 'a b' }],
  [
    'a host with a path',
    sign('https://sms.example/x/1.0/sms', 'POST', asSent.body),
    { ...asSent, host: 'sms.example/x' },
  ],
];

for (const [what, signature, received] of wrong)
  test(`not accepted: ${what}`, () => assert.ok(!isAccepted(signature, received)));

test('a signed request is accepted, and no changed one', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), fc.string(), (path, query, body) => {
      const target = `/1.0${path}?${query}`;
      const signature = sign(`https://sms.example${target}`, 'POST', body);
      assert.ok(isAccepted(signature, { target, body, method: 'POST' }));
      assert.ok(!isAccepted(signature, { target, body: `${body} `, method: 'POST' }));
      assert.ok(!isAccepted(signature, { target: `${target}&`, body, method: 'POST' }));
    }),
  );
});

test('a Host header that is no host adds no origin, and no origin comes twice', () => {
  assert.deepEqual(signedOrigins('evil/../x', []), []);
  assert.deepEqual(signedOrigins(undefined, []), []);
  assert.deepEqual(signedOrigins('a.example', ['https://a.example']), [
    'https://a.example',
    'http://a.example',
  ]);
});
