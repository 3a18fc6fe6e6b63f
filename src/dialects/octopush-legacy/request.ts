// Finds the fields of a legacy request, wherever its client put them; ../legacy-fields.ts tells what they mean.
// Serves routes.ts.

import { Buffer } from 'node:buffer';
import { RefusedError } from '#domain/refusals.ts';
import { type Fields, readUrlEncoded } from '../form-fields.ts';
import { readJson, readMultipart } from './form.ts';

const openBrace = 0x7b;

/** Query and body together, the body winning. Refuses `parameters-missing` and `body-malformed`. */
export function readFields(url: string, contentType: string | undefined, body: unknown): Fields {
  const fields: Fields = new Map();
  const query = url.indexOf('?');
  if (query !== -1) readUrlEncoded(url, fields, query + 1);
  if (Buffer.isBuffer(body) && body.length > 0) readBody(body, contentType ?? '', fields);
  if (fields.size === 0) {
    throw new RefusedError('parameters-missing', 'Send the parameters as a query or as a form.');
  }
  return fields;
}

/** Quirk: the type a client announces is a hint only; curl and kits post JSON as a form and forms as nothing. */
function readBody(body: Buffer, contentType: string, fields: Fields): void {
  if (contentType.startsWith('multipart/')) readMultipart(body, contentType, fields);
  else if (body[0] === openBrace || contentType.includes('json')) readJson(body, fields);
  else readUrlEncoded(body.toString('latin1'), fields);
}
