// Text by its data_coding (SMPP 3.4 §5.2.19; 3GPP TS 23.038 §4), or octets that are no text. Used by the connectors for replies
// and by the SMPP dialect for submissions. Never throws: an unknown octet becomes the replacement character.
import { decodeGsm7, unpackSeptets } from './alphabet.ts';
import type { NationalTables } from './national-tables.ts';

export interface DecodedContent {
  readonly text: string;
  /** `text` contains the octets in hexadecimal. */
  readonly isBinary: boolean;
}

export type Alphabet =
  | 'gsm7'
  | 'latin1'
  | 'utf-16'
  | 'binary'
  | 'unreadable'
  | 'iso-8859-5'
  | 'iso-8859-8'
  | 'shift_jis'
  | 'euc-jp'
  | 'iso-2022-jp'
  | 'euc-kr';

/** SMPP 3.4 §5.2.19. 9 is pictograms (Shift-JIS by NTT's convention), 10 music codes (ISO-2022-JP). */
const alphabets: readonly Alphabet[] = [
  ...(['gsm7', 'latin1', 'binary', 'latin1', 'binary', 'shift_jis', 'iso-8859-5', 'iso-8859-8'] as const),
  ...(['utf-16', 'shift_jis', 'iso-2022-jp', 'latin1', 'latin1', 'euc-jp', 'euc-kr', 'latin1'] as const),
];

/** 0 is GSM. 3GPP TS 23.038 §4, for the groups that SMPP leaves to GSM. */
function alphabetOf(dataCoding: number): Alphabet {
  if (dataCoding < 0x10) return alphabets[dataCoding]!;
  if (dataCoding >= 0xf0) return dataCoding & 0x04 ? 'binary' : 'gsm7';
  if (dataCoding >= 0xe0) return 'utf-16';
  if (dataCoding >= 0x80) return 'gsm7';
  if (dataCoding & 0x20) return 'unreadable'; // compressed
  const bits = dataCoding & 0x0c;
  return bits === 0x08 ? 'utf-16' : bits === 0x04 ? 'binary' : 'gsm7';
}

const ia5 = 1;

/**
 * The alphabet of these octets. Quirk: the npm package `smpp` announces data_coding 1 (IA5) and writes GSM septets; control
 * characters that no text has (`é` is 0x05, `@` 0x00, the escape of `€` 0x1b) show it. Texts whose septets are all printable
 * in IA5 stay IA5: `ü` alone is `~`.
 */
export function alphabetOfText(octets: Uint8Array, dataCoding: number): Alphabet {
  if (dataCoding !== ia5) return alphabetOf(dataCoding);
  // Quirk: some clients end the text with a NUL.
  const text = octets.at(-1) === 0 ? octets.subarray(0, -1) : octets;
  const isSeptets = text.every((octet) => octet < 0x80);
  return isSeptets && text.some(isNoCharacter) ? 'gsm7' : alphabetOf(dataCoding);
}

function isNoCharacter(octet: number): boolean {
  return octet === 0x7f || (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d);
}

/** Message waiting, discard the text (23.038 §4, groups C0 to CF): an indicator on the phone, without a text. */
export function isWaitingIndication(dataCoding: number): boolean {
  return dataCoding >= 0xc0 && dataCoding <= 0xcf;
}

/** What data_coding 0 means on a link: GSM, one septet in each octet or packed, or ISO-8859-1. */
export const defaultAlphabets = ['gsm', 'packed', 'latin1'] as const;
export type DefaultAlphabet = (typeof defaultAlphabets)[number];

/** Facts beside the octets. */
export interface ContentForm {
  /** They are for an application port. */
  readonly isAddressed?: boolean;
  /** Of the header. */
  readonly tables?: NationalTables | null;
  /** Octets of the header: packed septets continue after it. */
  readonly headerLength?: number;
  readonly defaultAlphabet?: DefaultAlphabet;
}

/** `octets` are without a header. */
export function decodeContent(
  octets: Uint8Array,
  dataCoding: number,
  { isAddressed = false, tables = null, headerLength = 0, defaultAlphabet = 'gsm' }: ContentForm = {},
): DecodedContent {
  const alphabet = alphabetOfText(octets, dataCoding);
  // Quirk: carriers send texts as octets (data_coding 2, 4, F4); a STOP among them must be recognized.
  const isPlain = alphabet === 'binary' && octets.length > 0 && octets.every(isPrintable);
  if (isAddressed || alphabet === 'unreadable' || (alphabet === 'binary' && !isPlain))
    return { text: Buffer.from(octets).toString('hex'), isBinary: true };
  if (alphabet === 'gsm7' && (defaultAlphabet !== 'latin1' || dataCoding !== 0)) {
    const isPacked = defaultAlphabet === 'packed' && dataCoding !== ia5;
    const septets = isPacked ? unpackSeptets(octets, headerLength) : octets;
    return { text: decodeGsm7(septets, tables), isBinary: false };
  }
  const isLatin = isPlain || alphabet === 'gsm7';
  return { text: decodeText(octets, isLatin ? 'latin1' : alphabet), isBinary: false };
}

function isPrintable(octet: number): boolean {
  return (octet >= 0x20 && octet < 0x7f) || octet === 0x0a || octet === 0x0d;
}

export function decodeText(octets: Uint8Array, alphabet: Alphabet): string {
  switch (alphabet) {
    case 'gsm7':
      return decodeGsm7(octets);
    case 'utf-16':
      return decodeUtf16(octets);
    case 'latin1':
      // Not TextDecoder: its "latin1" is Windows-1252.
      return Buffer.from(octets).toString('latin1');
    default:
      return decodeJapanese(octets, alphabet) ?? new TextDecoder(alphabet).decode(octets);
  }
}

/**
 * Quirk: data_coding 5 and 13 name a character set and no encoding; carriers use any of the three. Escapes mark
 * ISO-2022-JP, and well-formed EUC-JP is read as EUC-JP.
 */
function decodeJapanese(octets: Uint8Array, alphabet: Alphabet): string | null {
  if (alphabet !== 'shift_jis' && alphabet !== 'euc-jp') return null;
  if (octets.includes(0x1b)) return new TextDecoder('iso-2022-jp').decode(octets);
  if (alphabet === 'shift_jis') return new TextDecoder('shift_jis').decode(octets);
  try {
    return new TextDecoder('euc-jp', { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder('shift_jis').decode(octets);
  }
}

/** Big-endian; a byte order mark is removed. An odd octet at the end is half a character and is dropped. */
function decodeUtf16(octets: Uint8Array): string {
  const whole = Buffer.from(octets.subarray(0, octets.length & ~1));
  if (whole[0] === 0xff && whole[1] === 0xfe) return whole.toString('utf16le', 2);
  const text = whole.swap16().toString('utf16le');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** The class of a message (3GPP TS 23.038 §4): groups 1x, 3x, 5x, 7x and Fx have one. Null: none. */
export function messageClassOf(dataCoding: number): 0 | 1 | 2 | 3 | null {
  const hasClass = dataCoding >= 0xf0 || (dataCoding < 0x80 && (dataCoding & 0x10) !== 0);
  return hasClass ? ((dataCoding & 0x03) as 0 | 1 | 2 | 3) : null;
}
