// Calendar months in UTC, which is the time zone of every instant of the command line.
// Used by the operator's report.

export interface CalendarMonth {
  readonly fromMs: number;
  /** Before this instant. */
  readonly toMs: number;
}

/** Reads `2026-11`; null for any other text. */
export function readMonth(written: string): CalendarMonth | null {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(written);
  if (match === null) return null;
  const [year, month] = [Number(match[1]), Number(match[2])];
  // `Date.UTC` reads the years 0 to 99 as 1900 to 1999.
  if (year < 1000) return null;
  return { fromMs: Date.UTC(year, month - 1, 1), toMs: Date.UTC(year, month, 1) };
}
