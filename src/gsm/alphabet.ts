// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1), one septet in each octet, as SMPP
// carries it. Used by every file that measures, splits or sends a text. Never replaces a character: optimize.ts does that.
import type { NationalTables, ShiftTable } from './national-tables.ts';

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Pairs of the septet after an escape and its character. */
const extension: readonly (readonly [number, string])[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
];

const escapeSeptet = 0x1b;

// For each UTF-16 code unit: its number of septets (0 = not in the alphabet) and its last septet.
const widths = new Uint8Array(0x10000);
const septets = new Uint8Array(0x10000);
const basicCodes = new Uint16Array(128);
const extensionCodes = new Uint16Array(128);

for (let septet = 0; septet < 128; septet++) {
  const code = basic.charCodeAt(septet);
  basicCodes[septet] = code;
  if (septet === escapeSeptet) continue;
  widths[code] = 1;
  septets[code] = septet;
}
for (const [septet, char] of extension) {
  const code = char.charCodeAt(0);
  extensionCodes[septet] = code;
  widths[code] = 2;
  septets[code] = septet;
}

/** Number of septets of one UTF-16 code unit: 1, 2 for the extension table, 0 if the alphabet lacks it. */
export function septetsOf(codeUnit: number): number {
  return widths[codeUnit]!;
}

/** Length in septets, or -1 if the alphabet lacks a character of the text. */
export function gsm7Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const width = widths[text.charCodeAt(i)]!;
    if (width === 0) return -1;
    length += width;
  }
  return length;
}

export function isGsm7(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (widths[text.charCodeAt(i)] === 0) return false;
  return true;
}

/** One septet in each octet, not packed. Throws if the alphabet lacks a character of the text. */
export function encodeGsm7(text: string): Uint8Array {
  const length = gsm7Length(text);
  if (length < 0) throw new Error('assertion failed: the text does not fit the GSM alphabet');
  const octets = new Uint8Array(length);
  writeGsm7(text, octets, 0);
  return octets;
}

/** The same into `octets` from `at` on; returns the end. Only for texts in the alphabet. */
export function writeGsm7(text: string, octets: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (widths[code] === 2) octets[at++] = escapeSeptet;
    octets[at++] = septets[code]!;
  }
  return at;
}

/**
 * Decodes unpacked septets; ignores the eighth bit. TS 23.038 §6.2.1.1: an escape before a septet that the extension table
 * lacks gives the basic character; an escape before another escape, or at the end, gives a space.
 */
export function decodeGsm7(octets: Uint8Array, tables: NationalTables | null = null): string {
  const basicOf = tables === null ? defaultBasicOf : readerOf(tables.locking, defaultBasicOf);
  const extensionOf = tables === null ? defaultExtensionOf : readerOf(tables.single, defaultExtensionOf);
  let text = '';
  for (let i = 0; i < octets.length; i++) {
    const septet = octets[i]! & 0x7f;
    if (septet !== escapeSeptet) {
      text += basicOf(septet);
      continue;
    }
    i++;
    const next = i < octets.length ? octets[i]! & 0x7f : escapeSeptet;
    text += next === escapeSeptet ? ' ' : extensionOf(next) || basicOf(next);
  }
  return text;
}

const defaultBasicOf = (septet: number): string => String.fromCharCode(basicCodes[septet]!);

/** Empty: the extension table lacks it. */
function defaultExtensionOf(septet: number): string {
  const code = extensionCodes[septet]!;
  return code === 0 ? '' : String.fromCharCode(code);
}

function readerOf(
  table: ShiftTable | null,
  otherwise: (septet: number) => string,
): (septet: number) => string {
  if (table === null) return otherwise;
  return (septet) => table.characters.get(septet) ?? table.otherwise ?? otherwise(septet);
}

/**
 * Septets of packed octets (TS 23.038 §6.1.2.1), from the octet after a header of `headerLength` octets: the text begins at the
 * next septet. Seven zero bits at the end, or a CR in their place, are padding.
 */
export function unpackSeptets(octets: Uint8Array, headerLength = 0): Uint8Array {
  const fillBits = (7 - ((headerLength * 8) % 7)) % 7;
  const bits = octets.length * 8 - fillBits;
  const count = Math.max(0, Math.floor(bits / 7));
  const septets = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = fillBits + i * 7;
    const octet = at >> 3;
    const pair = octets[octet]! | ((octets[octet + 1] ?? 0) << 8);
    septets[i] = (pair >> (at & 7)) & 0x7f;
  }
  const last = septets.at(-1);
  const isPadded = bits % 7 === 0 && (last === 0 || last === 0x0d);
  return isPadded ? septets.subarray(0, -1) : septets;
}
