// Which addresses a browser may be sent to when somebody has decided about a key: pages of the web and nothing else, for
// an address of another kind could run in the place of our own page.

const maxLength = 2_000;

/** As a browser would write it, which fits into a header; null for what is no such address. */
export function readWebAddress(text: string): string | null {
  const url = text.length > maxLength ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
