// Reads bytes that should be UTF-8 and sometimes are not: older clients post Windows-1252 without saying so.
// Serves every dialect that takes text from the wire; it never refuses.

import { Buffer, isUtf8 } from 'node:buffer';

const windows1252 = new TextDecoder('windows-1252');

/** The text of these bytes: UTF-8 where they are valid UTF-8 as a whole, else Windows-1252. */
export function decodeUtf8OrWindows1252(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : windows1252.decode(bytes);
}

/** Without the byte order mark of UTF-8, which editors and .NET put before what they write. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The same for bytes held one to a character (Node's `latin1`). */
export function decodeBinaryText(binary: string): string {
  for (let i = 0; i < binary.length; i++) {
    if (binary.charCodeAt(i) > 0x7f) return decodeUtf8OrWindows1252(Buffer.from(binary, 'latin1'));
  }
  return binary;
}

/**
 * Without the characters that no text has and no database keeps: NUL is left out, half a surrogate pair (JSON can
 * write one) becomes U+FFFD.
 */
export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();
}
