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
