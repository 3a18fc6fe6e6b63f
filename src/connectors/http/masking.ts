// Masks the answer of a carrier for the operator: its form and its words stay, and everything that can be a text or a number of
// its messages is removed. Used by exchanges.ts, and by the readers of answers and receipts for short reasons. Pure.
// It keeps only what it knows to be harmless, because carriers repeat a text in forms that no list of escapes has: short ASCII
// words that no text has, and numbers of at most five digits.

/** Longer answers are read to this length: some 600 characters of them are shown. */
const maxRead = 4_000;
const maxParsed = 65_536;
const maxWord = 40;
/** Of letters and digits mixed: a code of a carrier. Longer ones can be a text in hexadecimal or Base64. */
const maxMixed = 6;
/** A cut or joined word of a text shares as many letters with it. */
const gramLength = 5;

/** More characters of texts take longer than an answer is worth: its words are then hidden without a look at them. */
const maxTextLength = 50_000;

/** Words of texts and secrets, and parts of them. */
export interface HiddenWords {
  readonly words: ReadonlySet<string>;
  readonly grams: ReadonlySet<string>;
}

/** Null: every word is hidden. */
export function hiddenWordsOf(texts: readonly string[]): HiddenWords | null {
  if (texts.reduce((sum, text) => sum + text.length, 0) > maxTextLength) return null;
  const words = new Set(texts.flatMap(wordsOf));
  const grams = new Set<string>();
  for (const word of words)
    for (let at = 0; at + gramLength <= word.length; at++) grams.add(word.slice(at, at + gramLength));
  return { words, grams };
}

/** A code with spaces between its digits is also one word. */
function wordsOf(text: string): string[] {
  const folded = fold(text);
  const codes = folded.match(/\d+(?:[ .-]\d+)+/g) ?? [];
  return [...(folded.match(/[a-z0-9]+/g) ?? []), ...codes.map((code) => code.replace(/\D/g, ''))];
}

/** Without accents and case, as carriers transliterate. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[œæß]/g, (letter) => ({ œ: 'oe', æ: 'ae', ß: 'ss' })[letter]!);
}

const piece = /(\+?\d(?:[^A-Za-z0-9]{0,3}\d){5,})|([A-Za-z0-9]+)|([^\x20-\x7e]+)/g;
/** In JSON, no text has such a name: its quotation marks are escaped. */
const member = /("[A-Za-z_-]{1,40}"\s*:)/;

/** Names of members of JSON stay. */
export function maskAnswer(body: string, hidden: HiddenWords | null): string {
  const parts = isJson(body) ? body.slice(0, maxRead).split(member) : [body.slice(0, maxRead)];
  return parts.map((part, at) => (at % 2 === 1 ? part : maskWords(part, hidden))).join('');
}

function isJson(body: string): boolean {
  try {
    return body.length <= maxParsed && JSON.parse(body) !== undefined;
  } catch {
    return false;
  }
}

function maskWords(part: string, hidden: HiddenWords | null): string {
  return decode(part).replace(piece, (_all, digits?: string, word?: string) => {
    if (digits !== undefined) return maskNumber(digits);
    return word === undefined || hidden === null ? '…' : maskWord(word, hidden);
  });
}

/** A code or a short sentence of a carrier, for logs and the timeline of a message: printable, short, without whole numbers. */
export function shortReason(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/\+?\d(?:[ .()/-]{0,3}\d){6,}/g, (digits) => maskNumber(digits).replace('…', '...'))
    .slice(0, 60);
}

/** The end of a number, from which its owner can be told apart from others by support. */
export function maskNumber(written: string): string {
  const digits = written.replace(/\D/g, '');
  return digits.length >= 10 ? `${digits.slice(0, 4)}…${digits.slice(-2)}` : `…${digits.slice(-2)}`;
}

function maskWord(word: string, { words, grams }: HiddenWords): string {
  const folded = word.toLowerCase();
  const isMixed = /\d/.test(word) && /[a-z]/i.test(word);
  if (word.length > maxWord || (isMixed && word.length > maxMixed)) return `${word.slice(0, 2)}…`;
  if (words.has(folded)) return '…';
  for (let at = 0; at + gramLength <= folded.length; at++)
    if (grams.has(folded.slice(at, at + gramLength))) return '…';
  return word;
}

/** Escapes of JSON, of XML and of URLs, so that words are whole; the masks do not depend on it. */
function decode(body: string): string {
  return body
    .replace(/\\u([0-9a-f]{4})/gi, (_all, code: string) =>
      fold(String.fromCharCode(Number.parseInt(code, 16))),
    )
    .replace(/\\[bfnrt]/g, ' ')
    .replace(/&#x([0-9a-f]{1,6});/gi, (all, code: string) => characterOf(Number.parseInt(code, 16)) ?? all)
    .replace(/&#(\d{1,7});/g, (all, code: string) => characterOf(Number(code)) ?? all)
    .replace(/&([a-z])(?:acute|grave|circ|uml|cedil|tilde|ring);/gi, '$1')
    .replace(/(?:%[0-9a-f]{2})+/gi, (all) => decodePercent(all))
    .replace(/[^\x20-\x7e]+/g, fold);
}

function characterOf(code: number): string | null {
  return code <= 0x10ffff ? fold(String.fromCodePoint(code)) : null;
}

function decodePercent(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return '…';
  }
}
