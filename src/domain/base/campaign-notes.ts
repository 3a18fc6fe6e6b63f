// Changes of a request at its acceptance that clients of its dialect expect. Stored with the campaign and shown in the
// timeline of its messages. Used by the dialects that change a request, the acceptance and the timeline.

/** Stored names. They never change their meaning. */
export type CampaignNote = 'class-flash-ignored' | 'no-short-code' | 'only-sender';

export const noteTexts: Readonly<Record<CampaignNote, string>> = {
  'class-flash-ignored':
    'the class flash was asked for and ignored; chappe account set --flash-class yes honours it',
  'no-short-code':
    'a short code was asked for, but the pool has no number that can be answered: the named sender was taken, with its STOP clause unless the request excluded it',
  'only-sender':
    "no sender was named: the account's only enabled sender was taken, with its STOP clause unless the request excluded it",
};

/** An unknown note, of another version, is shown by its name. */
export function noteText(note: string): string {
  return Object.hasOwn(noteTexts, note) ? noteTexts[note as CampaignNote] : note;
}
