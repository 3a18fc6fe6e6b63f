// Files of customers: made, written and read by their addresses, kept apart from other customers, gone when they expire.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ovhClient } from '../support/ovh.ts';
import { assertModel } from '../support/ovh-contract.ts';
import { openPlatform, type TestAccount, type TestPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

const megabyte = 1024 * 1024;
const dayMs = 86_400_000;

interface Document {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly putUrl: string;
  readonly getUrl: string;
  readonly expirationDate: string;
  readonly validationDate: string | null;
}

function clientOf(platform: TestPlatform, account: TestAccount) {
  return ovhClient(platform.url, account.ovh, () => platform.clock.now());
}

async function readAll(url: string): Promise<Buffer> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

test('a document is made, written by its address, read by the other, written over and deleted', async () => {
  await using platform = await openPlatform();
  const client = clientOf(platform, await platform.anAccount());
  const tags = [{ key: 'shop', value: 'Lyon' }];
  const made = await client.ok<Document>('POST', '/me/document', { name: 'clients.csv', tags });
  assertModel('nichandle.document.Document', made);
  assert.deepEqual([made.size, made.validationDate], [0, null]);
  assert.equal((await fetch(made.getUrl)).status, 404, 'nothing was written yet');

  const first = Buffer.from('number\n+33600000001\n');
  const put = await fetch(made.putUrl, {
    method: 'PUT',
    body: first,
    headers: { 'content-type': 'text csv' },
  });
  assert.equal(put.status, 201);
  assert.deepEqual(await readAll(made.getUrl), first);
  // Of several pieces, and without a length told beforehand.
  const second = Buffer.from(Array.from({ length: 700_001 }, (_, i) => i % 251));
  const body = Readable.toWeb(Readable.from([second.subarray(0, 3), second.subarray(3)])) as ReadableStream;
  await fetch(made.putUrl, { method: 'PUT', body, duplex: 'half' } as RequestInit);
  assert.deepEqual(await readAll(made.getUrl), second);

  const read = await client.ok<Document>('GET', `/me/document/${made.id}`);
  assertModel('nichandle.document.Document', read);
  assert.deepEqual([read.size, read.name], [second.length, 'clients.csv']);
  assert.deepEqual(await client.ok('GET', '/me/document'), [made.id]);
  assert.equal(await client.ok('DELETE', `/me/document/${made.id}`), null);
  assert.equal((await fetch(made.getUrl)).status, 404);
  assert.equal((await fetch(made.putUrl, { method: 'PUT', body: first })).status, 404);
  assert.equal((await client.call('GET', `/me/document/${made.id}`)).status, 404);
  assert.deepEqual(await client.ok('GET', '/me/document'), []);
});

test('each address does its own thing only, and another customer sees nothing', async () => {
  await using platform = await openPlatform();
  const client = clientOf(platform, await platform.anAccount());
  const stranger = clientOf(platform, await platform.anAccount());
  const { id, putUrl, getUrl } = await client.ok<Document>('POST', '/me/document', { name: 'page.html' });
  await fetch(putUrl, { method: 'PUT', body: '<script>alert(1)</script>' });
  const served = await fetch(getUrl);
  assert.match(served.headers.get('content-disposition') ?? '', /^attachment/);
  assert.equal(served.headers.get('content-type'), 'application/octet-stream');
  assert.equal((await fetch(putUrl)).status, 404);
  assert.equal((await fetch(getUrl, { method: 'PUT', body: 'x' })).status, 404);
  for (const address of [
    getUrl.slice(0, -1),
    `${getUrl}A`,
    getUrl.replace(/\d-/, '99999-'),
    `${platform.url}/documents/x/y`,
  ])
    assert.equal((await fetch(address)).status, 404, address);
  for (const method of ['GET', 'PUT', 'DELETE'])
    assert.equal((await stranger.call(method, `/me/document/${id}`)).status, 404);
  assert.deepEqual(await stranger.ok('GET', '/me/document'), []);
  assert.equal((await client.call('GET', '/me/document/no-uuid')).status, 400);
});

test('what is too large is refused with an answer, told its length or not, and leaves the file as it was', async () => {
  await using platform = await openPlatform({ config: { documentMegabytes: 1 } });
  const client = clientOf(platform, await platform.anAccount());
  const { putUrl, getUrl } = await client.ok<Document>('POST', '/me/document', { name: 'list.txt' });
  await fetch(putUrl, { method: 'PUT', body: 'number\n' });
  const large = Buffer.alloc(3 * megabyte);
  const told = await fetch(putUrl, { method: 'PUT', body: large });
  assert.equal(told.status, 413);
  assert.match(((await told.json()) as { message: string }).message, /at most 1048576 bytes/);
  const body = Readable.toWeb(Readable.from([large.subarray(0, megabyte), large])) as ReadableStream;
  assert.equal((await fetch(putUrl, { method: 'PUT', body, duplex: 'half' } as RequestInit)).status, 413);
  assert.equal((await readAll(getUrl)).toString(), 'number\n');
});

test('a document expires, later or sooner when its owner says so, and its bytes are gone an hour after', async () => {
  await using platform = await openPlatform();
  const client = clientOf(platform, await platform.anAccount());
  const [short, long] = [
    await client.ok<Document>('POST', '/me/document', { name: 'a' }),
    await client.ok<Document>('POST', '/me/document', { name: 'b' }),
  ];
  for (const { putUrl } of [short, long]) await fetch(putUrl, { method: 'PUT', body: 'bytes' });
  const expirationDate = new Date(platform.clock.now() + 60 * dayMs).toISOString();
  assert.equal(await client.ok('PUT', `/me/document/${long.id}`, { expirationDate }), null);
  await platform.advance(31 * dayMs);
  assert.equal((await fetch(short.getUrl)).status, 404);
  assert.deepEqual(await client.ok('GET', '/me/document'), [long.id]);
  assert.equal((await readAll(long.getUrl)).toString(), 'bytes');
  const pieces = async () =>
    (await platform.query<{ n: number }>('select count(*) as n from content_pieces'))[0]!.n;
  await until('it is deleted', async () => {
    const [row] = await platform.query<{ n: number }>('select count(*) as n from documents');
    return row!.n === 1;
  });
  assert.equal(await pieces(), 2, 'whoever was reading comes to its end');
  await platform.advance(3_700_000);
  await until('its bytes are deleted', async () => (await pieces()) === 1);
});
