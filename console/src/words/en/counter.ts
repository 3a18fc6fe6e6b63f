// English words of the counter of segments.
import { counted, number } from '../format.ts';

export const counter = {
  of: (units: number, capacity: number) => `${number(units)} of ${number(capacity)}`,
  segments: (count: number) => counted(count, 'segment', 'segments'),
  outside: (letters: readonly string[], count: number) =>
    `${letters.join(' ')}${count > letters.length ? ' …' : ''} ${count === 1 ? 'is' : 'are'} not in the GSM alphabet: each segment holds 70 characters instead of 160.`,
  gain: (after: number | null, now: number) =>
    after === null ? '' : `${counted(now, 'segment', 'segments')} instead of ${number(after)}.`,
  replace: 'Use GSM letters',
  doubled: (letters: readonly string[]) =>
    `${letters.join(' ')} count${letters.length === 1 ? 's' : ''} as two characters.`,
  toSaveOne: (units: number) => `Remove ${counted(units, 'character', 'characters')} to save one segment.`,
};
