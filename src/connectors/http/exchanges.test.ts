// The last exchanges of a link, as the operator sees them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aCarrier, openLink } from '../../../test/support/http-link.ts';

test('an exchange shows its form, without the text, the number and the secrets, also when the answer repeats them', async (t) => {
  const text = 'Your "code" is 774433';
  const carrier = await aCarrier(t, (response, { body }) =>
    response.writeHead(400).end(`{"code":"E1","echo":${body}}`),
  );
  const link = openLink(t, {
    preset: 'generic-json',
    url: `${carrier.url}/{{account}}/send?key={{token}}&to={{to}}`,
    account: 'a1',
    token: 'a-secret-token',
    auth: 'basic',
    user: 'me',
    password: 'a-secret-password',
    fields: '{"pw":"{{password}}"}',
  });
  await link.send({ text });
  const [exchange] = link.connector.exchanges!();
  assert.partialDeepStrictEqual(exchange, { method: 'POST', status: 400, meaning: 'permanent' });
  const shown = JSON.stringify(exchange);
  for (const hidden of ['774433', '33612345678', '612345678', 'a-secret', 'abcdefghijklmnopqrst'])
    assert.ok(!shown.includes(hidden), `${hidden} is hidden in ${shown}`);
  assert.match(exchange!.request!, /"text":"\[21 characters\]"/);
  assert.match(exchange!.request!, /"to":"3361…78"/);
  assert.match(exchange!.answer!, /^\{"code":"E1"/);
});

test('successes do not push failures out', async (t) => {
  let isGood = false;
  const carrier = await aCarrier(t, (response) =>
    isGood ? response.end('{"id":"m"}') : response.writeHead(400).end('{"code":"E1"}'),
  );
  const link = openLink(t, { preset: 'generic-json', url: `${carrier.url}/send` });
  await link.send();
  isGood = true;
  for (let second = 0; second < 15; second++) {
    link.clock.ms += 1_000;
    await link.send();
  }
  const meanings = link.connector.exchanges!().map(({ meaning }) => meaning);
  assert.deepEqual(meanings, [...Array(10).fill('taken'), 'permanent']);
});

const text = 'Déjà vu, Zoë? "774433" est le code 12 34 de Marie';
const hexOf = (of: string) => Buffer.from(of, 'utf16le').swap16().toString('hex');
const echoes: readonly (readonly [name: string, body: string])[] = [
  ['JSON', JSON.stringify({ echo: text, to: 33612345678 })],
  [
    'escaped JSON',
    JSON.stringify({ echo: text }).replace(/[^ -~]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  ],
  ['JSON in JSON', JSON.stringify({ echo: JSON.stringify({ [text]: text, Marie: '0612345678' }) })],
  ['XML', `<sms to="06 12 34 56 78"><t>D&eacute;j&#xe0; vu, Zo&#235;? &#34;774433&#34; Marie</t></sms>`],
  ['a URL', `bad request /send?text=${encodeURIComponent(text)}&to=%2B33612345678`],
  ['UCS-2 in hexadecimal', `{"hex":"${hexOf(text)}","to":"${hexOf('33612345678')}"}`],
  ['capitals without accents', `{"echo":"DEJA VU, ZOE? 774433 EST LE CODE 1234 DE MARIE"}`],
  ['a text that is cut', `{"echo":"Déjà vu, Zoë? \\"774433\\" est le code 12 34 de Marie`],
  ['national forms', '{"to":"0612345678","n":"06.12.34.56.78","m":"(0)6-12-34-56-78","p":"061,234,567,8"}'],
  ['a number at the cut', `${'x'.repeat(3_990)} 33612345678 Marie`],
  ['a number at the end of the shown part', `${'- '.repeat(296)}33612345678`],
  ['a name of a member in plain text', 'I had "Marie": 774433'],
  ['a password', 'wrong key S3cret-Password'],
];

test('no form in which an answer repeats a text, a number or a secret is shown', async (t) => {
  let body = '';
  const carrier = await aCarrier(t, (response) => response.writeHead(400).end(body));
  const link = openLink(t, {
    preset: 'generic-json',
    url: `${carrier.url}/send`,
    fields: '{"pw":"{{password}}"}',
    password: 'S3cret-Password',
  });
  for (const [name, echo] of echoes) {
    body = echo;
    link.clock.ms += 1_000;
    await link.send({ text, encoding: 'ucs2' });
    const shown = link.connector.exchanges!()[0]!.answer!;
    const digits = shown.replace(/[^0-9a-f]/gi, '');
    assert.doesNotMatch(
      shown,
      /d[eé]j[aà]|vu|zo[eë]|774433|marie|1234|12 34|s3cret|password/i,
      `${name}: ${shown}`,
    );
    assert.doesNotMatch(digits, /612345678|0{0,2}3{0,2}36003100320/, `${name}: ${shown}`);
    assert.ok(shown.length <= 600);
  }
  body = '{"error":{"code":21211,"message":"Invalid phone number +33612345678","status":"REJECTED_SENDER"}}';
  link.clock.ms += 1_000;
  await link.send({ text });
  assert.equal(
    link.connector.exchanges!()[0]!.answer,
    '{"error":{"code":21211,"message":"Invalid phone number 3361…78","status":"REJECTED_SENDER"}}',
  );
});

test('one exchange a second of a status is kept, and only the first messages of a batch are shown', async (t) => {
  const carrier = await aCarrier(t, (response) => response.writeHead(400).end('{"code":"E1"}'));
  const link = openLink(t, {
    url: `${carrier.url}/send`,
    'body-format': 'json',
    body: '{"m":[{"t":"{{text}}"}]}',
    'message-id': 'ours',
    'error-code': '/code',
    batch: '1000',
    'batch-items': '/m',
  });
  await Promise.all(Array.from({ length: 1_000 }, (_, id) => link.send({ id, text: 'x'.repeat(100) })));
  await link.send();
  const [exchange, ...others] = link.connector.exchanges!();
  assert.deepEqual(others, []);
  assert.equal(exchange!.request!.match(/characters/g)!.length, 20);
  assert.equal(exchange!.answer, '{"code":"…"}', 'too many texts to compare the words with');
});
