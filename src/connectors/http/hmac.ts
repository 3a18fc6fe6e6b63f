// Signs requests of an HTTP carrier by HMAC over a text that the operator writes as a template. Used by the request writer.
// Pure: the nonce follows from the message and the time, which no two requests share.
import { createHash, createHmac } from 'node:crypto';
import type { HttpOptions } from './options.ts';
import { parseTemplate, render, type Template, TemplateError, type Values } from './template.ts';

/** The request before its signature is added. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
  readonly contentType: string | null;
}

type Signing = Pick<HttpOptions, 'sign' | 'signAlgorithm' | 'signEncoding' | 'signKey'>;

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8');
const md5 = (text: string) => createHash('md5').update(text, 'utf8');

type Read = (request: UnsignedRequest, url: URL, nowMs: number) => string;

/** Of the text that is signed, and of headers. docs/operating/http-carriers.md#signed-requests lists them. */
const requestFields: Readonly<Record<string, Read>> = {
  method: ({ method }) => method,
  'request-url': ({ url }) => url,
  host: (_request, { host }) => host,
  path: (_request, { pathname }) => pathname,
  query: (_request, { search }) => search.slice(1),
  body: ({ body }) => body ?? '',
  'content-type': ({ contentType }) => contentType ?? '',
  'body.sha256': ({ body }) => sha256(body ?? '').digest('hex'),
  'body.sha256.base64': ({ body }) => sha256(body ?? '').digest('base64'),
  'body.md5': ({ body }) => md5(body ?? '').digest('hex'),
  'body.md5.base64': ({ body }) => md5(body ?? '').digest('base64'),
  timestamp: (_request, _url, nowMs) => String(Math.floor(nowMs / 1000)),
  'timestamp.ms': (_request, _url, nowMs) => String(nowMs),
  'timestamp.iso': (_request, _url, nowMs) => `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
  'timestamp.http': (_request, _url, nowMs) => new Date(nowMs).toUTCString(),
};

/** A field that headers of a signed request have besides those of a message. */
export function isSigningField(name: string): boolean {
  return Object.hasOwn(requestFields, name) || name === 'nonce' || name === 'signature';
}

const isSignedField = (name: string) =>
  (isSigningField(name) && name !== 'signature') || ['account', 'user', 'password', 'token'].includes(name);

/** `\n` and `\t` in the option are a line end and a tabulator. */
export function parseSignedText(text: string): Template {
  try {
    return parseTemplate(text.replaceAll('\\n', '\n').replaceAll('\\t', '\t'), isSignedField);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(error.message, 'sign');
  }
}

/** Values of the fields above over those of the message. */
export function signedValues(
  signing: Signing,
  template: Template,
  request: UnsignedRequest,
  secret: string,
  { values, nonceOf, nowMs }: { readonly values: Values; readonly nonceOf: string; readonly nowMs: number },
): Values {
  const url = new URL(request.url);
  const nonce = sha256(`${nonceOf} ${nowMs}`).digest('hex').slice(0, 32);
  const read: Values = (field) => {
    if (field === 'nonce') return nonce;
    return Object.hasOwn(requestFields, field) ? requestFields[field]!(request, url, nowMs) : values(field);
  };
  const text = render(template, read, (value) => value) ?? '';
  const key = signing.signKey === 'text' ? Buffer.from(secret, 'utf8') : Buffer.from(secret, signing.signKey);
  const signature = createHmac(signing.signAlgorithm, key).update(text, 'utf8').digest(signing.signEncoding);
  return (field) => (field === 'signature' ? signature : read(field));
}
