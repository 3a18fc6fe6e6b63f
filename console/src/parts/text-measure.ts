// Length, segments and costly letters of a text, by the same functions that the server bills with. Used by Counter and
// PhonePreview. Never counts in another way: a difference would be a wrong price.
import { isGsm7, septetsOf } from '../../../src/gsm/alphabet.ts';
import { optimizeText } from '../../../src/gsm/optimize.ts';
import { measure, splitText } from '../../../src/gsm/segments.ts';

export interface TextMeasure {
  readonly encoding: 'gsm7' | 'ucs2';
  readonly units: number;
  readonly segments: number;
  /** Units that the present number of segments holds. */
  readonly capacity: number;
  /** Characters outside the GSM alphabet, each once, in the order of the text. */
  readonly outside: readonly string[];
  /** Characters of the extension table, each once: they count two. */
  readonly doubled: readonly string[];
  /** Units to remove so that one segment less is needed; null for one segment. */
  readonly toSaveOne: number | null;
  /** The shorter form, if the optimization changes the text. */
  readonly optimized: string | null;
}

const single = { gsm7: 160, ucs2: 70 } as const;
const joinedUcs2 = 67;

/** `charsPerSegment`: septets of a part of a long text, a setting of the account. */
export function measureText(text: string, charsPerSegment: 153 | 137 = 153): TextMeasure {
  const { encoding, units, segments } = measure(text, charsPerSegment);
  const joined = { gsm7: charsPerSegment, ucs2: joinedUcs2 };
  const characters = [...new Set(text)];
  const capacity = segments <= 1 ? single[encoding] : segments * joined[encoding];
  const lower = segments === 2 ? single[encoding] : (segments - 1) * joined[encoding];
  const optimized = optimizeText(text);
  return {
    encoding,
    units,
    segments: text === '' ? 0 : segments,
    capacity,
    outside: encoding === 'ucs2' ? characters.filter((character) => !isGsm7(character)) : [],
    doubled:
      encoding === 'gsm7' ? characters.filter((character) => septetsOf(character.charCodeAt(0)) === 2) : [],
    toSaveOne: segments > 1 ? units - lower : null,
    optimized: optimized === text ? null : optimized,
  };
}

/** The text in the parts that the phone joins. */
export const segmentsOf = (text: string): readonly string[] => splitText(text, measure(text).encoding);
