// Receipts and replies of a carrier that does not push them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '#domain/delivery/connector-kind.ts';
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
  link.connector.startLease!(0);
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
  again.connector.startLease!(0);
  await until('it asks once more', () => carrier.heard.length === 5);
  assert.equal(carrier.heard[4]!.url, '/receipts?limit=2&after=5');
  assert.equal(again.connector.health().lastMinute.receipts, 0);
});

test('items that were not stored are asked for again', async (t) => {
  const carrier = await aCarrier(t, (response, { url }) => response.end(page(url)));
  const link = openLink(t, polled(carrier.url));
  link.isSaved = false;
  link.connector.startLease!(0);
  await until('a page was read', () => link.receipts.length === 2);
  await link.connector.stopLease!(0, 0);
  assert.deepEqual(link.learnt, {});
  link.isSaved = true;
  link.connector.startLease!(0);
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
  link.connector.startLease!(0);
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
    link.connector.startLease!(0);
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
