// Issues the certificates of a local authority: X.509 version 3 (RFC 5280), keys on the curve P-256, signatures with ECDSA
// and SHA-256. Used by `chappe cert`, and by `serve` at its start. The cryptography is OpenSSL's; this file writes only the
// encoding, which takes a fraction of the time to load a library (docs/decisions/0014-local-authority.md).
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import { randomHex } from '#lib/security/secrets.ts';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
  yes,
} from './der.ts';

/** Both as PEM. */
export interface CertificateWithKey {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The subject or the issuer of a certificate. */
interface Party {
  readonly name: Buffer;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  readonly keyId: Buffer;
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const version3 = explicit(0, integer(2));

/** Bits counted from the highest. */
const maySign = bitString(Buffer.of(0b1000_0000), 7);
const maySignCertificates = bitString(Buffer.of(0b0000_0110), 1);
const serverAuthentication = objectId('1.3.6.1.5.5.7.3.1');

const extensionIds = {
  subjectKeyIdentifier: objectId('2.5.29.14'),
  keyUsage: objectId('2.5.29.15'),
  subjectAltName: objectId('2.5.29.17'),
  basicConstraints: objectId('2.5.29.19'),
  authorityKeyIdentifier: objectId('2.5.29.35'),
  extKeyUsage: objectId('2.5.29.37'),
};

/** A new private key, as PEM. */
export function createKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

/** The certificate that clients must trust, as PEM. It can sign certificates of servers, not of other authorities. */
export function createAuthority(key: string, validity: Validity): string {
  const authority = authorityOf(key);
  return certify(authority, authority, validity, [
    critical('basicConstraints', sequence(yes, integer(0))),
    critical('keyUsage', maySignCertificates),
    extension('subjectKeyIdentifier', octetString(authority.keyId)),
  ]);
}

/** A server's certificate for host names and IP addresses, at least one; the first is its subject. As PEM. */
export function issueCertificate(
  authorityKey: string,
  key: string,
  names: readonly string[],
  validity: Validity,
): string {
  const authority = authorityOf(authorityKey);
  const server = partyOf(key, () => distinguishedName(['2.5.4.3', names[0]!]));
  return certify(authority, server, validity, [
    critical('basicConstraints', sequence()),
    critical('keyUsage', maySign),
    extension('extKeyUsage', sequence(serverAuthentication)),
    extension('subjectKeyIdentifier', octetString(server.keyId)),
    // OpenSSL's strict checks, the default in Python since 3.13, need both identifiers.
    extension('authorityKeyIdentifier', sequence(implicit(0, authority.keyId))),
    extension('subjectAltName', sequence(...names.map(generalName))),
  ]);
}

/** The name identifies the authority and derives from its key alone. */
function authorityOf(key: string): Party {
  return partyOf(key, (keyId) =>
    distinguishedName(
      ['2.5.4.10', 'Chappe'],
      ['2.5.4.3', `Chappe local authority ${keyId.toString('hex', 0, 4)}`],
    ),
  );
}

function partyOf(pem: string, nameOf: (keyId: Buffer) => Buffer): Party {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('no key on the curve P-256');
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // RFC 7093 §2, method 1: the hash of the point alone, the last 65 bytes.
  const keyId = hash('sha256', publicKey.subarray(-65), 'buffer').subarray(0, 20);
  return { name: nameOf(keyId), key, publicKey, keyId };
}

/** RFC 5280 §4.1. */
function certify(signer: Party, holder: Party, validity: Validity, extensions: readonly Buffer[]): string {
  const toBeSigned = sequence(
    version3,
    integer(...Buffer.from(randomHex(16), 'hex')),
    ecdsaWithSha256,
    signer.name,
    sequence(time(validity.fromMs), time(validity.untilMs)),
    holder.name,
    holder.publicKey,
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, signer.key);
  const lines = sequence(toBeSigned, ecdsaWithSha256, bitString(signature))
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(name: keyof typeof extensionIds, value: Buffer): Buffer {
  return sequence(extensionIds[name], octetString(value));
}

function critical(name: keyof typeof extensionIds, value: Buffer): Buffer {
  return sequence(extensionIds[name], yes, octetString(value));
}

function distinguishedName(...attributes: readonly (readonly [type: string, value: string])[]): Buffer {
  return sequence(...attributes.map(([type, value]) => setOf(sequence(objectId(type), utf8String(value)))));
}

/** dNSName or iPAddress. */
function generalName(name: string): Buffer {
  switch (isIP(name)) {
    case 4:
      return implicit(7, Buffer.from(name.split('.').map(Number)));
    case 6:
      return implicit(7, bytesOfV6(name));
    default:
      return implicit(2, Buffer.from(name, 'latin1'));
  }
}

function bytesOfV6(address: string): Buffer {
  // The canonical form of URLs has only groups of hexadecimal digits, and at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const after = groups(tail ?? '');
  const before = groups(head);
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  const words = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}
