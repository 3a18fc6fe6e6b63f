// Reads the fields of a urlencoded form. Used by the dialects whose parameters are a form, by HTTP or by mail. Never checks values
// and never throws for a bad escape: the vendor's service ran on PHP, which keeps `%zz` unchanged.

import { Buffer } from 'node:buffer';
import { cleanText, decodeUtf8OrWindows1252 } from '#lib/text/text-bytes.ts';

/** Parameters by name: decoded, names trimmed; of several the last counts. */
export interface Fields extends Map<string, string> {
  /** Names of values from JSON or multipart, which are not URL-encoded. */
  literalNames?: Set<string>;
}

/** Further names are ignored: no client sends fifty. */
const maxFields = 1000;

const ampersand = 0x26;
const equalsSign = 0x3d;
const percent = 0x25;
const plus = 0x2b;

/**
 * Adds the pairs of a query string or urlencoded body. `binary` holds one byte per character (a request target
 * is ASCII, a body is read as `latin1`), so that raw UTF-8 and raw Windows-1252 are both decoded correctly.
 */
export function readUrlEncoded(binary: string, fields: Fields, from = 0): void {
  let start = from;
  let equals = -1;
  let isNameCoded = false;
  let isCoded = false;
  for (let at = from; at <= binary.length; at++) {
    const code = at < binary.length ? binary.charCodeAt(at) : ampersand;
    if (code === ampersand) {
      if (equals === -1) {
        equals = at;
        isNameCoded = isCoded;
      }
      if (equals > start) {
        const name = isNameCoded ? decodeRange(binary, start, equals) : binary.slice(start, equals);
        const value = isCoded ? decodeRange(binary, equals + 1, at) : binary.slice(equals + 1, at);
        addField(fields, name, value);
      }
      start = at + 1;
      equals = -1;
      isCoded = false;
    } else if (code === equalsSign && equals === -1) {
      equals = at;
      isNameCoded = isCoded;
      isCoded = false;
    } else if (code === percent || code === plus || code > 0x7f) {
      isCoded = true;
    }
  }
}

/** Decodes a value that was encoded twice. */
export function decodeUrlEncoded(value: string): string {
  const binary = Buffer.from(value).toString('latin1');
  return cleanText(decodeRange(binary, 0, binary.length));
}

/** The same for percent-encoding without the rule of forms for `+`, which stays a plus. */
export function decodePercentEncoded(value: string): string {
  return decodeUrlEncoded(value.replaceAll('+', '%2B'));
}

/** Sets a field: the name trimmed, the value fit for a database; of several the last counts. */
export function addField(fields: Fields, writtenName: string, writtenValue: string): void {
  // Quirk: the C# kit sends names with leading blanks, " sms_fields_1"
  // (docs/dialects/octopush.md#legacy-how-a-request-is-read).
  const name = writtenName.trim();
  const value = cleanText(writtenValue);
  const bracket = name.indexOf('[');
  if (bracket > 0) addListItem(fields, name.slice(0, bracket), value);
  else if (name !== '' && (fields.size < maxFields || fields.has(name))) fields.set(name, value);
}

/** Quirk: PHP and request libraries write lists as `name[]=a&name[]=b`; here commas separate a list. */
function addListItem(fields: Fields, name: string, value: string): void {
  const before = fields.get(name);
  if (before !== undefined) fields.set(name, `${before},${value}`);
  else if (fields.size < maxFields) fields.set(name, value);
}

const scratch = Buffer.allocUnsafe(4096);

/** Percent-decodes a range; `+` is a blank; a `%` without two hexadecimal digits stands for itself. */
function decodeRange(binary: string, start: number, end: number): string {
  const bytes = end - start <= scratch.length ? scratch : Buffer.allocUnsafe(end - start);
  let length = 0;
  let isAscii = true;
  for (let at = start; at < end; at++) {
    let code = binary.charCodeAt(at);
    if (code === plus) code = 0x20;
    else if (code === percent && at + 2 < end) {
      const high = hexDigit(binary.charCodeAt(at + 1));
      const low = hexDigit(binary.charCodeAt(at + 2));
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        at += 2;
      }
    }
    if (code > 0x7f) isAscii = false;
    bytes[length++] = code;
  }
  return isAscii ? bytes.toString('latin1', 0, length) : decodeUtf8OrWindows1252(bytes.subarray(0, length));
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
