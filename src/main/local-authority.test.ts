import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { namesOf } from './certificate.ts';
import { authorityFile, authorityFolder, localCertificate } from './local-authority.ts';

const names = ['localhost', '127.0.0.1', 'api.octopush.com'];
const nowMs = Date.UTC(2026, 10, 22);
const dayMs = 86_400_000;

const root = mkdtempSync(join(tmpdir(), 'chappe-authority-'));
after(() => rmSync(root, { recursive: true, force: true }));
let dataDir = '';
let folders = 0;
beforeEach(() => {
  dataDir = join(root, String(++folders));
});

const path = (name: string) => join(authorityFolder(dataDir), name);
const fileNames = ['ca.key', 'ca.pem', 'server.key', 'server.pem'] as const;

/** The files on disk by name. */
function files(): Record<(typeof fileNames)[number], string> {
  assert.deepEqual(readdirSync(authorityFolder(dataDir)).sort(), [...fileNames]);
  return Object.fromEntries(fileNames.map((name) => [name, readFileSync(path(name), 'utf8')])) as never;
}

function isTrusted(cert: string): boolean {
  return new X509Certificate(cert).verify(
    new X509Certificate(readFileSync(authorityFile(dataDir))).publicKey,
  );
}

test('the first start creates an authority and a certificate for all names, which TLS accepts with its key', async () => {
  const made = await localCertificate(dataDir, names, nowMs);
  createSecureContext(made);
  assert.ok(isTrusted(made.cert));
  const certificate = new X509Certificate(made.cert);
  assert.ok(certificate.checkHost('api.octopush.com') && certificate.checkIP('127.0.0.1'));
  assert.ok(certificate.validFromDate.getTime() < nowMs);
  assert.ok(certificate.validToDate.getTime() - certificate.validFromDate.getTime() <= 825 * dayMs);
});

test('only the owner of the files can read the keys', { skip: process.platform === 'win32' }, async () => {
  await localCertificate(dataDir, names, nowMs);
  for (const name of ['ca.key', 'server.key']) assert.equal(statSync(path(name)).mode & 0o777, 0o600, name);
});

test('later starts use the files of the first one', async () => {
  const first = await localCertificate(dataDir, names, nowMs);
  const before = files();
  assert.deepEqual(await localCertificate(dataDir, names, nowMs + 30 * dayMs), first);
  assert.deepEqual(await localCertificate(dataDir, names.slice(1), nowMs), first);
  assert.deepEqual(files(), before);
});

test('an additional name causes another certificate of the same authority, for the same key', async () => {
  await localCertificate(dataDir, names, nowMs);
  const before = files();
  const { cert } = await localCertificate(dataDir, [...names, 'sms.example.com'], nowMs);
  assert.ok(new X509Certificate(cert).checkHost('sms.example.com'));
  assert.ok(isTrusted(cert));
  assert.deepEqual({ ...files(), 'server.pem': '' }, { ...before, 'server.pem': '' });
});

test('before a certificate expires it is replaced; the authority stays trusted', async () => {
  const first = await localCertificate(dataDir, names, nowMs);
  const before = files();
  const laterMs = new X509Certificate(first.cert).validToDate.getTime() - 30 * dayMs;
  const second = await localCertificate(dataDir, names, laterMs);
  assert.ok(new X509Certificate(second.cert).validToDate.getTime() > laterMs + 365 * dayMs);
  assert.ok(isTrusted(second.cert));
  assert.deepEqual({ ...files(), 'server.pem': '' }, { ...before, 'server.pem': '' });
});

test('an expiring authority is certified again with the same key', async () => {
  await localCertificate(dataDir, names, nowMs);
  const before = files();
  const { cert } = await localCertificate(dataDir, names, nowMs + 20 * 365 * dayMs);
  assert.notEqual(files()['ca.pem'], before['ca.pem']);
  assert.equal(files()['ca.key'], before['ca.key']);
  assert.ok(isTrusted(cert));
});

test('of many concurrent starts, each has a certificate that clients trust', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => localCertificate(dataDir, names, nowMs)));
  for (const { cert, key } of made) {
    createSecureContext({ cert, key });
    assert.ok(isTrusted(cert));
    assert.equal(key, made[0]!.key);
  }
  files();
});

test('an unreadable certificate, or one of another authority, is replaced', async () => {
  await localCertificate(dataDir, names, nowMs);
  const foreign = readFileSync(path('server.pem'), 'utf8');
  rmSync(path('ca.key'));
  for (const unusable of ['', foreign]) {
    writeFileSync(path('server.pem'), unusable);
    const { cert } = await localCertificate(dataDir, names, nowMs);
    assert.ok(isTrusted(cert));
  }
});

test('an unreadable key is not replaced', async () => {
  await localCertificate(dataDir, names, nowMs);
  writeFileSync(path('ca.key'), 'spoilt');
  await assert.rejects(localCertificate(dataDir, names, nowMs));
  assert.equal(readFileSync(path('ca.key'), 'utf8'), 'spoilt');
});

test('the names are those in the clients of Octopush and OVH, and those of the settings', () => {
  const usual = namesOf({ host: '0.0.0.0', publicUrl: null, tlsNames: [] });
  for (const name of ['localhost', '127.0.0.1', '::1', 'www.octopush-dm.com', 'eu.api.ovh.com'])
    assert.ok(usual.includes(name), name);
  const others = (host: string, publicUrl: string | null) =>
    namesOf({ host, publicUrl, tlsNames: [] }).filter((name) => !usual.includes(name));
  assert.deepEqual(others('127.0.0.1', 'https://localhost:8443'), []);
  assert.deepEqual(others('::', 'https://sms.example.com/path'), ['sms.example.com']);
  assert.deepEqual(others('192.0.2.1', 'https://[2001:db8::1]:8443'), ['192.0.2.1', '2001:db8::1']);
});
