// Promises to operators and their scripts: a separate PostgreSQL, carriers added at run time, any user, one JSON document for
// each command, and an explanation and exit status for every mistake.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import {
  chappe,
  chappeJson,
  command,
  type Serving,
  type Surroundings,
  serve,
  start,
  temporaryFolder,
} from '../support/black-box.ts';
import { freePort } from '../support/free-port.ts';
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts';

const folder = temporaryFolder();
const nobody = 65534;
const isRoot = process.getuid?.() === 0;
after(() => folder.remove());

const mistakes: readonly (readonly [args: string[], env: Record<string, string>, told: RegExp[]])[] = [
  [['frobnicate'], {}, [/there is no command "frobnicate"/]],
  [['account', 'list', '--colour'], {}, [/--colour/]],
  [['message', 'show'], {}, [/takes ID/]],
  [['serve', '--http-port'], {}, [/--http-port/]],
  [['simulate', '--port', 'abc'], {}, [/--port is "abc"/]],
  [
    ['serve', '--http-port', '99999'],
    {
      CHAPPE_ROLES: 'doors,windows',
      CHAPPE_LOG_LEVEL: 'loud',
      CHAPPE_DEMO: 'maybe',
      DATABASE_URL: 'mysql://u:secret@h/d',
    },
    [
      /CHAPPE_HTTP_PORT is "99999"/,
      /CHAPPE_ROLES is "doors,windows"/,
      /CHAPPE_LOG_LEVEL is "loud"/,
      /CHAPPE_DEMO is "maybe"/,
      /DATABASE_URL must be/,
    ],
  ],
];

for (const [args, env, told] of mistakes)
  test(`chappe ${args.join(' ')} ends with status 2 and an explanation on standard error`, async () => {
    const { status, stdout, stderr } = await chappe(args, { dataDir: `${folder.path}/never`, env });
    assert.equal(status, 2);
    assert.equal(stdout, '');
    for (const pattern of told) assert.match(stderr, pattern);
    assert.doesNotMatch(stderr, /\bsecret\b|\n\s+at /);
  });

test('an unreachable database is reported, with status 1', async () => {
  const env = { DATABASE_URL: `postgres://u:p@127.0.0.1:${await freePort()}/d` };
  const { status, stderr } = await chappe(['account', 'list'], { dataDir: folder.path, env });
  assert.equal(status, 1);
  assert.match(stderr, /^chappe: the database of DATABASE_URL cannot be reached: .*ECONNREFUSED/);
});

interface Shown {
  readonly status: string;
  readonly steps: readonly { step: string; detail: string }[];
}

describe(`chappe serve ${isRoot ? 'as an ordinary user ' : ''}on a PostgreSQL of the operator's own, over TCP`, () => {
  let postgres: TestDatabase;
  let tcp: Server;
  let serving: Serving;
  let here: Surroundings;

  before(async () => {
    postgres = await openTestDatabase();
    const { host, port, user, password, database } = postgres.connection;
    // Test servers listen on a socket file only; this gives them a TCP port.
    tcp = createServer((client) => {
      const server = connect(`${host}/.s.PGSQL.${port}`);
      client.on('error', () => server.destroy()).on('close', () => server.destroy());
      server.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.pipe(server).pipe(client);
    });
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    const tcpPort = (tcp.address() as AddressInfo).port;
    const dataDir = `${folder.path}/nobody`;
    mkdirSync(dataDir);
    const env = {
      DATABASE_URL: `postgres://${user}:${password}@127.0.0.1:${tcpPort}/${database}`,
      CHAPPE_SIMULATED_CARRIER: 'true',
      HOME: dataDir,
      // This user may not write into our installation.
      NODE_COMPILE_CACHE: `${dataDir}/compiled`,
    };
    if (isRoot) chownSync(dataDir, nobody, nobody);
    here = { dataDir, env, ...(isRoot ? { uid: nobody } : {}) };
    serving = await serve(here);
  });

  after(async () => {
    assert.equal(await serving.end('SIGTERM'), 0);
    tcp.close();
    await postgres.drop();
  });

  test('makes no demo account', () => {
    assert.equal(serving.demo.key, '');
    assert.match(serving.startupBanner, /the operator's own/);
  });

  test('prints its addresses with --json', async () => {
    const other = await serve(here, [process.execPath, command, 'serve', '--json']);
    const told = JSON.parse(other.startupBanner) as { http: string; demo: null };
    assert.deepEqual([told.http, told.demo], [other.url, null]);
    assert.equal(await other.end('SIGTERM'), 0);
  });

  test('lets every command run concurrently, each printing one JSON document', async () => {
    const created = await chappeJson<{ account: string; octopush: { user_login: string; api_key: string } }>(
      ['account', 'create', '--email', 'shop@example.com', '--name', 'Shop', '--credit', '10'],
      here,
    );
    const headers = { 'api-login': created.octopush.user_login, 'api-key': created.octopush.api_key };
    const opened = await fetch(`${serving.url}/v1/public/wallet/check-balance`, { headers });
    assert.deepEqual(await opened.json(), { amount: 10, unit: 'euros' });
    await chappeJson(['account', 'credit', created.account, '--add', '2.50'], here);
    const topped = await fetch(`${serving.url}/v1/public/wallet/check-balance`, { headers });
    assert.deepEqual(await topped.json(), { amount: 12.5, unit: 'euros' });
    for (const words of ['account list', 'carrier list', 'route list', 'message list', 'migrate'])
      await chappeJson<unknown>(words.split(' '), here);
    const again = await chappe(['account', 'create', '--email', 'shop@example.com'], here);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /already/);
  });

  test('a message that a carrier refuses is released, and send --wait reports a failure', async () => {
    const { status, stdout } = await chappe(
      ['send', '--to', '+33601020391', '--text', 'refused', '--sender', 'Chappe', '--wait', '--json'],
      here,
    );
    assert.equal(status, 1);
    const { message } = JSON.parse(stdout) as { message: number };
    const { steps } = await chappeJson<Shown>(['message', 'show', String(message)], here);
    assert.ok(
      steps.some(({ step }) => step === 'released'),
      JSON.stringify(steps),
    );
    const { balanced } = await chappeJson<{ balanced: boolean }>(['account', 'credit', '--audit'], here);
    assert.equal(balanced, true);
  });

  test('binds to a carrier that is added while it runs, and sends over it at once', async () => {
    const carrier = start(
      process.execPath,
      [command, 'simulate', '--port', '0', '--system-id', 'us', '--password', 'pw'],
      here,
    );
    const [line] = (await once(createInterface({ input: carrier.stdout! }), 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    const login = ['--system-id', 'us', '--password', 'pw'];
    await chappeJson(
      ['carrier', 'add', 'smpp', 'second', '--host', '127.0.0.1', '--port', String(port), ...login],
      here,
    );
    const { message } = await chappeJson<{ message: number }>(
      ['send', '--to', '+33601020304', '--text', 'over the second', '--sender', 'Chappe', '--wait'],
      here,
    );
    const { status, steps } = await chappeJson<Shown>(['message', 'show', String(message)], here);
    assert.equal(status, 'delivered');
    assert.ok(
      steps.some(({ detail }) => detail.includes('to second')),
      JSON.stringify(steps),
    );
    await chappeJson(['carrier', 'remove', 'second'], here);
    process.kill(carrier.pid!, 'SIGTERM');
    const [stopped] = (await once(carrier, 'close')) as [number | null];
    assert.equal(stopped, 0);
  });
});
