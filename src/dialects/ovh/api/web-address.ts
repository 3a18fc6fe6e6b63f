// Checks the address to which a browser goes after a decision about a key. Used by the key pages and calls/keys.ts. Only http and
// https: an address of another scheme could run a script in this origin.

const maxLength = 2_000;

/** The address in the form of a browser, valid in a header. Null: not http or https. */
export function readWebAddress(text: string): string | null {
  const url = text.length > maxLength ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
