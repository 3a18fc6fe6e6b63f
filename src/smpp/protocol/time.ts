// Absolute times of SMPP (SMPP 3.4 §7.1.1): `YYMMDDhhmmsstnnp`. Used by SMSCs for final_date. Pure.

/** In UTC, with the tenth of the second that is reached. */
export function renderAbsoluteTime(atMs: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T');
  const tenth = time.slice(9, 10);
  return `${date.slice(2).replaceAll('-', '')}${time.slice(0, 8).replaceAll(':', '')}${tenth}00+`;
}
