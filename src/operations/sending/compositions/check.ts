// Checks the recipients of a composition: counts by verdict, countries and reasons, the first rows of each verdict, and all rows
// of one verdict as CSV. Used by the service of compositions. Reads the sources in one pass with flat memory.

import type { Account } from '#domain/account/account.ts';
import type { RefusalReason } from '#domain/base/refusals.ts';
import type { CompositionContent } from '#domain/campaign/composition.ts';
import {
  type ComposedRow,
  type JudgedRow,
  judgeRows,
  type RecipientNeeds,
  type RowSource,
  type Verdict,
} from './recipients.ts';

export type RowKind = Verdict['kind'];

/** A row as a table of the console shows it. */
interface CheckedRow {
  readonly source: RowSource;
  readonly line: number;
  readonly number: string;
  /** At most the first columns of a file, each cut. */
  readonly cells: readonly string[];
  readonly reason: RefusalReason | null;
}

export interface CheckResult {
  /** Rows of all sources. */
  readonly rows: number;
  readonly counts: Readonly<Record<RowKind, number>>;
  /** Refused rows by reason. */
  readonly reasons: Readonly<Partial<Record<RefusalReason, number>>>;
  /** Ready rows by country. */
  readonly countries: Readonly<Record<string, number>>;
  /** The first rows of each kind. */
  readonly samples: Readonly<Record<RowKind, readonly CheckedRow[]>>;
}

const maxSamples = 100;
const maxCells = 8;
const maxCellLength = 60;

export async function checkRecipients(
  needs: RecipientNeeds,
  account: Account,
  content: CompositionContent,
): Promise<CheckResult> {
  const counts: Record<RowKind, number> = { ready: 0, 'opted-out': 0, duplicate: 0, refused: 0 };
  const samples: Record<RowKind, CheckedRow[]> = { ready: [], 'opted-out': [], duplicate: [], refused: [] };
  const reasons = new Map<RefusalReason, number>();
  const countries = new Map<string, number>();
  let rows = 0;
  for await (const slice of judgeRows(needs, account, content, [])) {
    for (const judged of slice) {
      const { verdict } = judged;
      rows++;
      counts[verdict.kind]++;
      if (verdict.kind === 'ready') countries.set(verdict.country, (countries.get(verdict.country) ?? 0) + 1);
      if (verdict.kind === 'refused')
        reasons.set(verdict.refusal.reason, (reasons.get(verdict.refusal.reason) ?? 0) + 1);
      const kept = samples[verdict.kind];
      if (kept.length < maxSamples) kept.push(checkedRow(judged));
    }
  }
  return {
    rows,
    counts,
    reasons: Object.fromEntries(reasons),
    countries: Object.fromEntries([...countries].sort(([, a], [, b]) => b - a)),
    samples,
  };
}

function checkedRow({ row, verdict }: JudgedRow): CheckedRow {
  return {
    source: row.source,
    line: row.line,
    number: row.number.slice(0, maxCellLength),
    cells: row.cells.slice(0, maxCells).map((cell) => cell.slice(0, maxCellLength)),
    reason: 'refusal' in verdict ? verdict.refusal.reason : null,
  };
}

/** All rows of one kind, in their order. */
export async function* rowsOfKind(
  needs: RecipientNeeds,
  account: Account,
  content: CompositionContent,
  kind: RowKind,
): AsyncGenerator<readonly JudgedRow[]> {
  for await (const slice of judgeRows(needs, account, content, []))
    yield slice.filter(({ verdict }) => verdict.kind === kind);
}

/** The recipient of a preview. */
export type PreviewChoice =
  | { readonly kind: 'first' | 'longest' | 'shortest' | 'empty' }
  | { readonly kind: 'row'; readonly position: number };

export interface PreviewedRow {
  /** From 1, among the ready rows of all sources. */
  readonly position: number;
  readonly source: RowSource;
  readonly line: number;
  readonly number: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The ready row of the choice, by the values of the fields in the text; null if there is none. Reads the sources up to the
 * row, or to the end for the longest and the shortest.
 */
export async function findPreview(
  rows: AsyncIterable<readonly JudgedRow[]>,
  fields: readonly string[],
  choice: PreviewChoice,
): Promise<PreviewedRow | null> {
  let position = 0;
  let best: PreviewedRow | null = null;
  let bestLength = 0;
  for await (const slice of rows) {
    for (const { row, verdict } of slice) {
      if (verdict.kind !== 'ready') continue;
      position++;
      const length = row.values.reduce((sum, value) => sum + value.length, 0);
      const isMatch =
        choice.kind === 'first' ||
        (choice.kind === 'row' && choice.position === position) ||
        (choice.kind === 'empty' && row.values.some((value) => value === ''));
      if (isMatch) return previewed(row, position, fields);
      if (choice.kind !== 'longest' && choice.kind !== 'shortest') continue;
      const isBetter = choice.kind === 'longest' ? length > bestLength : length < bestLength;
      if (best !== null && !isBetter) continue;
      best = previewed(row, position, fields);
      bestLength = length;
    }
  }
  return best;
}

function previewed(row: ComposedRow, position: number, fields: readonly string[]): PreviewedRow {
  const { source, line, number } = row;
  const values = Object.fromEntries(fields.map((field, at) => [field, row.values[at]!]));
  return { position, source, line, number, values };
}
