// Changes of a request at its acceptance: clients of its dialect expect them, or the text would not work otherwise. Used by
// the dialects and the plan, which make the changes, and by the acceptance and the message timeline.

/** Stored names. They never change their meaning. */
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

/** The text had a STOP code that is not the code of the platform; the platform replaced it. */
export function stopCodeReplaced(code: string, by: string): CampaignNote {
  return `stop-code-replaced:${code} ${by}`;
}

/** An unknown note, of another version, is shown as it is stored. */
export function noteText(note: string): string {
  if (Object.hasOwn(plainTexts, note)) return plainTexts[note as PlainNote];
  const replaced = /^stop-code-replaced:(\S+) (\S+)$/.exec(note);
  if (replaced === null) return note;
  const [, code, by] = replaced;
  return `STOP code ${code} replaced by ${by}: a STOP to ${code} would not arrive here`;
}
