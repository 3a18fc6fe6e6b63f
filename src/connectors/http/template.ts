// Templates of requests: text with placeholders such as {{to}}. Used by the request writer and by the option table, which
// refuses a template that cannot be read. A value is escaped by the position of its placeholder, so that no value can leave it.

/** A placeholder: `{{field}}`, or `{{field|word=other|…}}`, which replaces some values. */
interface Placeholder {
  readonly field: string;
  readonly words: ReadonlyMap<string, string>;
  /** `{{field|number}}`, alone in a string of JSON: a number. */
  readonly isNumber: boolean;
}

export type Template = readonly (string | Placeholder)[];

/** Null: the message has no such value, for example no sender. */
export type Values = (field: string) => string | null;

export type TemplateFlag =
  | 'url'
  | 'body'
  | 'headers'
  | 'sign'
  | 'batch'
  | 'batch-items'
  | 'poll-receipts'
  | 'poll-replies';

/** The problem of a template, completes "must be …". */
export class TemplateError extends Error {
  /** The option with the template. */
  readonly flag: TemplateFlag;

  constructor(message: string, flag: TemplateFlag = 'body') {
    super(message);
    this.flag = flag;
  }
}

const placeholderForm = /\{\{([^{}]*)\}\}/g;

export function parseTemplate(text: string, isField: (name: string) => boolean): Template {
  const pieces: (string | Placeholder)[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholderForm)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push(parsePlaceholder(match[1]!, isField));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  if (pieces.some((piece) => typeof piece === 'string' && /\{\{|\}\}/.test(piece)))
    throw new TemplateError('a template in which each {{ has its }}');
  return pieces;
}

function parsePlaceholder(text: string, isField: (name: string) => boolean): Placeholder {
  const [field = '', ...filters] = text.split('|').map((part) => part.trim());
  if (!isField(field))
    throw new TemplateError(
      `a template without the unknown field {{${field}}} (docs/operating/http-carriers.md#templates lists the fields)`,
    );
  const isNumber = filters.includes('number');
  const words = new Map<string, string>();
  for (const filter of filters) {
    if (filter === 'number') continue;
    const at = filter.indexOf('=');
    if (at < 1) throw new TemplateError(`a template with filters such as gsm7=text, not "${filter}"`);
    words.set(filter.slice(0, at), filter.slice(at + 1));
  }
  return { field, words, isNumber };
}

/** Fields that a template names. */
export function fieldsOf(template: Template): string[] {
  return template.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.field]));
}

/** Null if the template is one placeholder without a value: its member is left out. */
export function render(
  template: Template,
  values: Values,
  escapeValue: (value: string) => string,
): string | null {
  if (template.length === 1 && typeof template[0] !== 'string') {
    const value = pieceValue(template[0]!, values);
    return value === null ? null : escapeValue(value);
  }
  let text = '';
  for (const piece of template)
    text += typeof piece === 'string' ? piece : escapeValue(pieceValue(piece, values) ?? '');
  return text;
}

function pieceValue({ field, words }: Placeholder, values: Values): string | null {
  const value = values(field);
  return value === null ? null : (words.get(value) ?? value);
}

/** A JSON value whose strings are templates. */
export type JsonTemplate =
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'list'; readonly items: readonly JsonTemplate[] }
  /** One element for each message of a batch. */
  | { readonly kind: 'each'; readonly item: JsonTemplate }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonTemplate])[] }
  | { readonly kind: 'literal'; readonly value: number | boolean | null };

export function parseJsonTemplate(value: unknown, isField: (name: string) => boolean): JsonTemplate {
  if (typeof value === 'string') return { kind: 'text', template: parseTemplate(value, isField) };
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => parseJsonTemplate(item, isField)) };
  if (typeof value !== 'object' || value === null)
    return { kind: 'literal', value: value as number | boolean | null };
  const members = Object.entries(value).map(
    ([name, member]) => [name, parseJsonTemplate(member, isField)] as const,
  );
  return { kind: 'object', members };
}

/** With the list at the path, which has one element, as the list of the messages of a batch. Null: there is no such list. */
export function repeatAt(template: JsonTemplate, path: readonly string[]): JsonTemplate | null {
  const [step, ...rest] = path;
  if (step === undefined) {
    const item = template.kind === 'list' && template.items.length === 1 ? template.items[0] : undefined;
    return item === undefined ? null : { kind: 'each', item };
  }
  if (template.kind !== 'object') return null;
  const found = template.members.find(([name]) => name === step);
  const repeated = found === undefined ? null : repeatAt(found[1], rest);
  if (repeated === null) return null;
  const members = template.members.map((member) => (member === found ? ([step, repeated] as const) : member));
  return { kind: 'object', members };
}

/** Fields outside the elements of a batch. */
export function sharedFieldsOf(template: JsonTemplate): string[] {
  switch (template.kind) {
    case 'each':
      return [];
    case 'list':
      return template.items.flatMap(sharedFieldsOf);
    case 'object':
      return template.members.flatMap(([, member]) => sharedFieldsOf(member));
    default:
      return jsonFieldsOf(template);
  }
}

export function jsonFieldsOf(template: JsonTemplate): string[] {
  switch (template.kind) {
    case 'each':
      return jsonFieldsOf(template.item);
    case 'text':
      return fieldsOf(template.template);
    case 'list':
      return template.items.flatMap(jsonFieldsOf);
    case 'object':
      return template.members.flatMap(([, member]) => jsonFieldsOf(member));
    case 'literal':
      return [];
  }
}

/** Undefined: left out. JSON.stringify escapes the strings. `batch` has the values of each message of a batch. */
export function renderJson(
  template: JsonTemplate,
  values: Values,
  batch: readonly Values[] = [values],
): unknown {
  switch (template.kind) {
    case 'each':
      return batch.map((one) => renderJson(template.item, one));
    case 'literal':
      return template.value;
    case 'text':
      return renderJsonText(template.template, values);
    case 'list':
      return template.items
        .map((item) => renderJson(item, values, batch))
        .filter((item) => item !== undefined);
    case 'object': {
      // A member named __proto__ would set the prototype.
      const rendered: Record<string, unknown> = Object.create(null);
      for (const [name, member] of template.members) rendered[name] = renderJson(member, values, batch);
      return rendered;
    }
  }
}

function renderJsonText(template: Template, values: Values): unknown {
  const text = render(template, values, (value) => value) ?? undefined;
  const [first] = template;
  const isNumber = template.length === 1 && typeof first === 'object' && first.isNumber;
  return isNumber && text !== undefined && /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : text;
}

/** For text and attributes. Characters that XML 1.0 cannot contain are left out (XML 1.0 §2.2). */
export function escapeXml(value: string): string {
  return value
    .toWellFormed()
    .replace(forbiddenInXml, '')
    .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes
const forbiddenInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** One segment of a path. Dots alone are another folder, however they are escaped (WHATWG URL §4.4): they are replaced. */
export function escapePath(value: string): string {
  return /^\.+$/.test(value) ? value.replaceAll('.', '_') : escapeQuery(value);
}

export function escapeQuery(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A header is one line of ASCII (RFC 9110 §5.5). */
export function escapeHeader(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '');
}

/** Whether each placeholder of an XML template is in text or in a quoted attribute. */
export function findXmlProblem(text: string): string | null {
  let place: 'text' | 'tag' | '"' | "'" = 'text';
  for (let at = 0; at < text.length; at++) {
    if (text.startsWith('{{', at) && place === 'tag')
      return 'XML with placeholders in text and quoted attributes only';
    if (place === 'text' && /^<(!|\?(?!xml\s))/.test(text.slice(at, at + 6)))
      return 'XML without comments, CDATA and processing instructions';
    const character = text[at]!;
    if (place === 'text' && character === '<') place = 'tag';
    else if (place === 'tag' && character === '>') place = 'text';
    else if (place === 'tag' && (character === '"' || character === "'")) place = character;
    else if (character === place) place = 'tag';
  }
  return place === 'text' ? null : 'XML in which each < has its >';
}
