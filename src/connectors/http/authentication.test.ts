// Requests that are signed by HMAC, and those with an access token.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { parseOptions } from '#domain/delivery/connector-kind.ts';
import { aCarrier, openLink } from '../../../test/support/http-link.ts';
import { until } from '../../../test/support/until.ts';
import { httpKind } from './kind.ts';

const mistakesOf = (texts: Readonly<Record<string, string>>) =>
  parseOptions(httpKind, { preset: 'generic-json', url: 'https://c.example/send', ...texts }).mistakes;

test('the carrier computes the same signature from the request that it received', async (t) => {
  const secret = Buffer.from('a key of the tests').toString('base64');
  const carrier = await aCarrier(t, (response, { method, url, headers, body }) => {
    const digest = createHash('sha256').update(body).digest('hex');
    const text = [
      method,
      headers.host,
      ...url.split('?'),
      headers['x-time'],
      headers['x-nonce'],
      digest,
    ].join('\n');
    const expected = createHmac('sha512', Buffer.from(secret, 'base64')).update(text).digest('base64');
    if (headers.authorization === `HMAC me:${expected}`) response.end('{"id":"m-1"}');
    else response.writeHead(401).end();
  });
  const options = {
    preset: 'generic-json',
    url: `${carrier.url}/send?to={{to}}`,
    auth: 'hmac',
    user: 'me',
    password: secret,
    sign: '{{method}}\\n{{host}}\\n{{path}}\\n{{query}}\\n{{timestamp}}\\n{{nonce}}\\n{{body.sha256}}',
    'sign-algorithm': 'sha512',
    'sign-encoding': 'base64',
    'sign-key': 'base64',
    headers: '{"Authorization":"HMAC {{user}}:{{signature}}","X-Time":"{{timestamp}}","X-Nonce":"{{nonce}}"}',
  };
  const link = openLink(t, options);
  assert.equal((await link.send({ text: 'Déjà "là"' })).kind, 'submitted');
  link.clock.ms += 1;
  assert.equal((await link.send()).kind, 'submitted');
  assert.notEqual(carrier.heard[0]!.headers['x-nonce'], carrier.heard[1]!.headers['x-nonce']);
  const wrong = openLink(t, { ...options, password: 'AAAA' });
  assert.equal((await wrong.send()).kind, 'try-later');
  assert.equal(wrong.connector.isUp, false);
});

test('each mistake of a signed link is named', () => {
  const headers = '{"X-Signature":"{{signature}}"}';
  const cases: readonly [Record<string, string>, RegExp][] = [
    [{ headers }, /--headers must be an object without \{\{signature\}\}, which needs --auth hmac/],
    [{ auth: 'hmac', password: 'x', headers }, /--sign must be given with --auth hmac/],
    [{ auth: 'hmac', password: 'x', sign: '{{body}}' }, /--headers must be an object with \{\{signature\}\}/],
    [{ auth: 'hmac', headers, sign: '{{body}}' }, /--password is missing/],
    [{ auth: 'hmac', password: 'x', headers, sign: '{{text}}' }, /--sign .* unknown field \{\{text\}\}/],
    [{ auth: 'hmac', password: 'x', headers, sign: '{{signature}}' }, /unknown field \{\{signature\}\}/],
    [{ auth: 'oauth', user: 'a', password: 'b' }, /--oauth-url is missing/],
    [{ auth: 'oauth', 'oauth-url': 'https://c.example/token' }, /--user is missing/],
  ];
  for (const [texts, expected] of cases) assert.match(mistakesOf(texts).join('\n'), expected);
});

const oauth = (url: string) => ({
  preset: 'generic-json',
  url: `${url}/send`,
  auth: 'oauth',
  user: 'client 1',
  password: 'secret:1',
  'oauth-url': `${url}/token`,
  'oauth-scope': 'sms.send',
});

/** Gives tokens t1, t2, … that are valid until the test ends them. */
async function aTokenCarrier(t: Parameters<typeof aCarrier>[0], lifeSeconds?: number) {
  let tokens = 0;
  let valid = '';
  const carrier = await aCarrier(t, (response, { url, headers, body }) => {
    if (url !== '/token') {
      if (headers.authorization === `Bearer ${valid}`) response.end('{"id":"m-1"}');
      else response.writeHead(401).end('{"code":"expired"}');
      return;
    }
    assert.equal(headers.authorization, `Basic ${btoa('client%201:secret%3A1')}`);
    assert.equal(body, 'grant_type=client_credentials&scope=sms.send');
    valid = `t${++tokens}`;
    const expires = lifeSeconds === undefined ? {} : { expires_in: lifeSeconds };
    response.end(JSON.stringify({ access_token: valid, token_type: 'Bearer', ...expires }));
  });
  return { ...carrier, tokens: () => tokens, end: () => (valid = 'ended') };
}

test('messages at the same time share one request for a token, which is kept until a minute before its end', async (t) => {
  const carrier = await aTokenCarrier(t, 3_600);
  const link = openLink(t, oauth(carrier.url));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => link.send()));
  assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['submitted']));
  assert.equal(carrier.tokens(), 1);
  link.clock.ms += 3_539_000;
  await link.send();
  assert.equal(carrier.tokens(), 1);
  link.clock.ms += 1_000;
  await link.send();
  assert.equal(carrier.tokens(), 2);
});

test('a token that the carrier ended early is renewed once, and no message is lost or refused', async (t) => {
  const carrier = await aTokenCarrier(t);
  const link = openLink(t, oauth(carrier.url));
  await link.send();
  carrier.end();
  const refused = await Promise.all([link.send(), link.send(), link.send()]);
  for (const outcome of refused)
    assert.deepEqual(outcome, { kind: 'try-later', afterMs: 1, reason: 'the access token ended' });
  assert.equal(link.connector.isUp, true, 'the account is not to blame');
  const again = await Promise.all([link.send(), link.send(), link.send()]);
  assert.deepEqual(new Set(again.map(({ kind }) => kind)), new Set(['submitted']));
  assert.equal(carrier.tokens(), 2);
});

test('a new token that the carrier refuses at once takes the link down', async (t) => {
  const carrier = await aCarrier(t, (response, { url }) =>
    url === '/token' ? response.end('{"access_token":"t"}') : response.writeHead(401).end(),
  );
  const link = openLink(t, oauth(carrier.url));
  assert.equal((await link.send()).kind, 'try-later');
  assert.equal(link.connector.isUp, false);
});

test('without a token nothing is sent: a refused client is down, a failure is tried again', async (t) => {
  const answers: readonly [number, string, boolean, RegExp][] = [
    [401, '{"error":"invalid_client"}', false, /^the token was refused: invalid_client$/],
    [302, '', false, /^the token was refused: HTTP status 302$/],
    [503, '', true, /^the token was refused: HTTP status 503$/],
    [200, '<html>Log in</html>', true, /has no access_token/],
    [200, `{"access_token":"${'x'.repeat(300_000)}"}`, true, /has no access_token/],
  ];
  for (const [status, body, isUp, reason] of answers) {
    const carrier = await aCarrier(t, (response) => response.writeHead(status).end(body));
    const link = openLink(t, oauth(carrier.url));
    const outcome = await link.send();
    assert.equal(outcome.kind, 'try-later');
    assert.match((outcome as { reason: string }).reason, reason);
    assert.equal(link.connector.isUp, isUp, String(status));
    assert.deepEqual(
      carrier.heard.map(({ url }) => url),
      ['/token'],
    );
  }
});

test('a token that is the same again after its end, and is refused again, takes the link down', async (t) => {
  let isValid = true;
  const carrier = await aCarrier(t, (response, { url }) => {
    if (url === '/token') response.end('{"access_token":"t"}');
    else response.writeHead(isValid ? 200 : 401).end('{"id":"m-1"}');
  });
  const link = openLink(t, oauth(carrier.url));
  assert.equal((await link.send()).kind, 'submitted');
  isValid = false;
  assert.partialDeepStrictEqual(await link.send(), { afterMs: 1, reason: 'the access token ended' });
  assert.equal((await link.send()).kind, 'try-later');
  assert.equal(link.connector.isUp, false);
});

test('a stop, and the end of a lease, wait for no token longer than they may', async (t) => {
  const carrier = await aCarrier(t, () => {});
  const link = openLink(t, {
    ...oauth(carrier.url),
    timeout: '60000',
    'poll-receipts': `${carrier.url}/receipts`,
    'receipt-list': '/items',
  });
  link.connector.startLease!(0, {});
  const waiting = link.send();
  await until('the token was asked for', () => carrier.heard.length === 1);
  await link.connector.stopLease!(0, 10);
  link.connector.startLease!(0, {});
  await link.connector.stop(10);
  assert.equal((await waiting).kind, 'try-later');
  assert.deepEqual(
    carrier.heard.map(({ url }) => url),
    ['/token'],
  );
});
