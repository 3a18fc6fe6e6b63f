// Refusals of request bodies: size, time, encoding, form. Used by the readers of bodies, of all HTTP dialects.
import { RefusedError } from '#domain/base/refusals.ts';

function malformed(detail: string): RefusedError {
  return new RefusedError('body-malformed', detail);
}

function tooLarge(detail: string): RefusedError {
  return new RefusedError('body-too-large', detail);
}

export function bodyTooLarge(limitBytes: number): RefusedError {
  return tooLarge(`A request has at most ${limitBytes} bytes.`);
}

export function decodedBodyTooLarge(limitBytes: number): RefusedError {
  return tooLarge(`A decoded request can have at most ${limitBytes} bytes. Send a smaller one.`);
}

/** The memory for bodies is full. */
export function tooManyLargeBodies(): RefusedError {
  return tooLarge(
    'Too many large requests are coming in at the same time. Send this one again, or smaller ones.',
  );
}

export function bodyTooSlow(): RefusedError {
  return malformed('The body comes too slowly. Send this request again.');
}

export function bodyTruncated(): RefusedError {
  return malformed('The body ends too early.');
}

/** The bytes are not in the encoding that the header names. */
export function encodingWrong(name: string): RefusedError {
  return malformed(
    `The body is not in its Content-Encoding ${name}. Send the header of the real encoding, or none.`,
  );
}

export function encodingUnsupported(name: string): RefusedError {
  const shown = name.replace(/[^\w!#$%&'*+.^`|~, -]/g, '').slice(0, 40);
  return malformed(`The Content-Encoding ${shown} is not supported. Send gzip, deflate, br or none.`);
}

export function boundaryMissing(): RefusedError {
  return malformed('The multipart body has no boundary in its Content-Type.');
}

export function boundaryUnused(): RefusedError {
  return malformed('The multipart body does not use its boundary.');
}

export function multipartTruncated(): RefusedError {
  return malformed('The multipart body is truncated.');
}

export function jsonMalformed(): RefusedError {
  return malformed('The body has a content type of JSON and is not valid JSON.');
}
