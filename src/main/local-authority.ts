// The local authority of a data folder: its key and certificate, which clients must trust, and the certificate of this
// server that it signs (docs/decisions/0014-local-authority.md). Used by certificate.ts. Several processes can start on
// one folder together: each file depends only on files before it and is linked into place complete, so the second process
// reads the files of the first. Never replaces an existing key.

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { randomToken } from '#lib/security/secrets.ts';
import {
  type CertificateWithKey,
  createAuthority,
  createKey,
  issueCertificate,
  type Validity,
} from '#lib/security/x509/certificates.ts';
import { dayMs } from '#lib/time/duration.ts';

/** Clocks of clients can be behind. */
const backdatedMs = dayMs;
const authorityLivesMs = 20 * 365 * dayMs;
/** Apple's systems accept at most 825 days, also from an authority that their owner has added. */
const serverLivesMs = 800 * dayMs;
const renewedBeforeMs = 60 * dayMs;

export function authorityFolder(dataDir: string): string {
  return join(dataDir, 'authority');
}

/** The file of the certificate that clients must trust. */
export function authorityFile(dataDir: string): string {
  return join(authorityFolder(dataDir), 'ca.pem');
}

/** A certificate for these names and addresses. It and the authority are created or renewed when necessary. */
export async function localCertificate(
  dataDir: string,
  names: readonly string[],
  nowMs: number,
): Promise<CertificateWithKey> {
  const folder = authorityFolder(dataDir);
  await mkdir(folder, { recursive: true });
  const authorityKey = await keptKey(join(folder, 'ca.key'));
  const key = await keptKey(join(folder, 'server.key'));
  const signer = createPublicKey(authorityKey);
  const isGood = (found: X509Certificate, holder: KeyObject) =>
    found.validToDate.getTime() > nowMs + renewedBeforeMs &&
    found.publicKey.equals(holder) &&
    found.verify(signer);
  await keptCertificate(
    authorityFile(dataDir),
    (found) => isGood(found, signer),
    () => createAuthority(authorityKey, validity(nowMs, authorityLivesMs)),
  );
  const cert = await keptCertificate(
    join(folder, 'server.pem'),
    (found) => isGood(found, createPublicKey(key)) && names.every((name) => isFor(found, name)),
    () => issueCertificate(authorityKey, key, names, validity(nowMs, serverLivesMs)),
  );
  return { cert, key };
}

function validity(nowMs: number, livesMs: number): Validity {
  return { fromMs: nowMs - backdatedMs, untilMs: nowMs + livesMs };
}

function isFor(certificate: X509Certificate, name: string): boolean {
  // A wildcard name matches any host directly below it.
  const host = name.replace(/^\*\./, 'any.');
  const found = isIP(name) === 0 ? certificate.checkHost(host) : certificate.checkIP(name);
  return found !== undefined;
}

/** Returns the key in this file, which is created if it is absent: two concurrent processes get the same key. */
async function keptKey(path: string): Promise<string> {
  const found = await readIfThere(path);
  if (found !== null) return found;
  const draft = await writeDraft(path, createKey(), 0o600);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}

/** Returns the certificate in this file while it is valid, else a new one in its place. A certificate can be replaced without loss. */
async function keptCertificate(
  path: string,
  isGood: (found: X509Certificate) => boolean,
  make: () => string,
): Promise<string> {
  const found = await readIfThere(path);
  const certificate = found && parseCertificate(found);
  if (certificate && isGood(certificate)) return found!;
  const made = make();
  await rename(await writeDraft(path, made, 0o644), path);
  return made;
}

async function writeDraft(path: string, text: string, mode: number): Promise<string> {
  const draft = `${path}.${randomToken(8)}`;
  // Synced before it is linked: a power failure must not leave an empty key.
  await writeFile(draft, text, { mode, flag: 'wx', flush: true });
  return draft;
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
