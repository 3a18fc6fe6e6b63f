import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAuthority, createKey, issueCertificate } from './certificates.ts';

const validity = { fromMs: Date.UTC(2026, 10, 22), untilMs: Date.UTC(2051, 0, 2, 3, 4, 5) };
const authorityKey = createKey();
const key = createKey();
const authority = new X509Certificate(createAuthority(authorityKey, validity));

function issue(names: readonly string[]): X509Certificate {
  return new X509Certificate(issueCertificate(authorityKey, key, names, validity));
}

test('an authority signs its own certificate and may sign others', () => {
  assert.equal(authority.ca, true);
  assert.equal(authority.verify(authority.publicKey), true);
  assert.match(authority.subject, /^O=Chappe\nCN=Chappe local authority [0-9a-f]{8}$/);
});

test('an issued certificate is for a server, signed by the authority, and no authority itself', () => {
  const server = issue(['localhost']);
  assert.equal(server.ca, false);
  assert.equal(server.issuer, authority.subject);
  assert.equal(server.checkIssued(authority), true);
  assert.equal(server.verify(authority.publicKey), true);
  assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
});

test('another authority has another name, and its signature is not valid', () => {
  const other = new X509Certificate(createAuthority(createKey(), validity));
  assert.notEqual(other.subject, authority.subject);
  assert.equal(issue(['localhost']).checkIssued(other), false);
});

test('a certificate is valid from its first to its last second, also after 2049', () => {
  const server = issue(['localhost']);
  assert.equal(server.validFromDate.getTime(), validity.fromMs);
  assert.equal(server.validToDate.getTime(), validity.untilMs);
});

test('a certificate is for each of its names and addresses, and for no other', () => {
  const server = issue(['api.octopush.com', 'xn--bcher-kva.example', '127.0.0.1', '::1', '::ffff:192.0.2.1']);
  for (const host of ['api.octopush.com', 'API.octopush.com', 'xn--bcher-kva.example'])
    assert.ok(server.checkHost(host), host);
  for (const address of ['127.0.0.1', '::1', '::ffff:192.0.2.1']) assert.ok(server.checkIP(address), address);
  assert.equal(server.checkHost('octopush.com'), undefined);
  assert.equal(server.checkIP('127.0.0.2'), undefined);
  assert.equal(server.subject, 'CN=api.octopush.com');
});

test('any address is read back unchanged', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV6(), (four, six) => {
      const server = issue([four, six]);
      assert.ok(server.checkIP(four), four);
      assert.ok(server.checkIP(six), six);
    }),
    { numRuns: 50 },
  );
});

test('two certificates of one authority have different serial numbers', () => {
  assert.notEqual(issue(['localhost']).serialNumber, issue(['localhost']).serialNumber);
});

test('a key of another kind is refused', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  assert.throws(() => createAuthority(pem, validity), /no key on the curve P-256/);
});
