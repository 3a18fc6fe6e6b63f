// Replaces the placeholders of a text by the values of one recipient. Used by the plan. Placeholders match literally: their
// syntax ({ch1}, {first_name}, #column#) belongs to the dialects. A placeholder inside a value is never replaced.

export interface Template {
  /** The text between the placeholders: one item more than placeholders. */
  readonly literals: readonly string[];
  /** The placeholders in the order of the text, repeated as often as they occur. */
  readonly placeholders: readonly string[];
}

/** If two placeholders begin at the same character, the longer one counts. */
export function readTemplate(text: string, placeholders: Iterable<string>): Template {
  const known = [...placeholders].filter((placeholder) => placeholder !== '');
  if (known.length === 0) return { literals: [text], placeholders: [] };
  known.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${known.map(escapePattern).join('|')})`, 'u');
  // Splitting on a captured group gives text and placeholder alternately.
  const pieces = text.split(pattern);
  return {
    literals: pieces.filter((_, index) => index % 2 === 0),
    placeholders: pieces.filter((_, index) => index % 2 === 1),
  };
}

/** A placeholder without a value becomes empty. */
export function renderTemplate(template: Template, values: ReadonlyMap<string, string> | undefined): string {
  const { literals, placeholders } = template;
  let text = literals[0]!;
  for (let i = 0; i < placeholders.length; i++) {
    text += (values?.get(placeholders[i]!) ?? '') + literals[i + 1]!;
  }
  return text;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
