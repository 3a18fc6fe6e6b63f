// Changes that the platform made to a request when it accepted it: because clients of its dialect expect them, or because the
// text would not work otherwise. Stored with the campaign and shown in the timeline of each of its messages.
// Used by the dialects and the plan that make the changes, by acceptance, and by the timeline.

/** Stored under these names: they never change their meaning. */
type PlainNote = 'class-flash-ignored' | 'no-short-code' | 'only-sender';

/** A note with a value is stored as `<code>:<value>`. */
type NoteWithValue = `stop-code-replaced:${string}`;

export type CampaignNote = PlainNote | NoteWithValue;

const plainTexts: Readonly<Record<PlainNote, string>> = {
  'class-flash-ignored':
    'the class flash was asked for and ignored; chappe account set --flash-class yes honours it',
  'no-short-code':
    'a short code was asked for, but the pool has no number that can be answered: the named sender was taken, with its STOP clause unless the request excluded it',
  'only-sender':
    "no sender was named: the account's only enabled sender was taken, with its STOP clause unless the request excluded it",
};

/** A STOP code of the text that does not belong to the platform was replaced by the code of the platform. */
export function stopCodeReplaced(code: string, by: string): CampaignNote {
  return `stop-code-replaced:${code} ${by}`;
}

/** A note of an older or a newer version is shown as it is stored. */
export function noteText(note: string): string {
  if (Object.hasOwn(plainTexts, note)) return plainTexts[note as PlainNote];
  const replaced = /^stop-code-replaced:(\S+) (\S+)$/.exec(note);
  if (replaced === null) return note;
  const [, code, by] = replaced;
  return `STOP code ${code} replaced by ${by}: a STOP to ${code} would not arrive here`;
}
