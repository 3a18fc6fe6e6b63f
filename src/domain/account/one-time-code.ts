// One-time codes: their alphabet, and the text with a code. Used by the service that sends and checks codes, which draws
// the random characters.

export interface CodeAlphabetChoice {
  readonly digits: boolean;
  readonly upperCase: boolean;
  readonly lowerCase: boolean;
  readonly specialChars: boolean;
  /** Excludes characters that people confuse. */
  readonly withoutConfusing: boolean;
}

const digits = '0123456789';
const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** One septet each in the GSM alphabet. */
const specialChars = '!#%&*+-=?@';
const confusing = /[01OoIilL]/g;

/** The characters of a code, each once. Without any choice: digits. */
export function codeAlphabet(choice: CodeAlphabetChoice): string {
  let alphabet = '';
  if (choice.digits) alphabet += digits;
  if (choice.upperCase) alphabet += upperCase;
  if (choice.lowerCase) alphabet += upperCase.toLowerCase();
  if (choice.specialChars) alphabet += specialChars;
  if (alphabet === '') alphabet = digits;
  return choice.withoutConfusing ? alphabet.replace(confusing, '') : alphabet;
}

/**
 * The text with the code instead of `{code}` and `expiry` instead of `{hh:mm:ss}`. Without `{code}` the code is appended:
 * two clients send texts that end in a space (docs/dialects/octopush.md#rest-one-time-passwords).
 */
export function codeText(text: string, code: string, expiry: string): string {
  const withExpiry = text.replaceAll('{hh:mm:ss}', expiry);
  if (withExpiry.includes('{code}')) return withExpiry.replaceAll('{code}', () => code);
  if (withExpiry.trim() === '') return code;
  return /\s$/.test(withExpiry) ? withExpiry + code : `${withExpiry} ${code}`;
}

/**
 * The code that a client sent as a number, as PHP and spreadsheets make of 006748, with its lost zeros. A number with a
 * sign, a point or an exponent is no code.
 */
export function withLostZeros(number: string, codeLength: number): string {
  return /^\d+$/.test(number) ? number.padStart(codeLength, '0') : number;
}
