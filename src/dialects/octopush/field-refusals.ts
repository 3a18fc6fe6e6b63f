// Refusals of the fields of a legacy request, by the legacy names of the fields. Used by the readers of fields of the dialects
// legacy and mail.
import { RefusedError } from '#domain/base/refusals.ts';

export function fieldsMissing(): RefusedError {
  return new RefusedError('parameters-missing', 'Send the parameters as a query or as a form.');
}

export function loginMissing(): RefusedError {
  return new RefusedError('login-missing', 'Send the e-mail of the account as user_login.');
}

export function keyMissing(): RefusedError {
  return new RefusedError('key-missing', 'Send the key of the account as api_key.');
}

export function textMissing(): RefusedError {
  return new RefusedError('text-missing', 'Send the text of the message as sms_text.');
}

export function recipientsMissing(): RefusedError {
  return new RefusedError('recipients-missing', 'Send the numbers as sms_recipients, separated by commas.');
}

export function recipientsEmpty(): RefusedError {
  return new RefusedError('recipients-empty', 'sms_recipients is empty. Send at least one number.');
}

export function tooManyRecipients(most: number): RefusedError {
  return new RefusedError('recipients-too-many', `At most ${most} recipients in one request.`);
}

export function tierMissing(): RefusedError {
  return new RefusedError('tier-missing', 'Send FR, XXX or WWW as sms_type.');
}

export function tierUnknown(): RefusedError {
  return new RefusedError('tier-unknown', 'sms_type must be FR (premium), XXX (low cost) or WWW (world).');
}

export function senderInvalid(): RefusedError {
  return new RefusedError(
    'sender-invalid',
    'sms_sender must have 3 to 11 letters, digits or blanks, or be a phone number with msisdn_sender=1.',
  );
}

export function secondsInvalid(name: string): RefusedError {
  return new RefusedError('send-at-invalid', `${name} must be a Unix time in seconds, not milliseconds.`);
}

export function deferredTimeMissing(): RefusedError {
  return new RefusedError(
    'send-at-invalid',
    'sms_mode=2 needs the Unix time of the sending as sending_date.',
  );
}

export function mergeValueTooLong(placeholder: string, most: number): RefusedError {
  return new RefusedError(
    'merge-value-too-long',
    `The values of ${placeholder} can have at most ${most} characters.`,
  );
}

export function mergeCountMismatch(name: string): RefusedError {
  return new RefusedError(
    'merge-count-mismatch',
    `${name} must have as many values as there are recipients.`,
  );
}

export function checksumMissing(): RefusedError {
  return new RefusedError('checksum-missing', 'request_sha1 is missing. Send it together with request_keys.');
}

export function checksumKeysTooLong(): RefusedError {
  return new RefusedError('checksum-mismatch', 'request_keys is too long. Send each letter once.');
}

export function checksumMismatch(): RefusedError {
  return new RefusedError(
    'checksum-mismatch',
    'request_sha1 is not the SHA-1, in hexadecimal, of the decoded values in the order of request_keys.',
  );
}
