// Requests with several messages: results in their order or by our id, and batches that the carrier refuses as a whole.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseOptions } from '#domain/delivery/connector-kind.ts';
import { aCarrier, openLink, type Reply } from '../../../test/support/http-link.ts';
import { httpKind } from './kind.ts';

const batch = (url: string) => ({
  url: `${url}/send`,
  'body-format': 'json',
  body: '{"key":"{{password}}","messages":[{"to":"{{to}}","text":"{{text}}","ref":"{{id}}"}]}',
  password: 'secret',
  batch: '3',
  'batch-wait': '5',
  'batch-items': '/messages',
  'batch-results': '/results',
  'message-id': '/id',
  'error-code': '/error /code',
  answers: '/error -> permanent; /code=slow -> throttled; /code=bad -> permanent',
});

async function opened(t: TestContext, reply: Reply, texts: Readonly<Record<string, string>> = {}) {
  const carrier = await aCarrier(t, reply);
  const link = openLink(t, { ...batch(carrier.url), ...texts });
  const sendAll = (...ids: number[]) => Promise.all(ids.map((id) => link.send({ id, text: `text ${id}` })));
  const refsOf = (at: number) =>
    (JSON.parse(carrier.heard[at]!.body) as { messages: { ref: string }[] }).messages.map(({ ref }) => ref);
  return { carrier, link, sendAll, refsOf };
}

test('a batch is one request, and each message has the result of its place', async (t) => {
  const { carrier, link, sendAll, refsOf } = await opened(t, (response) =>
    response.end('{"results":[{"id":"a"},{"error":"E1"},{"id":"c"}]}'),
  );
  assert.equal(link.connector.capacity(), 30);
  const outcomes = await sendAll(1, 2, 3);
  assert.deepEqual(outcomes, [
    { kind: 'submitted', references: ['a'] },
    { kind: 'refused', code: 200, reason: 'E1' },
    { kind: 'submitted', references: ['c'] },
  ]);
  assert.equal(carrier.heard.length, 1);
  assert.deepEqual(refsOf(0), ['opqrst-1', 'opqrst-2', 'opqrst-3']);
  assert.equal((JSON.parse(carrier.heard[0]!.body) as { key: string }).key, 'secret');
});

test('a message does not wait long for others', async (t) => {
  const { carrier, sendAll } = await opened(t, (response) => response.end('{"results":[{"id":"a"}]}'));
  assert.deepEqual(await sendAll(1), [{ kind: 'submitted', references: ['a'] }]);
  assert.equal(carrier.heard.length, 1);
});

test('results that name our id count in any order, and a message without one is in doubt', async (t) => {
  const { sendAll } = await opened(
    t,
    (response) => response.end('{"results":[{"id":"c","ref":"opqrst-3"},{"id":"a","ref":"opqrst-1"}]}'),
    { 'batch-result-id': '/ref' },
  );
  const [first, second, third] = await sendAll(1, 2, 3);
  assert.deepEqual(
    [first, third],
    [
      { kind: 'submitted', references: ['a'] },
      { kind: 'submitted', references: ['c'] },
    ],
  );
  assert.equal(second!.kind, 'in-doubt');
});

test('fewer results than messages leave all of them in doubt: their places are not known', async (t) => {
  const { sendAll } = await opened(t, (response) => response.end('{"results":[{"id":"a"},{"id":"b"}]}'));
  assert.deepEqual(
    (await sendAll(1, 2, 3)).map(({ kind }) => kind),
    ['in-doubt', 'in-doubt', 'in-doubt'],
  );
});

test('after the refusal of a whole batch each message goes alone, and only the one to blame is refused', async (t) => {
  const { carrier, sendAll } = await opened(t, (response, { body }) => {
    const { messages } = JSON.parse(body) as { messages: { text: string }[] };
    const isBad = messages.some(({ text }) => text === 'text 2');
    if (isBad) response.writeHead(400).end('{"code":"bad"}');
    else response.end(JSON.stringify({ results: messages.map(({ text }) => ({ id: text })) }));
  });
  const first = await sendAll(1, 2, 3);
  for (const outcome of first)
    assert.deepEqual(outcome, { kind: 'try-later', afterMs: 1, reason: 'the carrier refused its batch' });
  assert.deepEqual(await sendAll(1, 2, 3), [
    { kind: 'submitted', references: ['text 1'] },
    { kind: 'refused', code: 400, reason: 'bad' },
    { kind: 'submitted', references: ['text 3'] },
  ]);
  assert.equal(carrier.heard.length, 4);
  await sendAll(1, 3, 4);
  assert.equal(carrier.heard.length, 5, 'later messages are batched again');
});

test('messages that go alone keep to the requests at the same time', async (t) => {
  let now = 0;
  let most = 0;
  const { link, sendAll } = await opened(
    t,
    (response, { body }) => {
      const { messages } = JSON.parse(body) as { messages: { text: string }[] };
      if (messages.length > 1) return response.writeHead(400).end('{"code":"bad"}');
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end('{"results":[{"id":"m"}]}');
      }, 2);
    },
    { batch: '20', concurrency: '6', timeout: '60000', 'batch-wait': '10000' },
  );
  link.connector.share!(3);
  const ids = Array.from({ length: 20 }, (_, at) => at);
  await sendAll(...ids);
  const alone = sendAll(...ids);
  assert.equal(link.connector.capacity(), 0, 'no further message while some wait for a connection');
  assert.deepEqual(new Set((await alone).map(({ kind }) => kind)), new Set(['submitted']));
  assert.equal(most, 2);
});

test('a success without its list of results counts for no message, unless a rule explains it', async (t) => {
  for (const body of ['{}', '{"results":[]}', '{"results":{}}', '', 'OK']) {
    const { link, sendAll } = await opened(t, (response) => response.end(body), { 'message-id': 'ours' });
    for (const { kind } of await sendAll(1, 2, 3)) assert.equal(kind, 'in-doubt', body);
    await link.connector.stop(0);
  }
  const { sendAll } = await opened(t, (response) => response.end('{"accepted":3,"results":[]}'), {
    'message-id': 'ours',
    answers: '/accepted -> taken',
  });
  for (const { kind } of await sendAll(1, 2, 3)) assert.equal(kind, 'submitted');
});

test('a throttled batch waits as a whole, and a broken connection leaves it in doubt', async (t) => {
  const { carrier, link, sendAll } = await opened(t, (response) =>
    carrier.heard.length === 1 ? response.writeHead(429).end('{"code":"slow"}') : response.socket!.destroy(),
  );
  for (const outcome of await sendAll(1, 2, 3)) assert.equal(outcome.kind, 'try-later');
  assert.equal(link.connector.capacity(), 0);
  link.clock.ms += 1_000;
  for (const outcome of await sendAll(1, 2, 3)) assert.equal(outcome.kind, 'in-doubt');
});

test('a stop gives back the messages that no request contains', async (t) => {
  const { carrier, link, sendAll } = await opened(t, (response) => response.end('{}'), {
    'batch-wait': '10000',
  });
  const waiting = sendAll(1, 2);
  await link.connector.stop(0);
  assert.deepEqual(new Set((await waiting).map(({ kind }) => kind)), new Set(['try-later']));
  assert.equal(carrier.heard.length, 0);
});

test('each mistake of a batch is named', () => {
  const mistakesOf = (texts: Readonly<Record<string, string>>) =>
    parseOptions(httpKind, { ...batch('https://c.example'), ...texts }).mistakes.join('\n');
  assert.equal(mistakesOf({}), '');
  assert.match(
    mistakesOf({ url: 'https://c.example/{{to}}' }),
    /--batch must be 1 while a template has \{\{to\}\}/,
  );
  assert.match(mistakesOf({ headers: '{"Idempotency-Key":"{{id}}"}' }), /--batch must be 1 .*\{\{id\}\}/);
  assert.match(mistakesOf({ 'batch-items': '/other' }), /--batch-items must be the pointer of a list/);
  assert.match(mistakesOf({ batch: '0' }), /--batch is "0", but must be a whole number from 1 to 10000/);
  const { 'batch-items': _, ...without } = batch('https://c.example');
  assert.match(
    parseOptions(httpKind, without).mistakes.join('\n'),
    /--batch-items must be given with --batch/,
  );
});
