// Recognizes an opt-out in a reply. Used by the reply recorder. The first word decides: STOP and words without another
// meaning count with any text after them. A word with other uses (cancel, arrêter, basta) counts only with words of an
// opt-out. A sentence with one of the words inside ("please stop by at 5") never counts.

import {
  companionWords,
  exactWords,
  leadIns,
  ordinaryWords,
  phrases,
  stopTypos,
  stopWords,
  unlessFollowedBy,
  wordsWithoutSpaces,
} from './opt-out-words.ts';

/** Error of a message that was not sent because its recipient had opted out. */
export const optedOutError = 'opted out';

const wordSet = (lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => line.split(' ')).map(foldWord));

const stop = wordSet(stopWords);
const typos = wordSet(stopTypos);
const ordinary = wordSet(ordinaryWords);
const exact = wordSet(exactWords);
const companions = wordSet(companionWords);
const lead = wordSet(leadIns);
const notAfterStop = wordSet(unlessFollowedBy);
const openings = phrases.map((phrase) => phrase.split(' ').map(foldWord));
const unspaced = wordsWithoutSpaces.map(foldWord);

/** In characters; longer texts are cut, since the beginning decides. */
const maxLength = 1_000;

export function isStop(text: string): boolean {
  const words = wordsOf(text.slice(0, maxLength));
  if (words.length === 0) return false;
  if (words.length === 1 && (exact.has(words[0]!) || isOptOutWord(words[0]!))) return true;
  if (isSpelledApart(words)) return true;
  if (isStopWord(words[0]!)) return !isOtherwise(words);
  if (openings.some((opening) => opening.every((word, i) => words[i] === word))) return true;
  const start = words.findIndex((word) => !lead.has(word));
  if (start < 0) return false;
  return isOptOutWord(words[start]!) && words.slice(start + 1).every(goesAlong);
}

/** "stop by", "stop or go": the word is part of another expression. */
function isOtherwise(words: readonly string[]): boolean {
  return words.length > 1 && notAfterStop.has(words[1]!);
}

/** STOP36180, STOP2QUIT, 36180STOP: the word joined with a short code or an explanation. */
function isStopWord(word: string): boolean {
  return stop.has(word) || /^STOP\d/.test(word) || /^\d{4,6}STOP$/.test(word) || startsUnspaced(word);
}

/** In scripts without spaces, the word begins the text. */
function startsUnspaced(word: string): boolean {
  return unspaced.some((start) => word.startsWith(start));
}

function isOptOutWord(word: string): boolean {
  return isStopWord(word) || typos.has(word) || ordinary.has(word);
}

function goesAlong(word: string): boolean {
  return isOptOutWord(word) || companions.has(word) || lead.has(word) || /^\d{1,6}$/.test(word);
}

/** S T O P, s.t.o.p, ST OP, opt out. */
function isSpelledApart(words: readonly string[]): boolean {
  if (words.length < 2 || words.length > 12) return false;
  const joined = foldWord(words.join(''));
  return stop.has(joined) || typos.has(joined);
}

/**
 * Upper case without accents and marks; repeated letters count once (STOOOP); each Arabic letter has one form; invisible
 * characters are removed.
 */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\u0640]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(foldWord);
}

function foldWord(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\u0640]/gu, '')
    .toUpperCase()
    .replaceAll('ı', 'I')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه')
    .replace(/(\p{L})\1+/gu, '$1');
}
