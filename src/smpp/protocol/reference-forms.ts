// The notations of a message id: the same in the receipt as in the answer to submit_sm, or hexadecimal in one and
// decimal in the other. Used by the reading of receipts and by the detection of a link's notation.
// Leading zeros and the case of letters are compared away in every notation.

/**
 * same        the receipt repeats the id of the answer
 * hex-to-dec  the answer is hexadecimal, the receipt decimal (Quirk: Vonage, and SMPP 3.3 Appendix C)
 * dec-to-hex  the answer is decimal, the receipt hexadecimal
 */
export type ReferenceForm = 'same' | 'hex-to-dec' | 'dec-to-hex';

export const referenceForms: readonly ReferenceForm[] = ['same', 'hex-to-dec', 'dec-to-hex'];

/** Decimal digits of 64 bits are 20; ids of 40 are seen. Longer digits are a text, not a number. */
const maxNumberDigits = 40;

/** A reference as it is stored: an id of digits without its leading zeros, anything else as it is. */
export function storedReference(id: string): string {
  if (id.charCodeAt(0) !== 0x30) return id;
  return /^0+[0-9a-f]+$/i.test(id) ? id.replace(/^0+(?=.)/, '') : id;
}

/** Stored ids that can belong to a receipt with this id, in one notation; the most probable first, empty if none fits. */
export function referencesIn(form: ReferenceForm, id: string): string[] {
  const references: string[] = [];
  if (form === 'same') {
    add(references, id);
    addCases(references, storedReference(id));
  } else if (form === 'hex-to-dec') {
    if (id.length <= maxNumberDigits && /^[0-9]+$/.test(id)) {
      addCases(references, wholeNumber(id, 10).toString(16));
    }
  } else if (id.length <= maxNumberDigits && /^[0-9a-f]+$/i.test(id)) {
    add(references, wholeNumber(id, 16).toString(10));
  }
  return references;
}

/** In several notations, in their order. */
export function referenceSpellings(id: string, forms: readonly ReferenceForm[] = referenceForms): string[] {
  const spellings = referencesIn(forms[0]!, id);
  for (let i = 1; i < forms.length; i++) {
    for (const reference of referencesIn(forms[i]!, id)) add(spellings, reference);
  }
  // For a link with a wrong notation: the unchanged id costs nothing.
  if (spellings.length === 0) spellings.push(id);
  return spellings;
}

/** Also the other case of the letters. Not of ids in both cases, which are case-sensitive (base 64). */
function addCases(references: string[], id: string): void {
  add(references, id);
  const lower = id.toLowerCase();
  const upper = id.toUpperCase();
  if (id === lower) add(references, upper);
  else if (id === upper) add(references, lower);
}

/** A number while it is exact in a double (13 hexadecimal, 15 decimal digits), a bigint beyond. */
function wholeNumber(digits: string, radix: 10 | 16): number | bigint {
  if (digits.length <= 13) return Number.parseInt(digits, radix);
  return BigInt(radix === 16 ? `0x${digits}` : digits);
}

function add(spellings: string[], spelling: string): void {
  if (!spellings.includes(spelling)) spellings.push(spelling);
}
