// Recognizes values that no column can hold: numbers out of range, NUL in a text. Used by the error answers of the HTTP
// dialects, so that no id or name of a customer causes an internal error.
// Limit: readers check values first as far as possible; this is the last check.

/** numeric_value_out_of_range, character_not_in_repertoire, untranslatable_character (PostgreSQL, appendix A). */
const sqlStates: readonly unknown[] = ['22003', '22021', '22P05'];

export function isUnstorable(error: unknown): boolean {
  return error instanceof Error && sqlStates.includes((error as { code?: unknown }).code);
}
