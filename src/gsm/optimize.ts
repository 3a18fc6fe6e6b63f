// Replaces characters that the GSM alphabet lacks by their nearest GSM form and removes needless spaces, so that a text has
// fewer segments. Used by the plan. Never changes a character that GSM has (é è à ù ì ò ñ ö ü ä ß Ç …). A text that needs
// UCS-2 afterwards, for an emoji or Cyrillic letters, keeps its accents.

import { isGsm7 } from './alphabet.ts';

/** Characters without a Unicode decomposition, or with a worse one. An empty form removes the character. */
const nearestForms: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '‘’‚‛′`´ʹʼ‹›': "'",
    '“”„‟″«»': '"',
    '‐‑‒–—―−•·': '-',
    '…': '...',
    '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\v':
      ' ',
    '\u2028\u2029\u0085': '\n',
    '\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufeff': '',
    œ: 'oe',
    Œ: 'OE',
    đð: 'd',
    ĐÐ: 'D',
    ħ: 'h',
    Ħ: 'H',
    ı: 'i',
    ł: 'l',
    Ł: 'L',
    ŋ: 'n',
    Ŋ: 'N',
    ŧ: 't',
    Ŧ: 'T',
    þ: 'th',
    Þ: 'Th',
    ẞ: 'SS',
    µμ: 'u',
    '×': 'x',
    '÷⁄': '/',
    '°': 'o',
    '©': '(c)',
    '®': '(r)',
    '™': '(tm)',
    '→': '->',
    '←': '<-',
    '≤': '<=',
    '≥': '>=',
    '≠': '!=',
    '¢': 'c',
    '¦': '|',
    '№': 'No',
  }).flatMap(([characters, form]) => [...characters].map((character) => [character, form] as const)),
);

const combiningMarks = /\p{M}/gu;
const spaces = /[ \t\u00a0\u202f]{2,}/g;
const spacesAroundLines = /[ \t\u00a0\u202f]*(?:\r\n?|\n)[ \t\u00a0\u202f]*/g;
const emptyLines = /\n{3,}/g;
const needsFolding = /[ \t\u00a0\u202f]{2}|^\s|\s$|\r|[ \t\u00a0\u202f]\n|\n[ \t\u00a0\u202f]|\n{3}/;

/** Returns the same text if there is no gain. */
export function optimizeText(text: string): string {
  const replaced = isGsm7(text) ? text : (nearestGsm7(text) ?? text);
  return needsFolding.test(replaced) ? foldSpaces(replaced) : replaced;
}

/** One space between words, none at the ends of lines or of the text, at most one empty line in a row. */
function foldSpaces(text: string): string {
  return text.replace(spacesAroundLines, '\n').replace(emptyLines, '\n\n').replace(spaces, ' ').trim();
}

/** The text in GSM characters only, or null if a character has no GSM form. */
function nearestGsm7(text: string): string | null {
  let result = '';
  // Composed first: e with a combining acute is the é that GSM has.
  for (const character of text.normalize('NFC')) {
    const form = isGsm7(character) ? character : nearestForm(character);
    if (form === null) return null;
    result += form;
  }
  return result;
}

function nearestForm(character: string): string | null {
  const known = nearestForms.get(character);
  if (known !== undefined) return known;
  // Compatibility decomposition of the others: ê is e with a mark, ﬁ is fi, ² is 2, a full-width A is A.
  const decomposed = character.normalize('NFKD').replace(combiningMarks, '');
  let form = '';
  for (const part of decomposed) {
    const simple = isGsm7(part) ? part : nearestForms.get(part);
    if (simple === undefined) return null;
    form += simple;
  }
  // Only marks were left, such as an emoji's variation selector: the text reads the same without them.
  return form;
}
