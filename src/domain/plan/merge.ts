// Personalisation: the placeholders of a text replaced by one recipient's values. Serves the plan. It knows nothing of
// how a dialect writes its placeholders ({ch1}, {first_name}, #column#): they are matched as they stand in the text.
// A value is never read again, so one that contains a placeholder stays as it is.

export interface Template {
  /** One more than there are placeholders: the text between them. */
  readonly literals: readonly string[];
  /** The placeholders in the order of the text, repeated as often as they occur. */
  readonly placeholders: readonly string[];
}

/** Where two placeholders begin at the same character the longer one counts. */
export function readTemplate(text: string, placeholders: Iterable<string>): Template {
  const known = [...placeholders].filter((placeholder) => placeholder !== '');
  if (known.length === 0) return { literals: [text], placeholders: [] };
  known.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(${known.map(escapePattern).join('|')})`, 'u');
  // Splitting on a captured group gives text and placeholder in turn.
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
