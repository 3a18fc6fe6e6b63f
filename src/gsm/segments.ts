// The length of a text and its split into segments (3GPP TS 23.040 §9.2.3.24.1). Used by pricing and by the connectors,
// which must agree: a text priced as n segments is sent as n segments. Never separates an escape from its character or the
// halves of a surrogate pair.

import { gsm7Length, septetsOf } from './alphabet.ts';

export interface Measure {
  readonly encoding: 'gsm7' | 'ucs2';
  /** Septets or UTF-16 code units. */
  readonly units: number;
  readonly segments: number;
}

const maxSingle = { gsm7: 160, ucs2: 70 } as const;

// A segment has 140 octets. The header of a concatenated one has 6 octets with an 8-bit reference and 7 with a 16-bit one;
// the text begins at a septet boundary, or at a whole UCS-2 unit.
const maxConcatenated = {
  '8bit': { gsm7: 153, ucs2: 67 },
  '16bit': { gsm7: 152, ucs2: 66 },
} as const;

/**
 * The encoding of a text, its length, and its number of segments with an 8-bit reference. A smaller
 * `concatenatedCharsPerPart` (137) changes the number of GSM segments in a bill, not the split.
 */
export function measure(
  text: string,
  concatenatedCharsPerPart: number = maxConcatenated['8bit'].gsm7,
): Measure {
  const septets = gsm7Length(text);
  if (septets >= 0) {
    const segments =
      septets <= maxSingle.gsm7
        ? 1
        : septets === text.length
          ? Math.ceil(septets / concatenatedCharsPerPart)
          : countParts(text, 'gsm7', concatenatedCharsPerPart);
    return { encoding: 'gsm7', units: septets, segments };
  }
  const units = text.length;
  const segments = units <= maxSingle.ucs2 ? 1 : countParts(text, 'ucs2', maxConcatenated['8bit'].ucs2);
  return { encoding: 'ucs2', units, segments };
}

/**
 * The parts of a text, or the whole text if it fits into one segment. A 16-bit reference leaves one unit less in each part.
 */
export function splitText(
  text: string,
  encoding: 'gsm7' | 'ucs2',
  reference: '8bit' | '16bit' = '8bit',
): string[] {
  const units = encoding === 'gsm7' ? gsm7Length(text) : text.length;
  if (units <= maxSingle[encoding]) return [text];
  const limit = maxConcatenated[reference][encoding];
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = partEnd(text, start, encoding, limit);
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

function countParts(text: string, encoding: 'gsm7' | 'ucs2', limit: number): number {
  let count = 0;
  for (let start = 0; start < text.length; start = partEnd(text, start, encoding, limit)) count++;
  return count;
}

/** End of the part that begins at `start`: at most `limit` units, without cutting a character. */
function partEnd(text: string, start: number, encoding: 'gsm7' | 'ucs2', limit: number): number {
  if (encoding === 'ucs2') {
    const end = start + limit;
    if (end >= text.length) return text.length;
    return isHighSurrogate(text.charCodeAt(end - 1)) && isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end;
  }
  let units = 0;
  for (let i = start; i < text.length; i++) {
    units += septetsOf(text.charCodeAt(i));
    if (units > limit) return i;
  }
  return text.length;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
