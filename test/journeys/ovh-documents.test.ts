// Files of customers: created, written and read by their addresses, separate for each customer, deleted at their expiry.
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

test('a page of another origin may put and get a file at its address', async () => {
  await using platform = await openPlatform();
  const client = clientOf(platform, await platform.anAccount());
  const { putUrl, getUrl } = await client.ok<Document>('POST', '/me/document', { name: 'list.csv' });
  const headers = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' };
  const preflight = await fetch(putUrl, { method: 'OPTIONS', headers });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, PUT');
  const put = await fetch(putUrl, { method: 'PUT', body: 'number\n', headers });
  const missing = await fetch(`${getUrl}x`, { headers });
  for (const answer of [preflight, put, await fetch(getUrl, { headers }), missing])
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal(missing.status, 404);
  for (const origin of ['*', 'https://shop.example', 'http://localhost:3000'])
    assert.equal(await client.ok('POST', '/me/document/cors', { origin }), null);
  for (const origin of ['', 'shop.example', 'javascript:alert(1)'])
    assert.equal((await client.call('POST', '/me/document/cors', { origin })).status, 400, origin);
});

test('a file above the limit is refused with an answer, with a length header or without, and the stored file stays', async () => {
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

test('a document and its bytes are deleted at its expiry, which its account can change', async () => {
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
  await until('its bytes are deleted', async () => (await pieces()) === 1);
});

/** Of everything that is stored, kept or not. */
async function storedBytes(platform: TestPlatform): Promise<number> {
  const [row] = await platform.query<{ n: number }>(
    'select coalesce(sum(octet_length(bytes)), 0)::bigint as n from content_pieces',
  );
  return row!.n;
}

async function put(url: string, bytes: Buffer | string): Promise<{ status: number; message: string }> {
  const response = await fetch(url, { method: 'PUT', body: bytes });
  const text = await response.text();
  return { status: response.status, message: text === '' ? '' : JSON.parse(text).message };
}

test('a replaced content is deleted at once, and so is an incomplete one', async () => {
  await using platform = await openPlatform({ config: { documentMegabytes: 2 } });
  const client = clientOf(platform, await platform.anAccount());
  const { putUrl, getUrl } = await client.ok<Document>('POST', '/me/document', { name: 'list.csv' });
  for (let i = 0; i < 4; i++) assert.equal((await put(putUrl, Buffer.alloc(megabyte, i))).status, 201);
  assert.equal(await storedBytes(platform), megabyte);
  assert.equal((await put(putUrl, Buffer.alloc(3 * megabyte))).status, 413);
  const body = Readable.toWeb(
    Readable.from(
      (function* () {
        yield Buffer.alloc(megabyte);
        throw new Error('the client ends here');
      })(),
    ),
  ) as ReadableStream;
  await assert.rejects(fetch(putUrl, { method: 'PUT', body, duplex: 'half' } as RequestInit));
  await until('only what was there is left', async () => (await storedBytes(platform)) === megabyte);
  assert.equal((await readAll(getUrl))[0], 3);
});

test('the files of an account have a sum, and those of all accounts', async () => {
  const limits = { documentMegabytes: 2, documentAccountMegabytes: 3, documentTotalMegabytes: 5 };
  await using platform = await openPlatform({ config: limits });
  const [account, other] = [await platform.anAccount(), await platform.anAccount()];
  const client = clientOf(platform, account);
  const make = async (of = client) =>
    (await of.ok<Document>('POST', '/me/document', { name: 'a.csv' })).putUrl;
  const [first, second] = [await make(), await make()];
  assert.equal((await put(first, Buffer.alloc(2 * megabyte))).status, 201);
  const full = await put(second, Buffer.alloc(2 * megabyte));
  assert.deepEqual(full, {
    status: 403,
    message: 'The files of this account have no room left: delete documents or empty slots',
  });
  assert.equal(await storedBytes(platform), 2 * megabyte, 'nothing of it is left');
  assert.equal((await put(second, Buffer.alloc(megabyte))).status, 201, 'up to the last byte');
  assert.equal(
    (await put(first, Buffer.alloc(2 * megabyte))).status,
    201,
    'written over needs no room twice',
  );
  assert.equal((await put(second, Buffer.alloc(megabyte + 1))).status, 403);

  const others = clientOf(platform, other);
  assert.equal((await put(await make(others), Buffer.alloc(2 * megabyte))).status, 201);
  const beyond = await put(await make(others), Buffer.alloc(megabyte / 2));
  assert.equal(beyond.status, 503);
  assert.match(beyond.message, /no room for more files/);
  const [id] = await client.ok<string[]>('GET', '/me/document');
  await client.ok('DELETE', `/me/document/${id}`);
  assert.equal((await put(await make(others), Buffer.alloc(megabyte / 2))).status, 201, 'room again at once');
});

test('a list beyond the sum is refused where it is named, and one that was sent to is not kept', async () => {
  const limits = { documentMegabytes: 2, documentAccountMegabytes: 1 };
  await using platform = await openPlatform({ config: limits });
  const account = await platform.anAccount();
  const client = clientOf(platform, account);
  const { putUrl, getUrl, id } = await client.ok<Document>('POST', '/me/document', { name: 'list.csv' });
  const table = 'number;text\n+33600000100;Bonjour\n';
  await put(putUrl, table);
  const job = { message: '#text#', sender: 'Chappe', noStopClause: true, receiversDocumentUrl: getUrl };
  const path = `/sms/${account.serviceName}`;
  const report = await client.ok<{ ids: number[] }>('POST', `${path}/jobs`, job);
  assert.equal(report.ids.length, 1);
  assert.equal(await storedBytes(platform), table.length, 'the copy that was sent to is gone');

  const slot = { slotId: 1, description: 'x', autoUpdate: false, documentId: id };
  await client.ok('POST', `${path}/receivers`, slot);
  await client.ok('POST', `${path}/receivers`, slot);
  await until('the list before is gone', async () => (await storedBytes(platform)) === 2 * table.length);
  await put(putUrl, `number;text\n${`+33600000100;${'a'.repeat(50)}\n`.repeat(10_000)}`);
  for (const [call, body] of [
    ['receivers', slot],
    ['jobs', job],
  ] as const) {
    const refused = await client.call<{ message: string }>('POST', `${path}/${call}`, body);
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, /files of this account have at most 1048576 bytes together/);
  }
  await platform.quiet();
});
