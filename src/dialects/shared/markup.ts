// Writes XML and HTML by hand: an answer is a few known elements, and a writer that knows none of them costs three times
// as much. Serves the dialects that answer so, and their pages; whatever somebody wrote must pass through escapeMarkup.

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
export function escapeMarkup(text: string): string {
  const legal = text.toWellFormed().replace(illegal, '\ufffd');
  return special.test(legal) ? legal.replace(/[<>&"']/g, (character) => entities[character]!) : legal;
}

/** Markup that is written already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

/** Markup with values in it: what is no markup itself is escaped. */
export function html(markup: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = markup[0]!;
  for (const [i, value] of values.entries()) text += writePart(value) + markup[i + 1]!;
  return new Html(text);
}

function writePart(value: Part): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(({ text }) => text).join('');
}
