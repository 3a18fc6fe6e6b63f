// Protects cells of exported tables: a text of a phone or a customer must stay a text, because spreadsheets read
// `=HYPERLINK(...)` as a formula (OWASP, CSV Injection). Used by every export of a table, and `restoreCell` by the imports
// of such tables. Never used for recipient lists: their values become texts of SMS.

/** Possible starts of a cell: a program that splits by commas or lines ignores our quotes. */
const atStart = String.raw`(?<=^|[,;\t\r\n])`;
/** Programs read full-width forms as plain ones. */
const always = String.raw`[=@\uFF1D\uFF20]`;
const sign = String.raw`[+\-\uFF0B\uFF0D]`;
/** Signs of numbers and of lists (`- milk`) inside a text: a formula only if a call or a DDE link follows. */
const withCall = String.raw`${sign}[^,;\r\n]*[(|]`;
/** At the beginning every sign counts, except that of a number: `+33612345678`, `-5`. */
const leadingSign = String.raw`^(?=\s*${sign}(?!\d+$))`;
/** A cell with a mark of ours gets another one, so that restoring is unambiguous. */
const marked = String.raw`'(?=[\s']*(?:${always}|${sign}))`;

const formulas = new RegExp(
  `${atStart}(?=\\s*(?:${always}|${withCall}))|${leadingSign}|${atStart}(?=${marked})`,
  'g',
);
const marks = new RegExp(`${atStart}${marked}`, 'g');

/** Adds an apostrophe before every possible formula, the mark of spreadsheets for texts. Other texts do not change. */
export function neutralizeCell(text: string): string {
  return text.replace(formulas, "'");
}

/** The inverse of `neutralizeCell`. */
export function restoreCell(text: string): string {
  return text.replace(marks, '');
}
