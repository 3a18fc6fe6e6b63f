// Mots français du compteur de segments.
import type { counter as english } from '../en/counter.ts';
import { counted, number } from '../format.ts';

export const counter: typeof english = {
  of: (units, capacity) => `${number(units)} sur ${number(capacity)}`,
  segments: (count) => counted(count, 'segment', 'segments'),
  outside: (letters, count) =>
    `${letters.join(' ')}${count > letters.length ? ' …' : ''} ${count === 1 ? 'n’appartient' : 'n’appartiennent'} pas à l’alphabet GSM\u00a0: chaque segment contient 70 caractères au lieu de 160.`,
  gain: (after, now) =>
    after === null ? '' : `${counted(now, 'segment', 'segments')} au lieu de ${number(after)}.`,
  replace: 'Écrire en lettres GSM',
  doubled: (letters) =>
    `${letters.join(' ')} ${letters.length === 1 ? 'compte' : 'comptent'} pour deux caractères.`,
  toSaveOne: (units) => `Retirer ${counted(units, 'caractère', 'caractères')} pour économiser un segment.`,
};
