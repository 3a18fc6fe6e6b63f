// Checks the optional checksum of a legacy request: `request_sha1` over the values that the letters of `request_keys` name. Used
// by fields.ts. It detects corrupted requests, not attacks: it contains no secret.
// Source: docs/dialects/octopush.md#legacy-how-a-request-is-read.

import { createHash } from 'node:crypto';
import type { Fields } from '#dialects/shared/form-fields.ts';
import { checksumKeysTooLong, checksumMismatch, checksumMissing } from './field-refusals.ts';

const fieldsByKey: Readonly<Record<string, string>> = {
  T: 'sms_text',
  R: 'sms_recipients',
  M: 'sms_mode',
  Y: 'sms_type',
  S: 'sms_sender',
  D: 'sending_date',
  a: 'recipients_first_names',
  b: 'recipients_last_names',
  c: 'sms_fields_1',
  d: 'sms_fields_2',
  e: 'sms_fields_3',
  W: 'with_replies',
  N: 'transactional',
  Q: 'request_id',
};

/** There are fourteen letters; the limit prevents long hashing of repeated fields. */
const maxKeys = 32;

/**
 * Throws `checksum-missing` or `checksum-mismatch`. `texts`: the text as sent and, if it was encoded twice, as
 * decoded; a client may have hashed either. Unknown letters and missing fields contribute nothing.
 */
export function assertChecksum(fields: Fields, texts: readonly string[]): void {
  const keys = fields.get('request_keys')?.trim() ?? '';
  if (keys === '') return;
  const claimed = fields.get('request_sha1')?.trim().toLowerCase() ?? '';
  if (claimed === '') {
    throw checksumMissing();
  }
  if (keys.length > maxKeys) throw checksumKeysTooLong();
  // Quirk: the manual hashes `sending_date` for D; eight libraries hash `sms_date`, which they never send, so
  // an empty value (docs/dialects/octopush.md#legacy-how-a-request-is-read). All three are right.
  for (const dateField of keys.includes('D') ? ['sending_date', 'sms_date', null] : [null]) {
    for (const text of new Set(texts)) if (claimed === fingerprint(fields, keys, text, dateField)) return;
  }
  throw checksumMismatch();
}

function fingerprint(fields: Fields, keys: string, text: string, dateField: string | null): string {
  const hash = createHash('sha1');
  for (const key of keys) {
    if (key === 'T') hash.update(fields.has('sms_text') ? text : '');
    else {
      const field = key === 'D' ? dateField : fieldsByKey[key];
      if (field !== undefined && field !== null) hash.update(fields.get(field) ?? '');
    }
  }
  return hash.digest('hex');
}
