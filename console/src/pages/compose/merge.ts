// Merge fields and the STOP mention of a text, by the rules of the server: its patterns come with compose.options. Used by the
// composer. Never counts segments: parts/text-measure.ts does.
import type { Content, Options } from './content.ts';

const contactFields = ['first_name', 'last_name', 'param1', 'param2', 'param3', 'param4', 'param5'];
const mergeField = /\{([\p{L}\p{N}_-]{1,40})\}/gu;

export const fieldsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(mergeField)].map(([, name]) => name!)),
];

/** Fields that the recipients of the draft have. */
export function fieldsOf({ file, groups }: Content): string[] {
  const fields = new Set<string>(groups.length > 0 ? contactFields : []);
  for (const use of file?.columns ?? []) if (use.role === 'field') fields.add(use.name);
  return [...fields];
}

export const unknownFields = (content: Content): string[] => {
  const known = fieldsOf(content);
  return fieldsIn(content.text).filter((name) => !known.includes(name));
};

export const mergedText = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(mergeField, (field, name: string) => values[name] ?? field);

const hasStopClause = (text: string, { stop }: Options): boolean =>
  stop.patterns.some(({ source, flags }) => new RegExp(source, flags).test(text));

/** The text that the server appends for these countries; null countries: not known yet, so the account's country counts. */
export function stopTail(
  { purpose, tier, text }: Pick<Content, 'purpose' | 'tier' | 'text'>,
  options: Options,
  countries: readonly string[] | null,
): string {
  if (purpose !== 'marketing' || tier === 'world' || hasStopClause(text, options)) return '';
  const known = countries === null || countries.length === 0 ? [options.defaultCountry ?? 'FR'] : countries;
  return known.some((country) => options.stop.countries.includes(country)) ? options.stop.clause : '';
}

/** Numbers in a typed text, as the server separates them. */
export const countTyped = (typed: string): number =>
  typed.split(/[,;\t|\r\n]+|\s+(?=\+|00\d)/).filter((piece) => piece.trim() !== '').length;
