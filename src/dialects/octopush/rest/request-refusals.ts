// Refusals of REST requests, by the names of their members. Used by the endpoints and readers of this dialect.
import { RefusedError } from '#domain/base/refusals.ts';

export function membersMissing(): RefusedError {
  return new RefusedError('parameters-missing', 'Send the parameters as a JSON object.');
}

/** The body is not a JSON object; the answer has the vendor's sentence. */
export function jsonMalformed(): RefusedError {
  return new RefusedError('body-malformed');
}

/** The answers to both have the vendor's sentences. */
export function loginMissing(): RefusedError {
  return new RefusedError('login-missing');
}

export function keyMissing(): RefusedError {
  return new RefusedError('key-missing');
}

export function textMissing(): RefusedError {
  return new RefusedError('text-missing', 'Send the text of the message as text.');
}

/** `name` is the noun of the list in the sentence. */
export function recipientsMissing(name: 'recipients' | 'contacts'): RefusedError {
  return new RefusedError('recipients-missing', `Send the ${name} as a list of {"phone_number": …}.`);
}

export function phoneNumbersMissing(): RefusedError {
  return new RefusedError('recipients-missing', 'Send the phone_numbers as a list.');
}

export function recipientsEmpty(): RefusedError {
  return new RefusedError('recipients-empty', 'No recipient has a phone_number.');
}

export function tooManyInRequest(most: number, name: 'recipients' | 'contacts' | 'numbers'): RefusedError {
  return new RefusedError('recipients-too-many', `At most ${most} ${name} in one request.`);
}

export function senderInvalid(): RefusedError {
  return new RefusedError('sender-invalid', 'The sender must have 3 to 11 letters, digits or blanks.');
}

export function sendAtInvalid(): RefusedError {
  return new RefusedError(
    'send-at-invalid',
    'The date send_at cannot be read; write it as 2026-01-31T09:30:00+01:00.',
  );
}

export function voiceNotServed(): RefusedError {
  return new RefusedError('feature-unavailable', 'Voice messages are not served.');
}

export function pathNotServed(): RefusedError {
  return new RefusedError('feature-unavailable', 'Voice and the other channels are not served, only SMS.');
}

export function channelNotServed(): RefusedError {
  return new RefusedError('feature-unavailable', 'Only the channel sms is served.');
}

export function codeChannelNotServed(): RefusedError {
  return new RefusedError('feature-unavailable', 'Codes are sent by SMS only.');
}

export function segmentationNotServed(): RefusedError {
  return new RefusedError(
    'feature-unavailable',
    'segmentation is not served. Use a list with the intended contacts.',
  );
}

export function emailInvalid(name: string): RefusedError {
  return new RefusedError('option-invalid', `The ${name} is not an e-mail address.`);
}

/** `packId` is the only pack of the account. */
export function packUnknown(packId: number): RefusedError {
  return new RefusedError(
    'option-invalid',
    `The pack from_wallet_pack_id is unknown. This account has the pack ${packId}; see check-balance?with_details=1.`,
  );
}

export function transferAmountInvalid(): RefusedError {
  return new RefusedError('transfer-too-small', 'The amount must be a whole number of euros, at least 1.');
}

export function countryCodeInvalid(): RefusedError {
  return new RefusedError('country-unknown', 'The country_code must have two letters, as in FR.');
}

export function countryCodesInvalid(): RefusedError {
  return new RefusedError('country-unknown', 'Send countries as country_codes[]=FR&country_codes[]=BE.');
}

export function productUnknown(): RefusedError {
  return new RefusedError(
    'tier-unknown',
    'The product_name must be sms_premium, sms_low_cost, sms_world, vocal_sms or hlr.',
  );
}
