// Tokens of chance, and the hashes that are kept of them.
import { hash, randomBytes, randomInt, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters of [A-Za-z0-9], 5.9 bits of chance each. */
export function randomToken(length: number): string {
  return randomWord(alphabet, length);
}

/** `length` characters of `letters`, each as likely as the others. */
export function randomWord(letters: string, length: number): string {
  let word = '';
  for (let i = 0; i < length; i++) word += letters[randomInt(letters.length)];
  return word;
}

/** A token of `bytes` of chance, in hexadecimal capitals. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}

/** SHA-256. For keys made by randomToken: they have too much chance in them for a slow hash to add anything. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The same in hex, the form in which hashes are compared in memory. */
export function hashSecretHex(secret: string): string {
  return hash('sha256', secret, 'hex');
}

export function newSalt(): Buffer {
  return randomBytes(16);
}

/** What must not come twice under one key. */
export function newNonce(bytes: number): Buffer {
  return randomBytes(bytes);
}

/**
 * For codes short enough to be tried one after the other: 4 MB and some 10 ms each, off the main thread. A code of six
 * digits then takes hours to find from its hash, and lives minutes.
 */
export function hashCode(code: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(code, salt, 32, { N: 4096, r: 8, p: 1 }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** The time it takes tells nothing of where they differ. */
export function isSameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Of version 4: 122 bits of chance. */
export function newUuid(): string {
  return randomUUID();
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** In lower case. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
