// National language tables of the GSM alphabet (3GPP TS 23.038 Annex A), which a user data header selects. Used by udh.ts and
// alphabet.ts for the texts of phones; no text is sent with them. Turkish, Spanish and Portuguese are whole. Of the ten
// Indian languages and Urdu only the characters that their tables share are read (Latin letters, digits, signs), so that a
// STOP is recognized; the others become the replacement character.

/** Characters by septet that differ from the default table, and the replacement for all others, if any. */
export interface ShiftTable {
  readonly characters: ReadonlyMap<number, string>;
  /** Null: other septets have their meaning in the default tables. */
  readonly otherwise: string | null;
}

export interface NationalTables {
  readonly locking: ShiftTable | null;
  readonly single: ShiftTable | null;
}

/** Characters of consecutive septets, by the first septet. */
function tableOf(runs: Readonly<Record<number, string>>, otherwise: string | null = null): ShiftTable {
  const characters = new Map<number, string>();
  for (const [first, run] of Object.entries(runs))
    for (const [index, character] of [...run].entries()) characters.set(Number(first) + index, character);
  return { characters, otherwise };
}

const turkish = 1;
const spanish = 2;
const portuguese = 3;
/** Bengali, Gujarati, Hindi, Kannada, Malayalam, Oriya, Punjabi, Tamil, Telugu, Urdu. */
const lastLanguage = 13;

// The tables also have the characters of the default extension table, which alphabet.ts adds.
const single: Readonly<Record<number, ShiftTable>> = {
  [turkish]: tableOf({
    [0x47]: 'Ğ',
    [0x49]: 'İ',
    [0x53]: 'Ş',
    [0x63]: 'ç',
    [0x67]: 'ğ',
    [0x69]: 'ı',
    [0x73]: 'ş',
  }),
  [spanish]: tableOf({
    [0x09]: 'ç',
    [0x41]: 'Á',
    [0x49]: 'Í',
    [0x4f]: 'Ó',
    [0x55]: 'Ú',
    [0x61]: 'á',
    [0x69]: 'í',
    [0x6f]: 'ó',
    [0x75]: 'ú',
  }),
  [portuguese]: tableOf({
    [0x05]: 'ê',
    [0x09]: 'ç',
    [0x0b]: 'Ôô',
    [0x0e]: 'Áá',
    [0x12]: 'ΦΓ^ΩΠΨΣΘ',
    [0x1f]: 'Ê',
    [0x41]: 'À',
    [0x49]: 'Í',
    [0x4f]: 'Ó',
    [0x55]: 'Ú',
    [0x5b]: 'ÃÕ',
    [0x61]: 'Â',
    [0x69]: 'í',
    [0x6f]: 'ó',
    [0x75]: 'ú',
    [0x7b]: 'ãõ',
    [0x7f]: 'â',
  }),
};
const locking: Readonly<Record<number, ShiftTable>> = {
  [turkish]: tableOf({
    [0x04]: '€',
    [0x07]: 'ı',
    [0x0b]: 'Ğğ',
    [0x1c]: 'Şş',
    [0x40]: 'İ',
    [0x60]: 'ç',
  }),
  [portuguese]: tableOf({
    [0x04]: 'êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|',
    [0x1c]: 'ÂâÊÉ',
    [0x24]: 'º',
    [0x40]: 'Í',
    [0x5b]: 'ÃÕÚÜ§~',
    [0x7b]: 'ãõ`üà',
  }),
};

const letters = 'abcdefghijklmnopqrstuvwxyz';
const capitals = letters.toUpperCase();
const unread = '\ufffd';
const sharedLocking = tableOf(
  {
    [0x0a]: '\n',
    [0x0d]: '\r',
    [0x20]: ' !',
    [0x28]: ')(',
    [0x2c]: ',',
    [0x2e]: '.',
    [0x30]: '0123456789:;',
    [0x3f]: '?',
    [0x61]: letters,
  },
  unread,
);
const sharedSingle = tableOf(
  {
    [0x00]: '@£$¥¿"¤%&\'\f*+',
    [0x0e]: '-/<=>¡^¡_#*',
    [0x28]: '{}',
    [0x2f]: '\\',
    [0x3c]: '[~]',
    [0x40]: `|${capitals}`,
    [0x65]: '€',
  },
  unread,
);

/** The tables of the languages of a header, 0 or absent: none. A language without its own table has none. */
export function nationalTables(lockingLanguage: number, singleLanguage: number): NationalTables | null {
  const isOther = (language: number) => language > portuguese && language <= lastLanguage;
  const tables = {
    locking: isOther(lockingLanguage) ? sharedLocking : (locking[lockingLanguage] ?? null),
    single: isOther(singleLanguage) ? sharedSingle : (single[singleLanguage] ?? null),
  };
  return tables.locking === null && tables.single === null ? null : tables;
}
