// Recognizes an address whose password the other platform hides. Used by the imports.

/** True for `https://user:***@…`: importing it would call the address with a wrong password. */
export function isHidden(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:\*+@/i.test(url);
}
