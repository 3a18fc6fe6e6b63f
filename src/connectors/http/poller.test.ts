// Receipts and replies of a carrier that does not push them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '#domain/delivery/connector-kind.ts';
import { silentLog } from '#lib/observability/log.ts';
import { aCarrier, openLink } from '../../../test/support/http-link.ts';
import { until } from '../../../test/support/until.ts';
import { httpKind } from './kind.ts';

const polled = (url: string) => ({
  preset: 'generic-json',
  url: `${url}/send`,
  auth: 'bearer',
  password: 'secret',
  'poll-receipts': `${url}/receipts?limit=2&after={{cursor}}`,
  'poll-every': '86400',
  'poll-cursor': '/next',
  'receipt-list': '/items',
});

const rows = ['a', 'b', 'c', 'd', 'e'].map((id, at) => ({ id, status: at === 2 ? 'failed' : 'delivered' }));

/** Pages of two: the cursor is the number of receipts before the page. */
function page(url: string): string {
  const at = Number(new URL(url, 'http://x').searchParams.get('after') ?? 0);
  const items = rows.slice(at, at + 2);
  return JSON.stringify({ items, next: String(at + items.length) });
}

test('all pages are read in their order, and the place is kept for the next start', async (t) => {
  const carrier = await aCarrier(t, (response, { url }) => response.end(page(url)));
  const link = openLink(t, polled(carrier.url));
  link.connector.startLease!(0, link.learnt);
  await until('the list is read', () => carrier.heard.length === 4);
  assert.deepEqual(
    carrier.heard.map(({ url }) => url),
    [
      '/receipts?limit=2',
      '/receipts?limit=2&after=2',
      '/receipts?limit=2&after=4',
      '/receipts?limit=2&after=5',
    ],
  );
  assert.equal(carrier.heard[0]!.headers.authorization, 'Bearer secret');
  assert.deepEqual(
    link.receipts.map(({ references, state }) => [references[0], state]),
    [
      ['a', 'delivered'],
      ['b', 'delivered'],
      ['c', 'undelivered'],
      ['d', 'delivered'],
      ['e', 'delivered'],
    ],
  );
  await until('the place is stored', () => JSON.stringify(link.learnt).includes('"cursor":"5"'));
  await link.connector.stopLease!(0, 0);
  const again = openLink(t, polled(carrier.url), link.learnt);
  again.connector.startLease!(0, again.learnt);
  await until('it asks once more', () => carrier.heard.length === 5);
  assert.equal(carrier.heard[4]!.url, '/receipts?limit=2&after=5');
  assert.equal(again.connector.health().lastMinute.receipts, 0);
});

test('items that were not stored are asked for again', async (t) => {
  const carrier = await aCarrier(t, (response, { url }) => response.end(page(url)));
  const link = openLink(t, polled(carrier.url));
  link.isSaved = false;
  link.connector.startLease!(0, link.learnt);
  await until('a page was read', () => link.receipts.length === 2);
  await link.connector.stopLease!(0, 0);
  assert.deepEqual(link.learnt, {});
  link.isSaved = true;
  link.connector.startLease!(0, link.learnt);
  await until('the list is read', () => carrier.heard.length === 5);
  assert.equal(carrier.heard[1]!.url, '/receipts?limit=2');
});

test('replies are read by time where there is no cursor', async (t) => {
  const carrier = await aCarrier(t, (response) =>
    response.end('{"sms":[{"from":"33612345678","to":"36111","body":"STOP"}]}'),
  );
  const link = openLink(t, {
    preset: 'generic-json',
    url: `${carrier.url}/send`,
    'poll-replies': `${carrier.url}/inbox?since={{since.iso}}&s={{since.seconds}}`,
    'reply-list': '/sms',
  });
  link.connector.startLease!(0, link.learnt);
  await until('a reply came', () => link.replies.length === 1);
  assert.equal(link.replies[0]!.text, 'STOP');
  assert.equal(carrier.heard[0]!.url, '/inbox?since=1970-01-01T00%3A15%3A40Z&s=940');
});

const failures: readonly [string, number, string][] = [
  ['an error', 500, '{}'],
  ['a redirect to a private address', 302, ''],
  ['HTML instead of JSON', 200, '<html>Log in</html>'],
  ['an answer that is too long', 200, `{"items":[],"x":"${'x'.repeat(3_000_000)}"}`],
];

for (const [name, status, body] of failures)
  test(`${name} to a poll changes nothing, and messages still leave`, async (t) => {
    const carrier = await aCarrier(t, (response, { url }) =>
      url === '/send'
        ? response.end('{"id":"m-1"}')
        : response.writeHead(status, { location: 'http://169.254.169.254/' }).end(body),
    );
    const link = openLink(t, polled(carrier.url));
    link.connector.startLease!(0, link.learnt);
    await until('it was asked', () => carrier.heard.length === 1);
    assert.equal((await link.send()).kind, 'submitted');
    assert.equal(link.connector.isUp, true);
    assert.deepEqual([link.receipts, link.learnt], [[], {}]);
  });

test('each mistake of polling is named', () => {
  const mistakesOf = (texts: Readonly<Record<string, string>>) =>
    parseOptions(httpKind, { preset: 'generic-json', url: 'https://c.example/', ...texts }).mistakes.join(
      '\n',
    );
  assert.match(
    mistakesOf({ 'poll-receipts': 'https://c.example/?a={{cursor}}' }),
    /--poll-receipts must be given with --poll-cursor/,
  );
  assert.match(
    mistakesOf({ 'poll-receipts': 'https://c.example/', 'poll-cursor': '/next' }),
    /--poll-receipts must be a URL template with \{\{cursor\}\}/,
  );
  assert.match(mistakesOf({ 'poll-replies': 'https://c.example/?t={{text}}' }), /unknown field \{\{text\}\}/);
  assert.match(mistakesOf({ 'poll-replies': 'https://c.example/?t={{token}}' }), /--token is missing/);
  assert.equal(httpKind.leasesOf!({ pollReplies: 'https://c.example/' }), 1);
  assert.equal(httpKind.leasesOf!({}), 0);
});

const replyLink = (url: string) => ({
  preset: 'generic-json',
  url: `${url}/send`,
  'poll-replies': `${url}/inbox?since={{since.seconds}}`,
  'poll-every': '1',
  'reply-list': '/sms',
});
const aReply = (at: number, body = 'Yes') => ({ from: '33612345678', to: '36111', body, at });

test('a reply that the list repeats is not new, however late, also in the next process', async (t) => {
  const answers = [
    [aReply(1), aReply(2)],
    [aReply(1), aReply(2), aReply(3)],
    [aReply(3), aReply(3), aReply(4)],
  ];
  const carrier = await aCarrier(t, (response) =>
    response.end(JSON.stringify({ sms: answers[carrier.heard.length - 1] ?? [aReply(4)] })),
  );
  const link = openLink(t, replyLink(carrier.url));
  link.connector.startLease!(0, {});
  await until('the first two came', () => link.replies.length === 2);
  link.clock.ms += 3_600_000;
  await until('the third came', () => link.replies.length === 3);
  await until('its place is stored', () => JSON.stringify(link.learnt).includes('4540'));
  await link.connector.stopLease!(0, 1_000);
  const heard = carrier.heard.length;
  const again = openLink(t, replyLink(carrier.url));
  again.connector.startLease!(0, link.learnt);
  await until('it has asked again', () => carrier.heard.length > heard + 1);
  assert.equal(again.replies.length + link.replies.length, 5, 'the second of two equal ones is new');
});

test('of items that are stored in part, the others are asked for again', async (t) => {
  const carrier = await aCarrier(t, (response) =>
    response.end(JSON.stringify({ sms: [aReply(1, 'a'), aReply(2, 'b'), aReply(3, 'c')] })),
  );
  const texts: string[] = [];
  const { values } = parseOptions(httpKind, {
    'callback-token': 'abcdefghijklmnopqrst',
    ...replyLink(carrier.url),
  });
  let learnt = {};
  const connector = httpKind.open(
    { id: 3, name: 'north', options: values, learnt },
    {
      onLearnt: (_id, facts) => {
        learnt = facts;
      },
      onReceipt: () => {},
      onReply: (_id, { text }, saved) => {
        texts.push(text);
        saved(texts.length !== 2);
      },
      onChange: () => {},
    },
    { clock: { now: () => 1_000_000 }, log: silentLog, random: () => 0.5, baseUrl: 'https://sms.example' },
  );
  t.after(() => connector.stop(0));
  connector.startLease!(0, {});
  await until('all are stored', () => JSON.stringify(learnt).includes('seen'));
  assert.deepEqual(texts, ['a', 'b', 'c', 'b']);
});

test('all items of a long list count', async (t) => {
  const items = Array.from({ length: 12_000 }, (_, id) => ({ id, status: 'delivered' }));
  const carrier = await aCarrier(t, (response) => response.end(JSON.stringify({ items, next: '1' })));
  const link = openLink(t, { ...polled(carrier.url), timeout: '60000' });
  link.connector.startLease!(0, {});
  await until('all came', () => link.receipts.length === 12_000);
  await until('the place is stored', () => 'polledReceipts' in link.learnt);
  assert.ok(JSON.stringify(link.learnt).length < 40_000);
});

test('a lease begins at the place that was stored last, and a fault in it ends no process', async (t) => {
  const carrier = await aCarrier(t, (response) => response.end('{"items":[]}'));
  const link = openLink(t, polled(carrier.url));
  link.connector.startLease!(0, { polledReceipts: { cursor: '4', sinceMs: 1, seen: [] } });
  await until('it asks', () => carrier.heard.length === 1);
  assert.equal(carrier.heard[0]!.url, '/receipts?limit=2&after=4');
  const faulty = openLink(t, {
    ...replyLink(carrier.url),
    'poll-replies': `${carrier.url}/?s={{since.iso}}`,
  });
  faulty.connector.startLease!(0, { polledReplies: { cursor: '', sinceMs: 1e300 } });
  await until('it is reported', () => faulty.logged.includes('http_carrier.poll_failed'));
});
