// The local authority of a data folder: its key and certificate, which clients are told to trust, and the certificate
// of this server that it signs (docs/decisions/0014-local-authority.md). Several processes may start on one folder at
// once: each file follows from those before it and comes to its place whole, so whoever comes second reads the first's.
// A key that is there is never replaced.

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

/** Clocks of clients may be behind ours. */
const backdatedMs = dayMs;
const authorityLivesMs = 20 * 365 * dayMs;
/** Apple's systems take at most 825 days, also from an authority that their owner has added. */
const serverLivesMs = 800 * dayMs;
const renewedBeforeMs = 60 * dayMs;

export function authorityFolder(dataDir: string): string {
  return join(dataDir, 'authority');
}

/** Where clients find what they have to trust. */
export function authorityFile(dataDir: string): string {
  return join(authorityFolder(dataDir), 'ca.pem');
}

/** A certificate for these names and addresses; it and the authority are made, or renewed, when they have to be. */
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
  // A name with a wild card is shown by any host below it.
  const host = name.replace(/^\*\./, 'any.');
  const found = isIP(name) === 0 ? certificate.checkHost(host) : certificate.checkIP(name);
  return found !== undefined;
}

/** The key in this file, which is made when there is none: of two processes that make it at once, both get one. */
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

/** The certificate in this file while it is good, else another in its place: nothing is lost with one. */
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
  // On disk before it has its name: a power cut must not leave an empty key.
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
