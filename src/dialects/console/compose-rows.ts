// Renders rows of the check of recipients as CSV for spreadsheets: the columns of the file, then the row and the reason. Used
// by compose-routes.ts. Never writes a cell that a spreadsheet would run as a formula.
import type { RefusalReason } from '#domain/base/refusals.ts';
import type { JudgedRow } from '#operations/sending/compositions/recipients.ts';

type Language = 'en' | 'fr';

/** UTF-8 with its mark, and `;` in French, as spreadsheets of these languages expect. */
export async function* renderRows(
  header: readonly string[],
  slices: AsyncIterable<readonly JudgedRow[]>,
  language: Language,
): AsyncGenerator<string> {
  const separator = language === 'fr' ? ';' : ',';
  const words = texts[language];
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => renderCell(cell, separator)).join(separator)}\r\n`;
  const columns = header.length === 0 ? [words.number] : header;
  yield `\uFEFF${line([...columns, words.row, words.reason])}`;
  for await (const slice of slices) {
    let text = '';
    for (const { row, verdict } of slice) {
      const cells = row.cells.length === 0 ? [row.number] : row.cells;
      const padded = columns.map((_, at) => cells[at] ?? '').concat(cells.slice(columns.length));
      const reason =
        verdict.kind === 'refused'
          ? (words.reasons[verdict.refusal.reason] ?? verdict.refusal.detail ?? verdict.refusal.reason)
          : words.kinds[verdict.kind];
      text += line([...padded, String(row.line), reason]);
    }
    if (text !== '') yield text;
  }
}

const formula = /^[=+\-@\t\r]/;
/** Digits with the signs of a telephone number or an amount: no spreadsheet runs them. */
const plainNumber = /^[+-]?[\d ().,/-]+$/;

function renderCell(cell: string, separator: string): string {
  const safe = formula.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
  return safe.includes('"') || safe.includes(separator) || /[\r\n]/.test(safe)
    ? `"${safe.replaceAll('"', '""')}"`
    : safe;
}

interface Texts {
  readonly number: string;
  readonly row: string;
  readonly reason: string;
  readonly kinds: Readonly<Record<'ready' | 'opted-out' | 'duplicate', string>>;
  readonly reasons: Readonly<Partial<Record<RefusalReason, string>>>;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    number: 'number',
    row: 'row in the file',
    reason: 'reason',
    kinds: { ready: 'will be sent', 'opted-out': 'opted out', duplicate: 'this number occurs earlier' },
    reasons: {},
  },
  fr: {
    number: 'numéro',
    row: 'ligne du fichier',
    reason: 'motif',
    kinds: { ready: 'sera envoyé', 'opted-out': 'désinscrit', duplicate: 'ce numéro figure plus haut' },
    reasons: {
      'number-invalid':
        'Ce n’est pas un numéro de téléphone. Écrivez-le avec l’indicatif du pays, comme +33612345678.',
      'number-not-mobile': 'Cette ligne ne reçoit pas de SMS. Indiquez un numéro de mobile.',
      'country-unknown': 'Aucun pays n’a cet indicatif.',
      'country-not-covered': 'Il n’y a pas de prix pour ce pays.',
      'tier-not-covered': 'Ce pays n’est pas desservi dans cette gamme. Choisissez-en une autre.',
    },
  },
};
