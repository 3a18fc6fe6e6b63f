// Reads the fields of a request from the query, a urlencoded form (form-fields.ts), a multipart form or a JSON object. Used by
// the dialects whose parameters are a form. Never checks values.

import { Buffer } from 'node:buffer';
import { decodeBinaryText, decodeUtf8OrWindows1252, withoutMark } from '#lib/text/text-bytes.ts';
import { boundaryMissing, boundaryUnused, jsonMalformed, multipartTruncated } from './body-refusals.ts';
import { addField, type Fields, readUrlEncoded } from './form-fields.ts';

const maxPartHeaderLength = 8192;
/** An object, after the white space that JSON allows before it. */
const beginsAnObject = /^[ \t\r\n]*\{/;

/** Query and body together; the body takes precedence. Refuses `body-malformed`. */
export function readFormRequest(url: string, contentType: string | undefined, body: unknown): Fields {
  const fields: Fields = new Map();
  const query = url.indexOf('?');
  if (query !== -1) readUrlEncoded(url, fields, query + 1);
  if (Buffer.isBuffer(body) && body.length > 0) readBody(withoutMark(body), contentType ?? '', fields);
  return fields;
}

/** Quirk: the content type is only a hint; curl and kits post JSON as a form, and forms without a type. */
function readBody(body: Buffer, contentType: string, fields: Fields): void {
  // RFC 9110 §8.3.1: without case.
  const type = contentType.trim().toLowerCase();
  if (type.startsWith('multipart/')) addLiteral(fields, (own) => readMultipart(body, contentType, own));
  else if (beginsAnObject.test(body.toString('latin1', 0, 64)) || type.includes('json'))
    addLiteral(fields, (own) => readJson(body, own));
  else readUrlEncoded(body.toString('latin1'), fields);
}

/** Adds fields that are not URL-encoded: their values are never decoded once more. */
function addLiteral(fields: Fields, read: (own: Fields) => void): void {
  const own: Fields = new Map();
  read(own);
  for (const [name, value] of own) fields.set(name, value);
  fields.literalNames = new Set(own.keys());
}

/** Adds the text fields of a `multipart/form-data` body; files are ignored. Refuses `body-malformed`. */
export function readMultipart(body: Buffer, contentType: string, fields: Fields): void {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;,]{1,70}))/i.exec(contentType);
  if (boundary === null) throw boundaryMissing();
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  const binary = body.toString('latin1');
  let at = binary.startsWith(delimiter) ? 0 : binary.indexOf(`\r\n${delimiter}`) + 2;
  if (at === 1) throw boundaryUnused();
  for (;;) {
    at += delimiter.length;
    if (binary.startsWith('--', at)) return;
    const headersStart = binary.indexOf('\r\n', at);
    // A part without headers begins with the empty line that ends them, so both searches start at one line break.
    const headersEnd = headersStart === -1 ? -1 : binary.indexOf('\r\n\r\n', headersStart);
    const end = headersEnd === -1 ? -1 : binary.indexOf(`\r\n${delimiter}`, headersEnd + 2);
    if (end === -1 || headersEnd - headersStart > maxPartHeaderLength) {
      throw multipartTruncated();
    }
    const name = readPartName(binary.slice(headersStart, headersEnd));
    if (name !== null) addField(fields, name, decodeBinaryText(binary.slice(headersEnd + 4, end)));
    at = end + 2;
  }
}

/** The name of a text field. Null: a file, or a part that is not a form field. */
function readPartName(headers: string): string | null {
  const disposition = /^content-disposition:[ \t]*form-data[ \t]*;(.*)$/im.exec(headers)?.[1];
  if (disposition === undefined || /;\s*filename\*?=/i.test(`;${disposition}`)) return null;
  const name = /(?:^|;)\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition);
  if (name === null) return null;
  return decodeBinaryText(name[1]?.replace(/\\(.)/g, '$1') ?? name[2] ?? '');
}

/** Adds the members of a JSON object. Refuses `body-malformed` for invalid JSON; ignores values that are not objects. */
export function readJson(body: Buffer, fields: Fields): void {
  let members: unknown;
  try {
    members = JSON.parse(decodeUtf8OrWindows1252(body));
  } catch {
    throw jsonMalformed();
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return;
  for (const [name, value] of Object.entries(members)) {
    const text = readJsonValue(value);
    if (text !== null) addField(fields, name, text);
  }
}

function readJsonValue(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) return value.map((item) => readJsonValue(item) ?? '').join(',');
  return null;
}
