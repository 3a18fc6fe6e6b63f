// Writes the request of a message from the options of the link. Used by the connector. Values are escaped by their position:
// see template.ts. Never throws for a message; `compileRequest` throws a TemplateError for options that cannot be read.
import type { OutboundMessage } from '#domain/delivery/connector.ts';
import type { ExchangeRequest } from '#lib/net/http-exchange.ts';
import { idOf, isField, type LinkValues, valuesOf } from './fields.ts';
import { isSigningField, parseSignedText, signedValues, type UnsignedRequest } from './hmac.ts';
import type { HttpOptions } from './options.ts';
import { parseFinder } from './pointers.ts';
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
  repeatAt,
  sharedFieldsOf,
  type Template,
  TemplateError,
  type TemplateFlag,
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
  /** Of `auth: hmac`; null without. */
  readonly signedText: Template | null;
  /** Fields that the templates and the authentication name. */
  readonly fields: ReadonlySet<string>;
}

type Needed = Pick<
  HttpOptions,
  | 'method'
  | 'baseUrl'
  | 'url'
  | 'query'
  | 'headers'
  | 'bodyFormat'
  | 'body'
  | 'fields'
  | 'auth'
  | 'sign'
  | 'batch'
  | 'batchItems'
>;

export function compileRequest(options: Needed): CompiledRequest {
  const { path, search } = compileUrl(options.url, options.baseUrl, 'url', isField);
  const body = repeated(compileBody(options), options);
  const query = pairsOf(options.query, isField);
  const { headers, signedText } = compileHeaders(options);
  const shared = [
    ...fieldsOf(path),
    ...fieldsOf(search),
    ...[...query, ...headers].flatMap(([, template]) => fieldsOf(template)),
  ];
  if (options.batch > 1) checkBatch(options, [...shared, ...sharedFieldsOfBody(body)]);
  const names = [
    ...shared,
    ...fieldsOfBody(body),
    ...(signedText === null ? [] : fieldsOf(signedText)),
    ...authenticationFields[options.auth],
  ];
  return { path, search, query, headers, body, signedText, fields: new Set(names) };
}

/** Throws a TemplateError for a URL that is none. */
export function compileUrl(
  url: string,
  baseUrl: string,
  flag: TemplateFlag,
  isKnown: (name: string) => boolean,
): { readonly path: Template; readonly search: Template } {
  const written = url.replace(/^\{\{base\}\}/, baseUrl.replace(/\/+$/, ''));
  if (!/^https?:\/\/[^/?#{}@]+(?=[/?#]|$)/.test(written))
    throw new TemplateError(
      'a URL that begins with http:// or https:// and a host without a placeholder, a user or a password',
      flag,
    );
  // As the requests will have it: values stand in the path and the query only, and are escaped.
  if (!URL.canParse(written.replaceAll(/\{\{[^{}]*\}\}/g, 'x')))
    throw new TemplateError('a URL with a valid host and a port of at most 65535', flag);
  const at = written.search(/\?|$/);
  return {
    path: parseTemplate(written.slice(0, at), isKnown),
    search: parseTemplate(written.slice(at), isKnown),
  };
}

/** The headers of the options, and the text that they sign. */
export function compileHeaders({
  auth,
  headers: written,
  sign,
}: Pick<HttpOptions, 'auth' | 'headers' | 'sign'>): Pick<CompiledRequest, 'headers' | 'signedText'> {
  const isSigned = auth === 'hmac';
  const headers = pairsOf(written, (name) => isField(name) || isSigningField(name));
  const named = headers.flatMap(([, template]) => fieldsOf(template));
  const unsigned = isSigned ? undefined : named.find(isSigningField);
  if (unsigned !== undefined)
    throw new TemplateError(`an object without {{${unsigned}}}, which needs --auth hmac`, 'headers');
  if (!isSigned) return { headers, signedText: null };
  if (sign === '') throw new TemplateError('given with --auth hmac: the text that is signed', 'sign');
  if (!named.includes('signature'))
    throw new TemplateError('an object with {{signature}}, because of --auth hmac', 'headers');
  return { headers, signedText: parseSignedText(sign) };
}

function repeated(body: Body, { batch, batchItems }: Needed): Body {
  if (batchItems === '') {
    if (batch > 1)
      throw new TemplateError(
        'given with --batch: the list in --body whose element is repeated for each message, such as /messages',
        'batch-items',
      );
    return body;
  }
  const finder = parseFinder(batchItems);
  const template =
    body.kind === 'json' && finder?.kind === 'pointer' ? repeatAt(body.template, finder.path) : null;
  if (template === null)
    throw new TemplateError('the pointer of a list with one element in a JSON --body', 'batch-items');
  return { kind: 'json', template };
}

/** A field of one message outside the elements would be that of the first message of a batch. */
function checkBatch({ auth }: Needed, shared: readonly string[]): void {
  const single = shared.find((name) => isField(name) && !linkFieldNames.has(name));
  if (single !== undefined)
    throw new TemplateError(
      `1 while a template has {{${single}}} outside the element of --batch-items: it belongs to one message`,
      'batch',
    );
  if (auth === 'ovh') throw new TemplateError('1 with --auth ovh', 'batch');
}

const linkFieldNames: ReadonlySet<string> = new Set([
  'account',
  'user',
  'password',
  'token',
  'receipt-url',
  'reply-url',
]);

const authenticationFields: Readonly<Record<HttpOptions['auth'], readonly string[]>> = {
  none: [],
  basic: ['user', 'password'],
  bearer: ['password'],
  ovh: ['user', 'password', 'token'],
  hmac: ['password'],
  oauth: ['user', 'password'],
};

function pairsOf(members: Readonly<Record<string, unknown>>, isKnown: (name: string) => boolean): Pairs {
  return Object.entries(members).map(([name, text]) => {
    if (typeof text !== 'string') throw new TemplateError(`an object whose member ${name} is a text`);
    return [name, parseTemplate(text, isKnown)] as const;
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
  if (bodyFormat === 'form') return { kind: 'form', members: pairsOf(members, isField) };
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

function sharedFieldsOfBody(body: Body): string[] {
  return body.kind === 'json' ? sharedFieldsOf(body.template) : fieldsOfBody(body);
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

/** What a request has besides its messages. */
export interface RequestContext {
  readonly link: LinkValues;
  readonly nowMs: number;
  /** Of `auth: oauth`; null without. */
  readonly accessToken: string | null;
}

type Written = Pick<HttpOptions, 'method' | 'auth' | 'signAlgorithm' | 'signEncoding' | 'signKey' | 'sign'>;

/** One message, or several if the template repeats an element for each (`batchItems`). */
export function writeRequest(
  options: Written,
  compiled: CompiledRequest,
  messages: readonly OutboundMessage[],
  context: RequestContext,
): ExchangeRequest {
  const { link, nowMs } = context;
  const batch = messages.map((message) => valuesOf(message, link, nowMs));
  const { url, body } = renderRequest(compiled, batch);
  const contentType = contentTypes[compiled.body.kind];
  return {
    method: options.method,
    url,
    headers: headersOf(
      options,
      compiled,
      { method: options.method, url, body, contentType },
      { ...context, values: batch[0]!, nonceOf: idOf(messages[0]!, link.idPrefix) },
    ),
    body,
  };
}

/** Address and body, without authentication. */
export function renderRequest(
  compiled: CompiledRequest,
  batch: readonly Values[],
): { readonly url: string; readonly body: string | null } {
  return { url: urlOf(compiled, batch[0]!), body: bodyOf(compiled.body, batch) };
}

/** Headers of the options, and those of the authentication. A header without a value is left out. */
export function headersOf(
  options: Omit<Written, 'method'>,
  { headers: templates, signedText }: Pick<CompiledRequest, 'headers' | 'signedText'>,
  request: UnsignedRequest,
  { link, nowMs, accessToken, values, nonceOf }: RequestContext & { values: Values; nonceOf: string },
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'Chappe',
    ...(request.contentType !== null && { 'content-type': request.contentType }),
    ...authorization(options.auth, link, request, { nowMs, accessToken }),
  };
  const read =
    signedText === null
      ? values
      : signedValues(options, signedText, request, link.password, { values, nonceOf, nowMs });
  for (const [name, template] of templates) {
    const value = render(template, read, escapeHeader);
    if (value !== null) headers[name.toLowerCase()] = value;
  }
  return headers;
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

function bodyOf(body: Body, batch: readonly Values[]): string | null {
  const values = batch[0]!;
  switch (body.kind) {
    case 'none':
      return null;
    case 'form':
      return formOf(body.members, values);
    case 'json':
      return JSON.stringify(renderJson(body.template, values, batch));
    case 'xml':
      return render(body.template, values, escapeXml);
  }
}

function authorization(
  auth: HttpOptions['auth'],
  { user, password, token }: LinkValues,
  request: UnsignedRequest,
  { nowMs, accessToken }: { readonly nowMs: number; readonly accessToken: string | null },
): Record<string, string> {
  switch (auth) {
    case 'none':
    case 'hmac':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${escapeHeader(password)}` };
    case 'oauth':
      return { authorization: `Bearer ${accessToken ?? ''}` };
    case 'ovh':
      return ovhHeaders({ application: user, secret: password, consumer: token }, request, nowMs);
  }
}
