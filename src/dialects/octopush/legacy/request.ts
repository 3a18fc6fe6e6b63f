// Reads the fields of a legacy request; at least one is required. Used by routes.ts. ../fields.ts interprets them.

import { fieldsMissing } from '#dialects/octopush/field-refusals.ts';
import { readFormRequest } from '#dialects/shared/form-bodies.ts';
import type { Fields } from '#dialects/shared/form-fields.ts';

/** Refuses `parameters-missing` and `body-malformed`. */
export function readFields(url: string, contentType: string | undefined, body: unknown): Fields {
  const fields = readFormRequest(url, contentType, body);
  if (fields.size > 0) return fields;
  throw fieldsMissing();
}
