// Writes XML and HTML as strings: an answer has a few known elements, and a general XML writer takes three times as long. Used by
// dialects with XML or HTML answers, and by pages. Every value of a customer must pass through escapeMarkup.

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const special = /[<>&"']/;
/** Characters that XML 1.0 §2.2 does not allow, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be taken out.
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escaped text for any place in a document; characters that XML does not allow become U+FFFD. */
export function escapeMarkup(text: string): string {
  const legal = text.toWellFormed().replace(illegal, '\ufffd');
  return special.test(legal) ? legal.replace(/[<>&"']/g, (character) => entities[character]!) : legal;
}

/** Rendered markup. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

/** Markup with values; values that are not Html are escaped. */
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
