// Cells of tables that are read by spreadsheets: what a phone or a customer wrote must stay a text there, for a program that
// opens the file takes `=HYPERLINK(...)` for a formula (OWASP, CSV Injection).
// Used by every export of a table; `restoreCell` by what reads such a table again. Never for lists that are sent to: their
// values become texts of SMS.

/** Where a cell may begin for a program: one that splits by commas, or by lines, does not know our quotes. */
const atStart = String.raw`(?<=^|[,;\t\r\n])`;
/** Full-width forms are read as the plain ones. */
const always = String.raw`[=@\uFF1D\uFF20]`;
const sign = String.raw`[+\-\uFF0B\uFF0D]`;
/** Signs of numbers and of lists (`- milk`) inside a text: formulas only with a call or a DDE link behind them. */
const withCall = String.raw`${sign}[^,;\r\n]*[(|]`;
/** At the very start every sign counts, except that of a number: `+33612345678`, `-5`. */
const leadingSign = String.raw`^(?=\s*${sign}(?!\d+$))`;
/** A cell that has our mark already gets another, so that it is told apart. */
const marked = String.raw`'(?=[\s']*(?:${always}|${sign}))`;

const formulas = new RegExp(
  `${atStart}(?=\\s*(?:${always}|${withCall}))|${leadingSign}|${atStart}(?=${marked})`,
  'g',
);
const marks = new RegExp(`${atStart}${marked}`, 'g');

/** With an apostrophe in front of whatever would be a formula, as spreadsheets mark a text. Anything else is as it was. */
export function neutralizeCell(text: string): string {
  return text.replace(formulas, "'");
}

/** What `neutralizeCell` was given. */
export function restoreCell(text: string): string {
  return text.replace(marks, '');
}
