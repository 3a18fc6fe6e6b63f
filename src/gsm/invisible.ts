// Characters without a visible form, such as direction marks, joiners and soft hyphens, which are copied with numbers and
// texts from mails, web pages and chats. Used by written-number.ts and by every reader of a text. Never changes a text.

/**
 * Unicode spaces, control characters, "default ignorable" code points (format characters, joiners, variation selectors,
 * Hangul fillers), the other format characters and the empty Braille pattern.
 */
const invisibleOnly = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** True for a text that shows nothing on a phone: it must be neither sent nor charged. */
export function isBlankText(text: string): boolean {
  return invisibleOnly.test(text);
}
