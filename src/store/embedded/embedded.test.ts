// Start, stop and crashes of the embedded server, with real processes that are killed. fsync stays on, because it is tested.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { registerChild, registerFolder } from '../../../test/support/started.ts';
import { installedBinaries, linkLibraries, program } from './binaries.ts';
import { readPidFile } from './cluster.ts';
import { type Connection, type EmbeddedServer, startEmbedded } from './embedded.ts';
import { fingerprint } from './processes.ts';
import { canReach } from './server-user.ts';

const isRoot = process.getuid?.() === 0;
const small = { shared_buffers: '16MB', max_connections: '10' };
const log = () => {};

const scratch = mkdtempSync(join(tmpdir(), 'embedded test '));
const unregister = registerFolder(scratch);
after(() => {
  rmSync(scratch, { recursive: true, force: true });
  unregister();
});

function start(dataDir: string): Promise<EmbeddedServer> {
  return startEmbedded({ dataDir, log, settings: small });
}

async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function serverPid(dataDir: string): number {
  const file = readPidFile(join(dataDir, 'postgres'));
  assert.ok(file, 'the server has a pid file');
  return file.pid;
}

async function gone(pid: number): Promise<void> {
  while (fingerprint(pid) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A Node process that uses the server of `dataDir` and reports it; it stops when its input ends. */
async function userProcess(dataDir: string, options: { uid?: number; gid?: number } = {}) {
  const source = `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve('./embedded.ts'))};
    const server = await startEmbedded({
      dataDir: ${JSON.stringify(dataDir)}, log() {}, settings: ${JSON.stringify(small)} });
    console.log(JSON.stringify(server.connection));
    process.stdin.resume().on('end', () => server.stop());`;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    ...options,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  registerChild(child);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  assert.ok(child.stdout);
  for await (const line of createInterface(child.stdout)) {
    return { child, ended, connection: JSON.parse(line) as Connection };
  }
  throw new Error('the process ended before its server was ready');
}

describe('the embedded server of one data folder', () => {
  const dataDir = join(scratch, 'one');

  test('is created at the first start and keeps its rows over a restart', async () => {
    const first = await start(dataDir);
    assert.match(first.version, /^\d+\.\d+/);
    await query(first.connection, 'create table kept (id int primary key)');
    await query(first.connection, 'insert into kept values (1)');
    const pid = serverPid(dataDir);
    await first.stop();
    assert.equal(fingerprint(pid), null);
    const second = await start(dataDir);
    assert.deepEqual(await query(second.connection, 'select id from kept'), [{ id: 1 }]);
    await second.stop();
  });

  test('is durable, private, and sorts by its own collation', async () => {
    const server = await start(dataDir);
    const [settings] = await query(
      server.connection,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('full_page_writes') as pages, current_setting('listen_addresses') as addresses,
              (select datlocprovider::text || datlocale from pg_database where datname = 'chappe') as locale`,
    );
    assert.deepEqual(settings, { fsync: 'on', commit: 'on', pages: 'on', addresses: '', locale: 'bC.UTF-8' });
    const stranger = { ...server.connection, password: 'guess' };
    await assert.rejects(query(stranger, 'select 1'), { code: '28P01' });
    await server.stop();
  });

  test('is shared by processes and stopped by the last one', async () => {
    const ours = await start(dataDir);
    const pid = serverPid(dataDir);
    const theirs = await userProcess(dataDir);
    assert.deepEqual(theirs.connection, ours.connection);
    await ours.stop();
    assert.deepEqual(await query(theirs.connection, 'select id from kept'), [{ id: 1 }]);
    theirs.child.stdin?.end();
    assert.equal(await theirs.ended, 0);
    assert.equal(fingerprint(pid), null);
  });

  test('is joined by the next process after kill -9 of its first one, and stopped by that', async () => {
    const killed = await userProcess(dataDir);
    const pid = serverPid(dataDir);
    killed.child.kill('SIGKILL');
    await killed.ended;
    assert.notEqual(fingerprint(pid), null, 'the server survives as an orphan');
    const next = await start(dataDir);
    assert.equal(serverPid(dataDir), pid);
    await next.stop();
    assert.equal(fingerprint(pid), null);
  });

  test('recovers every committed row after kill -9 of everything', async () => {
    const killed = await userProcess(dataDir);
    const pid = serverPid(dataDir);
    await query(killed.connection, 'insert into kept select generate_series(2, 500)');
    process.kill(-pid, 'SIGKILL');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = await start(dataDir);
    assert.notEqual(serverPid(dataDir), pid);
    assert.deepEqual(await query(next.connection, 'select count(*)::int as kept from kept'), [{ kept: 500 }]);
    await next.stop();
  });

  test('is started again at the same address when it ends during its use', async () => {
    const server = await start(dataDir);
    const pid = serverPid(dataDir);
    process.kill(-pid, 'SIGKILL');
    await gone(pid);
    await server.ensureRunning();
    assert.deepEqual(await query(server.connection, 'select count(*)::int as kept from kept'), [
      { kept: 500 },
    ]);
    await server.stop();
  });

  test('starts although its stale pid file names a running process that is not PostgreSQL', async () => {
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${dataDir}\n0\n5432\n\n\n\nready\n`,
    );
    const server = await start(dataDir);
    assert.notEqual(serverPid(dataDir), process.pid);
    await server.stop();
  });

  test('refuses a cluster of another major version with a reference to the manual', async () => {
    const path = join(dataDir, 'postgres', 'PG_VERSION');
    const version = readFileSync(path);
    writeFileSync(path, '14\n');
    await assert.rejects(start(dataDir), /made by PostgreSQL 14.*docs\/operating\/database\.md/);
    writeFileSync(path, version);
  });

  test('has no user after a failed start', () => {
    assert.deepEqual(readdirSync(join(dataDir, 'postgres-users')), []);
  });
});

test('two concurrent starts on an empty folder share one server', async () => {
  const dataDir = join(scratch, 'race');
  const [one, two] = await Promise.all([userProcess(dataDir), userProcess(dataDir)]);
  assert.deepEqual(one.connection, two.connection);
  const pid = serverPid(dataDir);
  for (const user of [one, two]) user.child.stdin?.end();
  assert.deepEqual(await Promise.all([one.ended, two.ended]), [0, 0]);
  assert.equal(fingerprint(pid), null);
});

test('a data folder with a long name in a private home works, its socket in a short private folder', async () => {
  const home = join(scratch, 'home');
  mkdirSync(home, { mode: 0o700 });
  const server = await start(join(home, 'a folder with a long name '.repeat(4)));
  assert.ok(Buffer.byteLength(server.connection.host) < 90);
  assert.deepEqual(await query(server.connection, 'select 1 as one'), [{ one: 1 }]);
  const { host } = server.connection;
  await server.stop();
  assert.throws(() => readdirSync(host), { code: 'ENOENT' });
});

const nobody = { uid: 65_534, gid: 65_534 };
const canBeNobody = isRoot && canReach(nobody, process.execPath) && canReach(nobody, import.meta.dirname);

test('an ordinary user runs its own server', { skip: !canBeNobody }, async () => {
  chmodSync(scratch, 0o711);
  const home = join(scratch, 'ordinary');
  mkdirSync(home);
  chownSync(home, nobody.uid, nobody.gid);
  const user = await userProcess(join(home, 'data'), nobody);
  assert.deepEqual(await query(user.connection, 'select 1 as one'), [{ one: 1 }]);
  user.child.stdin?.end();
  assert.equal(await user.ended, 0);
});

test('binaries without their library links are linked again', { skip: process.platform !== 'linux' }, () => {
  const installed = installedBinaries();
  const folder = join(scratch, 'package', 'native');
  for (const part of ['bin', 'lib', 'pg-symlinks.json']) {
    cpSync(join(installed.folder, part), join(folder, part), {
      recursive: true,
      // No links, no static libraries, and only the files of the server that `--version` needs.
      filter: (path) =>
        !/\.a$|\/lib\/(postgresql|pkgconfig)|\.so$|lib(ecpg|icu|pg|pq)\w*\.so\.\d+$/.test(path),
    });
  }
  const version = () =>
    spawnSync(program({ ...installed, folder }, 'postgres'), ['--version'], { encoding: 'utf8' });
  assert.match(version().stderr, /cannot open shared object/);
  assert.equal(linkLibraries(folder), true);
  assert.match(version().stdout, /PostgreSQL/);
});
