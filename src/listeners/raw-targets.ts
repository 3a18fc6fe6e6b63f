// Encodes raw octets in a request target: octets outside ASCII, blanks, control characters.
// Used by broken-requests.ts. Source: PHP's file_get_contents and a published Java client for http2sms write the message
// into the address without encoding, in UTF-8 or in Windows-1252; RFC 3986 §2.1 requires encoding.
import { Buffer } from 'node:buffer';
import { decodeBinaryText } from '#lib/text/text-bytes.ts';

/** Characters that the parser accepts: visible ASCII (llhttp's URL characters). */
const taken = /^[\x21-\x7e]+$/;

/**
 * `target` holds one octet per character. Each value between delimiters is read as UTF-8 if it is valid UTF-8, otherwise as
 * Windows-1252, and written as encoded UTF-8.
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
