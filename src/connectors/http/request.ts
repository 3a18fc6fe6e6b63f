// Writes the request of a message from the options of the link. Used by the connector. Values are escaped by their position:
// see template.ts. Never throws for a message; `compileRequest` throws a TemplateError for options that cannot be read.
import type { OutboundMessage } from '#domain/delivery/connector.ts';
import type { ExchangeRequest } from '#lib/net/http-exchange.ts';
import { isField, type LinkValues, valuesOf } from './fields.ts';
import type { HttpOptions } from './options.ts';
import { ovhHeaders } from './signatures.ts';
import {
  escapeHeader,
  escapePath,
  escapeQuery,
  escapeXml,
  fieldsOf,
  findXmlProblem,
  type JsonTemplate,
  jsonFieldsOf,
  parseJsonTemplate,
  parseTemplate,
  render,
  renderJson,
  type Template,
  TemplateError,
  type Values,
} from './template.ts';

type Pairs = readonly (readonly [string, Template])[];

type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'form'; readonly members: Pairs }
  | { readonly kind: 'json'; readonly template: JsonTemplate }
  | { readonly kind: 'xml'; readonly template: Template };

export interface CompiledRequest {
  readonly path: Template;
  /** The query that the URL has; empty without one. */
  readonly search: Template;
  readonly query: Pairs;
  readonly headers: Pairs;
  readonly body: Body;
  /** Fields that the templates and the authentication name. */
  readonly fields: ReadonlySet<string>;
}

type Needed = Pick<
  HttpOptions,
  'method' | 'baseUrl' | 'url' | 'query' | 'headers' | 'bodyFormat' | 'body' | 'fields' | 'auth'
>;

export function compileRequest(options: Needed): CompiledRequest {
  const { baseUrl, query, headers } = options;
  const written = options.url.replace(/^\{\{base\}\}/, baseUrl.replace(/\/+$/, ''));
  if (!/^https?:\/\/[^/?#{}@]+(?=[/?#]|$)/.test(written))
    throw new TemplateError(
      'a URL that begins with http:// or https:// and a host without a placeholder, a user or a password',
      'url',
    );
  const at = written.search(/\?|$/);
  const path = parseTemplate(written.slice(0, at), isField);
  const search = parseTemplate(written.slice(at), isField);
  const body = compileBody(options);
  const pairs = { query: pairsOf(query), headers: pairsOf(headers) };
  const names = [
    ...fieldsOf(path),
    ...fieldsOf(search),
    ...[...pairs.query, ...pairs.headers].flatMap(([, template]) => fieldsOf(template)),
    ...fieldsOfBody(body),
    ...authenticationFields[options.auth],
  ];
  return { path, search, ...pairs, body, fields: new Set(names) };
}

const authenticationFields: Readonly<Record<HttpOptions['auth'], readonly string[]>> = {
  none: [],
  basic: ['user', 'password'],
  bearer: ['password'],
  ovh: ['user', 'password', 'token'],
};

function pairsOf(members: Readonly<Record<string, unknown>>): Pairs {
  return Object.entries(members).map(([name, text]) => {
    if (typeof text !== 'string') throw new TemplateError(`an object whose member ${name} is a text`);
    return [name, parseTemplate(text, isField)] as const;
  });
}

function compileBody({ method, bodyFormat, body, fields }: Needed): Body {
  if (method === 'GET' || bodyFormat === 'none') return { kind: 'none' };
  if (bodyFormat === 'xml') {
    if (typeof body !== 'string') throw new TemplateError('a text of XML');
    const problem = findXmlProblem(body);
    if (problem !== null) throw new TemplateError(problem);
    return { kind: 'xml', template: parseTemplate(body, isField) };
  }
  if (typeof body === 'string') throw new TemplateError('a JSON object');
  const members = { ...body, ...fields };
  if (bodyFormat === 'form') return { kind: 'form', members: pairsOf(members) };
  return { kind: 'json', template: parseJsonTemplate(members, isField) };
}

function fieldsOfBody(body: Body): string[] {
  switch (body.kind) {
    case 'none':
      return [];
    case 'form':
      return body.members.flatMap(([, template]) => fieldsOf(template));
    case 'json':
      return jsonFieldsOf(body.template);
    case 'xml':
      return fieldsOf(body.template);
  }
}

const linkFields = ['account', 'user', 'password', 'token'] as const;

/** A value of the link that the request needs and the options lack; null if it can be written. */
export function findMissingValue(
  { fields }: CompiledRequest,
  values: Readonly<Record<(typeof linkFields)[number], string>>,
): (typeof linkFields)[number] | null {
  return linkFields.find((name) => fields.has(name) && values[name] === '') ?? null;
}

const contentTypes: Readonly<Record<Body['kind'], string | null>> = {
  none: null,
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  xml: 'text/xml; charset=utf-8',
};

export function writeRequest(
  { method, auth }: Pick<HttpOptions, 'method' | 'auth'>,
  compiled: CompiledRequest,
  message: OutboundMessage,
  link: LinkValues,
  nowMs: number,
): ExchangeRequest {
  const values = valuesOf(message, link, nowMs);
  const url = urlOf(compiled, values);
  const body = bodyOf(compiled.body, values);
  const contentType = contentTypes[compiled.body.kind];
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'Chappe',
    ...(contentType !== null && { 'content-type': contentType }),
    ...authorization(auth, link, { method, url, body }, nowMs),
  };
  for (const [name, template] of compiled.headers) {
    const value = render(template, values, escapeHeader);
    if (value !== null) headers[name.toLowerCase()] = value;
  }
  return { method, url, headers, body };
}

function urlOf({ path, search, query }: CompiledRequest, values: Values): string {
  const url = (render(path, values, escapePath) ?? '') + (render(search, values, escapeQuery) ?? '');
  const members = formOf(query, values);
  if (members === '') return url;
  return url + (url.includes('?') ? '&' : '?') + members;
}

function formOf(members: Pairs, values: Values): string {
  const form = new URLSearchParams();
  for (const [name, template] of members) {
    const value = render(template, values, (text) => text);
    if (value !== null) form.append(name, value);
  }
  return form.toString();
}

function bodyOf(body: Body, values: Values): string | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'form':
      return formOf(body.members, values);
    case 'json':
      return JSON.stringify(renderJson(body.template, values));
    case 'xml':
      return render(body.template, values, escapeXml);
  }
}

function authorization(
  auth: HttpOptions['auth'],
  { user, password, token }: LinkValues,
  request: { readonly method: string; readonly url: string; readonly body: string | null },
  nowMs: number,
): Record<string, string> {
  switch (auth) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${escapeHeader(password)}` };
    case 'ovh':
      return ovhHeaders({ application: user, secret: password, consumer: token }, request, nowMs);
  }
}
