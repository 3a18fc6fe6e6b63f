// Encodes what clients leave raw in a request target: octets outside ASCII, blanks, control characters.
// Used by broken-requests.ts. Source: PHP's file_get_contents and a published Java client for http2sms write the message
// into the address as it is, in UTF-8 or in Windows-1252; RFC 3986 §2.1 has them encoded.
import { Buffer } from 'node:buffer';
import { decodeBinaryText } from '#lib/text/text-bytes.ts';

/** What the parser takes: visible ASCII (llhttp's URL characters). */
const taken = /^[\x21-\x7e]+$/;

/**
 * `target` holds one octet to a character. Each value, between the marks of a target, is UTF-8 where all of it is, else
 * Windows-1252; it leaves as UTF-8, so that every reader behind understands it.
 */
export function mendTarget(target: string): string {
  if (taken.test(target)) return target;
  return target
    .split(/([/?&=;])/)
    .map((value) => (taken.test(value) || value === '' ? value : mendValue(value)))
    .join('');
}

function mendValue(value: string): string {
  return [...decodeBinaryText(value)]
    .map((character) => (taken.test(character) ? character : encode(character)))
    .join('');
}

function encode(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&');
}
