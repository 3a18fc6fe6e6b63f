// Tokens of chance, and the hashes that are kept of them.
import { hash, randomBytes, randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters of [A-Za-z0-9], 5.9 bits of chance each. */
export function randomToken(length: number): string {
  let token = '';
  for (let i = 0; i < length; i++) token += alphabet[randomInt(alphabet.length)];
  return token;
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
