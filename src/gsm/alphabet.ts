// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1), as octets: one septet in each,
// unpacked, the form that SMPP carries. Serves everything that measures, cuts or sends a text.
// It never guesses: what the alphabet lacks is not encodable here; optimize.ts is the place that replaces.

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Second septet after an escape → character. */
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

// One entry for each UTF-16 code unit: septets taken (0 = not in the alphabet) and the last septet.
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

/** Septets one UTF-16 code unit takes: 1, 2 for the extension table, 0 when the alphabet lacks it. */
export function septetsOf(codeUnit: number): number {
  return widths[codeUnit]!;
}

/** Length in septets, or -1 when the text does not fit the alphabet. */
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

/** One septet in each octet, not packed. The caller has checked that the text fits: it throws otherwise. */
export function encodeGsm7(text: string): Uint8Array {
  const length = gsm7Length(text);
  if (length < 0) throw new Error('assertion failed: the text does not fit the GSM alphabet');
  const octets = new Uint8Array(length);
  writeGsm7(text, octets, 0);
  return octets;
}

/** The same into memory at hand, from `at` on; answers where it ended. For texts that are known to fit. */
export function writeGsm7(text: string, octets: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (widths[code] === 2) octets[at++] = escapeSeptet;
    octets[at++] = septets[code]!;
  }
  return at;
}

/**
 * Reads unpacked septets; the eighth bit is ignored. As TS 23.038 §6.2.1.1 asks, an escape before a septet that the
 * extension table lacks shows the basic character, and an escape before another escape, or a last one, a blank.
 */
export function decodeGsm7(octets: Uint8Array): string {
  let text = '';
  for (let i = 0; i < octets.length; i++) {
    const septet = octets[i]! & 0x7f;
    if (septet !== escapeSeptet) {
      text += String.fromCharCode(basicCodes[septet]!);
      continue;
    }
    i++;
    const next = i < octets.length ? octets[i]! & 0x7f : escapeSeptet;
    if (next === escapeSeptet) text += ' ';
    else text += String.fromCharCode(extensionCodes[next]! || basicCodes[next]!);
  }
  return text;
}
