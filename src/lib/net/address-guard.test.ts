import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { isBlock, isInBlocks, isPublicAddress, judgeUrl, type Resolve } from './address-guard.ts';
import { createHttpClient } from './http-client.ts';

const privateOnes = [
  '127.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'fe80::1',
  'fe80::1%lo',
  'fd00::1',
  'ff02::1',
  '2001:db8::1',
  '2002:a00:1::',
  'localhost',
  '',
];
const publicOnes = [
  '8.8.8.8',
  '172.32.0.1',
  '193.5.4.3',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450::1',
];

test('private, local, mapped and reserved addresses are not public', () => {
  assert.deepEqual(privateOnes.filter(isPublicAddress), []);
  assert.deepEqual(
    publicOnes.filter((address) => !isPublicAddress(address)),
    [],
  );
});

function resolver(answers: Readonly<Record<string, readonly string[]>>): Resolve {
  return ((hostname: string, _options: unknown, callback: (...answer: unknown[]) => void) => {
    const found = answers[hostname];
    if (found === undefined) callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    else
      callback(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  }) as unknown as Resolve;
}

const names = { 'shop.example': ['8.8.8.8'], 'sly.example': ['8.8.8.8', '10.0.0.1'], 'in.example': ['::1'] };

for (const [url, expected] of [
  ['http://8.8.8.8/', 'public'],
  ['http://127.1/', 'private'],
  ['http://0x7f000001/', 'private'],
  ['http://[::1]:80/', 'private'],
  ['http://[::ffff:127.0.0.1]/', 'private'],
  ['https://shop.example/x?y=1', 'public'],
  ['https://sly.example/', 'private'],
  ['https://in.example/', 'private'],
  ['https://gone.example/', 'unresolved'],
] as const)
  test(`${url} is ${expected}`, async () => {
    assert.equal(await judgeUrl(new URL(url), resolver(names)), expected);
  });

test('a guarded request reaches no private address, whether written, resolved or rebound; a trusted one does', async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const options = { timeoutMs: 2_000, connectionsPerOrigin: 1 };
  const post = { method: 'POST', headers: {}, body: '', isGuarded: false } as const;
  const client = createHttpClient(options);
  // The name was public when it was looked at first.
  const rebound = createHttpClient({ ...options, resolve: resolver({ 'shop.example': ['127.0.0.1'] }) });
  const open = createHttpClient({ ...options, allowPrivate: true });
  try {
    for (const host of ['127.0.0.1', 'localhost']) {
      const refused = await client.send({ ...post, url: `http://${host}:${port}/`, isGuarded: true });
      assert.equal(refused.status, 0);
      assert.match(refused.error!, /not public/);
    }
    assert.match(
      (await rebound.send({ ...post, url: `http://shop.example:${port}/`, isGuarded: true })).error!,
      /not public/,
    );
    assert.equal(requests, 0);
    assert.equal((await client.send({ ...post, url: `http://127.0.0.1:${port}/` })).status, 200);
    assert.equal(
      (await open.send({ ...post, url: `http://127.0.0.1:${port}/`, isGuarded: true })).status,
      200,
    );
  } finally {
    await Promise.all([client.close(), rebound.close(), open.close()]);
    server.close();
    server.closeAllConnections();
  }
});

test('an address lies in its block, of either family, and in no block that is none', () => {
  assert.ok(isInBlocks(['10.0.0.0/8', '2001:db8::/32'], '10.1.2.3'));
  assert.ok(isInBlocks(['10.0.0.0/8'], '::ffff:10.1.2.3'));
  assert.ok(isInBlocks(['192.0.2.1'], '192.0.2.1'));
  assert.ok(isInBlocks(['2001:db8::/32'], '2001:db8::1'));
  assert.ok(!isInBlocks(['192.0.2.1'], '192.0.2.2'));
  assert.ok(!isInBlocks(['192.0.2.0/24'], 'localhost'));
  for (const none of [
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/0x1',
    'home',
    '',
    'fe80::1%lo',
  ]) {
    assert.ok(!isBlock(none), none);
    assert.ok(!isInBlocks([none], '192.0.2.1'), none);
  }
});

test('any text can be judged as an address and as a block, and only a block contains an address', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(200)).map(([net, bits]) => `${net}/${bits}`),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./%x[]'), maxLength: 50 }),
  );
  fc.assert(
    fc.property(text, text, (block, address) => {
      assert.equal(typeof isPublicAddress(address), 'boolean');
      if (isInBlocks([block], address)) assert.ok(isBlock(block));
      if (isBlock(address) && !address.includes('/')) assert.ok(isInBlocks([block, address], address));
    }),
  );
});
