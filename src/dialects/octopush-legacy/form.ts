// Reads the parameters of a legacy request where its client sent no urlencoded form (../form-fields.ts) but a multipart
// one or a JSON object. Serves request.ts. It never judges a value.

import type { Buffer } from 'node:buffer';
import { RefusedError } from '#domain/refusals.ts';
import { addField, type Fields } from '../form-fields.ts';
import { decodeBinaryText, decodeText } from '../text-bytes.ts';

const maxPartHeaderLength = 8192;

/** Adds the text fields of a `multipart/form-data` body; files are passed over. Refuses `body-malformed`. */
export function readMultipart(body: Buffer, contentType: string, fields: Fields): void {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;,]{1,70}))/i.exec(contentType);
  if (boundary === null) throw new RefusedError('body-malformed', 'The multipart body names no boundary.');
  const delimiter = `--${boundary[1] ?? boundary[2]}`;
  const binary = body.toString('latin1');
  let at = binary.startsWith(delimiter) ? 0 : binary.indexOf(`\r\n${delimiter}`) + 2;
  if (at === 1) throw new RefusedError('body-malformed', 'The multipart body does not use its boundary.');
  for (;;) {
    at += delimiter.length;
    if (binary.startsWith('--', at)) return;
    const headersStart = binary.indexOf('\r\n', at);
    // A part without headers begins with the empty line that ends them, so both searches start at one line break.
    const headersEnd = headersStart === -1 ? -1 : binary.indexOf('\r\n\r\n', headersStart);
    const end = headersEnd === -1 ? -1 : binary.indexOf(`\r\n${delimiter}`, headersEnd + 2);
    if (end === -1 || headersEnd - headersStart > maxPartHeaderLength) {
      throw new RefusedError('body-malformed', 'The multipart body is cut short.');
    }
    const name = readPartName(binary.slice(headersStart, headersEnd));
    if (name !== null) addField(fields, name, decodeBinaryText(binary.slice(headersEnd + 4, end)));
    at = end + 2;
  }
}

/** The name of a text field, or null for a file or a part that is no form field. */
function readPartName(headers: string): string | null {
  const disposition = /^content-disposition:[ \t]*form-data[ \t]*;(.*)$/im.exec(headers)?.[1];
  if (disposition === undefined || /;\s*filename\*?=/i.test(`;${disposition}`)) return null;
  const name = /(?:^|;)\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition);
  if (name === null) return null;
  return decodeBinaryText(name[1]?.replace(/\\(.)/g, '$1') ?? name[2] ?? '');
}

/** Adds the members of a JSON object. Refuses `body-malformed` when it is not JSON; ignores what is no object. */
export function readJson(body: Buffer, fields: Fields): void {
  let members: unknown;
  try {
    members = JSON.parse(decodeText(body));
  } catch {
    throw new RefusedError('body-malformed', 'The body says it is JSON and cannot be read as JSON.');
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
