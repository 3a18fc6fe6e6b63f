// Decodes bytes that should be UTF-8: older clients post Windows-1252 without declaring it. Used by every dialect that
// reads texts. Never refuses bytes.

import { Buffer, isUtf8 } from 'node:buffer';

const windows1252 = new TextDecoder('windows-1252');

/** UTF-8 if the bytes are valid UTF-8 as a whole, otherwise Windows-1252. */
export function decodeUtf8OrWindows1252(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : windows1252.decode(bytes);
}

/** Removes the byte order mark of UTF-8, which editors and .NET write. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The same for a binary string with one byte in each character (Node's `latin1`). */
export function decodeBinaryText(binary: string): string {
  for (let i = 0; i < binary.length; i++) {
    if (binary.charCodeAt(i) > 0x7f) return decodeUtf8OrWindows1252(Buffer.from(binary, 'latin1'));
  }
  return binary;
}

/**
 * Replaces characters that the database cannot store: removes NUL, and half a surrogate pair (JSON can contain one) becomes
 * U+FFFD.
 */
export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();
}
