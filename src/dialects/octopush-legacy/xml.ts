// Writes the XML of the legacy replies, by hand: a reply is a few known elements, and a writer that knows none
// of them costs three times as much. Serves response.ts; whatever a customer wrote must pass through escapeXml.

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const special = /[<>&"']/;
/** What XML 1.0 §2.2 does not allow in a document, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be taken out.
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Character data fit for any place in a document; what XML cannot carry at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  const legal = text.toWellFormed().replace(illegal, '\ufffd');
  return special.test(legal) ? legal.replace(/[<>&"']/g, (character) => entities[character]!) : legal;
}
