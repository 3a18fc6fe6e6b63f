// Finds number and status in a pushed receipt: Octopush's form and JSON, and the query of Kannel's dlr-url.
// Serves the receiver; works on the bytes, because one string per field would cost more than the rest of it.

const formNumber = Buffer.from('number=');
const jsonNumber = Buffer.from('"number"');
const formStatus = Buffer.from('status=');
const jsonStatus = Buffer.from('"status"');

const percent = 37;
const zero = 48;
const nine = 57;

/**
 * The digits of the number as a number, or -1. Leading zeros of the international form vanish by themselves, so
 * `0033612…`, `%2B33612…`, `+33612…` and `33612…` all read alike.
 */
export function readNumber(bytes: Buffer, from: number, to: number, isJson: boolean): number {
  let at = valueAt(bytes, from, to, isJson ? jsonNumber : formNumber);
  if (at < 0) return -1;
  let digits = 0;
  let value = 0;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      value = value * 10 + byte - zero;
      digits++;
    } else if (digits > 0) break;
    else if (byte === percent) at += 2;
    else if (!isPadding(byte)) break;
  }
  return digits > 0 ? value : -1;
}

/** The status word, or an empty text. */
export function readStatus(bytes: Buffer, from: number, to: number, isJson: boolean): string {
  let at = valueAt(bytes, from, to, isJson ? jsonStatus : formStatus);
  if (at < 0) return '';
  while (at < to && isPadding(bytes[at]!)) at++;
  let end = at;
  while (end < to && isWord(bytes[end]!)) end++;
  return bytes.toString('latin1', at, end);
}

function valueAt(bytes: Buffer, from: number, to: number, name: Buffer): number {
  const at = bytes.indexOf(name, from);
  return at < 0 || at >= to ? -1 : at + name.length;
}

/** Between a JSON name and its value, and in front of a number: colon, quote, blank, plus. */
function isPadding(byte: number): boolean {
  return byte === 58 || byte === 34 || byte === 32 || byte === 43;
}

function isWord(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte === 95 || (byte >= zero && byte <= nine);
}
