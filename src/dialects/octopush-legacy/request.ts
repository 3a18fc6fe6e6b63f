// The fields of a legacy request, of which there must be some; ../legacy-fields.ts tells what they mean. Serves routes.ts.

import { RefusedError } from '#domain/refusals.ts';
import { readFormRequest } from '../form-bodies.ts';
import type { Fields } from '../form-fields.ts';

/** Refuses `parameters-missing` and `body-malformed`. */
export function readFields(url: string, contentType: string | undefined, body: unknown): Fields {
  const fields = readFormRequest(url, contentType, body);
  if (fields.size > 0) return fields;
  throw new RefusedError('parameters-missing', 'Send the parameters as a query or as a form.');
}
