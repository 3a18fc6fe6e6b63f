// Random tokens and their stored hashes. Used wherever credentials are created or checked.
import { hash, randomBytes, randomInt, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters of [A-Za-z0-9], 5.9 random bits each. */
export function randomToken(length: number): string {
  return randomWord(alphabet, length);
}

/** `length` characters of `letters`, all with the same probability. */
export function randomWord(letters: string, length: number): string {
  let word = '';
  for (let i = 0; i < length; i++) word += letters[randomInt(letters.length)];
  return word;
}

/** A token of `bytes` random bytes, in hexadecimal capitals. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}

/** SHA-256. For keys of randomToken: a slow hash adds nothing to their entropy. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The same in hexadecimal, the form for comparisons in memory. */
export function hashSecretHex(secret: string): string {
  return hash('sha256', secret, 'hex');
}

export function newSalt(): Buffer {
  return randomBytes(16);
}

/** A value that must not repeat under one key. */
export function newNonce(bytes: number): Buffer {
  return randomBytes(bytes);
}

/**
 * For short codes: 4 MB and some 10 ms for each hash, off the main thread. Finding a code of six digits from its hash takes
 * hours, and the code expires within minutes.
 */
export function hashCode(code: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(code, salt, 32, { N: 4096, r: 8, p: 1 }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** In constant time. */
export function isSameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Version 4: 122 random bits. */
export function newUuid(): string {
  return randomUUID();
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** In lower case. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
