// Seals secrets that are needed in clear again: AES-256-GCM with one key. Used for the secrets of signatures, which are
// checked by computing them again. All other secrets are hashed (secrets.ts).
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { newNonce } from './secrets.ts';

export interface Seal {
  close(text: string): Buffer;
  /** Throws if it was sealed with another key or changed. */
  open(sealed: Buffer): string;
  /** HMAC-SHA-256 under a key of its own: proves a text with little entropy without containing it. */
  fingerprint(text: string): Buffer;
}

const nonceBytes = 12;
const tagBytes = 16;

/** `secret` is any text with enough entropy; the key is derived from it. */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'chappe sealed secrets', 32));
  const hmacKey = Buffer.from(hkdfSync('sha256', secret, '', 'chappe fingerprints', 32));
  return {
    fingerprint: (text) => createHmac('sha256', hmacKey).update(text, 'utf8').digest(),
    close(text) {
      const nonce = newNonce(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(sealed) {
      const nonce = sealed.subarray(0, nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      return (
        decipher.update(sealed.subarray(nonceBytes, -tagBytes)).toString('utf8') + decipher.final('utf8')
      );
    },
  };
}
