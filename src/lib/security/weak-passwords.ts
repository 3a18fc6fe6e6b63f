// Recognizes passwords that guessing programs try first: common words with digits around them, runs of the keyboard or the
// alphabet, repetitions. Used when a person chooses a password. A rule instead of a list: of the frequent passwords that are
// published, those of 12 characters or more are nearly all of these three kinds.

const minPasswordLength = 12;
const maxPasswordBytes = 256;

const words = [
  'password',
  'passwort',
  'motdepasse',
  'secret',
  'letmein',
  'welcome',
  'bienvenue',
  'bonjour',
  'administrator',
  'administrateur',
  'admin',
  'root',
  'chappe',
  'console',
  'iloveyou',
  'jetaime',
  'sunshine',
  'princess',
  'football',
  'baseball',
  'superman',
  'batman',
  'dragon',
  'monkey',
  'master',
  'qwerty',
  'azerty',
  'qwertz',
  'changeme',
  'trustno',
  'whatever',
  'computer',
  'internet',
  'default',
  'soleil',
  'doudou',
  'marseille',
  'france',
  'google',
  'facebook',
  'linkedin',
  'test',
  'user',
  'login',
  'pass',
  'abc',
];

const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
].flatMap((run) => [run, [...run].toReversed().join('')]);

/** Letters that are written as digits and signs. */
const substitutes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

export type WeakPassword = 'short' | 'long' | 'frequent' | 'own-email';

/** Null: it can be used. */
export function weaknessOf(password: string, email: string | null): WeakPassword | null {
  const normal = password.normalize('NFC');
  if ([...normal].length < minPasswordLength) return 'short';
  if (new TextEncoder().encode(normal).length > maxPasswordBytes) return 'long';
  const plain = normal.toLowerCase();
  if (email !== null && isMostly(plain, [email.toLowerCase(), email.toLowerCase().split('@')[0]!]))
    return 'own-email';
  if (isRepetition(plain) || isRun(plain)) return 'frequent';
  const spelled = plain.replace(/[013457@$]/g, (sign) => substitutes[sign]!);
  return isMostly(plain, words) || isMostly(spelled, words) ? 'frequent' : null;
}

/** A unit of at most four characters, again and again. */
function isRepetition(text: string): boolean {
  for (let length = 1; length <= 4; length++) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return true;
  }
  return new Set(text).size < 4;
}

/** Runs of four characters and more make up nearly all of it. */
function isRun(text: string): boolean {
  let rest = text.length;
  for (let at = 0; at < text.length; ) {
    let length = 0;
    for (const run of runs)
      while (length < text.length - at && run.includes(text.slice(at, at + length + 1))) length++;
    if (length >= 4) rest -= length;
    at += Math.max(length, 1);
  }
  return rest <= 2;
}

/** Nothing but these words, digits, and at most three other characters. */
function isMostly(text: string, parts: readonly string[]): boolean {
  let rest = text;
  for (const part of [...parts].sort((a, b) => b.length - a.length))
    if (part.length >= 3) rest = rest.replaceAll(part, '');
  return rest.length < text.length && rest.replace(/\d/g, '').length <= 3;
}
