// Codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds. Used by the members services.
import { createHmac } from 'node:crypto';
import { newNonce } from './secrets.ts';

const stepMs = 30_000;
const secretBytes = 20;
/** RFC 4648 §6. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 random bits in base32, without padding. */
export function newTotpSecret(): string {
  return toBase32(newNonce(secretBytes));
}

export function toBase32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31]! : text;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
  }
  return Buffer.from(bytes);
}

/** RFC 4226 §5.3. */
function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/**
 * The step that the code belongs to: that of now, the one before or after (RFC 6238 §5.2). Null: the code is wrong, or its
 * step is not after `lastStep`, so that a code is accepted once.
 */
export function matchTotp(
  secret: string,
  code: string,
  nowMs: number,
  lastStep: number | null,
): number | null {
  const now = Math.floor(nowMs / stepMs);
  for (const step of [now, now - 1, now + 1])
    if (step > (lastStep ?? -1) && totpCode(secret, step) === code) return step;
  return null;
}

/** The content of the QR code for the app. */
export function totpUri(secret: string, label: string, issuer: string): string {
  const name = `${encodeURIComponent(issuer)}:${encodeURIComponent(label)}`;
  return `otpauth://totp/${name}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
}
