// Writes ASN.1 in Distinguished Encoding Rules (X.690), as far as certificates need them. Used by certificates.ts. Never
// reads: Node's X509Certificate (OpenSSL) does that.

/** One value: tag, length and the content of these parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

/** Up to 127 in one byte; otherwise the number of length bytes, then these bytes. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = base256(length);
  return [0x80 | bytes.length, ...bytes];
}

function base256(value: number): number[] {
  return value < 0x100 ? [value] : [...base256(Math.floor(value / 0x100)), value % 0x100];
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
export const setOf = (part: Uint8Array) => der(0x31, part);
export const octetString = (bytes: Uint8Array) => der(0x04, bytes);
export const utf8String = (text: string) => der(0x0c, Buffer.from(text));
export const yes = der(0x01, Buffer.from([0xff]));

/** [n] instead of the tag of a type without parts. */
export const implicit = (n: number, content: Uint8Array) => der(0x80 | n, content);
/** [n] around a whole value. */
export const explicit = (n: number, value: Uint8Array) => der(0xa0 | n, value);

/** The last `unusedBits` bits of the last byte do not count. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.from([unusedBits]), bytes);
}

/** A non-negative number; its bytes from the highest on. */
export function integer(...bytes: readonly number[]): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? [0] : bytes.slice(first);
  return der(0x02, Buffer.from(significant[0]! < 0x80 ? significant : [0, ...significant]));
}

/** From dotted form; the first two numbers share a byte. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Every byte except the last has its highest bit set. */
function base128(value: number): number[] {
  const bytes = [value % 0x80];
  for (let left = Math.floor(value / 0x80); left > 0; left = Math.floor(left / 0x80))
    bytes.unshift(0x80 | (left % 0x80));
  return bytes;
}

/** UTCTime until the end of 2049, then GeneralizedTime (RFC 5280 §4.1.2.5), in whole seconds. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\.\d+|[-T:]/g, '');
  const isShort = digits < '2050';
  return der(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits));
}
