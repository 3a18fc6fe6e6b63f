// Writes the requests that ask an HTTP carrier for receipts or replies. Used by the poller; the option table reads the templates.
// Pure. `compilePoll` throws a TemplateError for options that cannot be read.
import type { ExchangeRequest } from '#lib/net/http-exchange.ts';
import { isField, type LinkValues } from './fields.ts';
import type { HttpOptions } from './options.ts';
import {
  type CompiledRequest,
  compileHeaders,
  compileUrl,
  headersOf,
  type RequestContext,
} from './request.ts';
import { escapePath, escapeQuery, fieldsOf, render, type Template, TemplateError } from './template.ts';

export type Polled = 'receipts' | 'replies';

/** Between two requests. It is stored, so that a restart continues. */
export interface PollState {
  /** Empty: none yet. */
  readonly cursor: string;
  /** Of the last request whose items were all stored, less a minute for clocks that differ; at first, of the start of the link. */
  readonly sinceMs: number;
  /** Digests of items of the last answer that had some: they are not new in the next one. */
  readonly seen: readonly string[];
}

const linkFields = ['account', 'user', 'password', 'token'] as const;
const pollFields: readonly string[] = [...linkFields, 'cursor', 'since.iso', 'since.seconds'];

export function isPollField(name: string): boolean {
  return pollFields.includes(name);
}

export interface CompiledPoll extends Pick<CompiledRequest, 'headers' | 'signedText'> {
  readonly path: Template;
  readonly search: Template;
  readonly fields: ReadonlySet<string>;
}

/** Null: the link does not ask for them. */
export function compilePoll(options: HttpOptions, polled: Polled): CompiledPoll | null {
  const url = polled === 'receipts' ? options.pollReceipts : options.pollReplies;
  if (url === '') return null;
  const flag = polled === 'receipts' ? 'poll-receipts' : 'poll-replies';
  const { path, search } = compileUrl(url, options.baseUrl, flag, isPollField);
  const fields = new Set([...fieldsOf(path), ...fieldsOf(search)]);
  if (fields.has('cursor') !== (options.pollCursor !== ''))
    throw new TemplateError(
      fields.has('cursor')
        ? 'given with --poll-cursor: where a list has the next value of {{cursor}}'
        : 'a URL template with {{cursor}}, because of --poll-cursor',
      flag,
    );
  return { path, search, fields, ...compileHeaders(options) };
}

export function writePoll(
  options: HttpOptions,
  { path, search, ...compiled }: CompiledPoll,
  { cursor, sinceMs }: Pick<PollState, 'cursor' | 'sinceMs'>,
  context: RequestContext,
): ExchangeRequest {
  const values = (field: string) => {
    if (field === 'cursor') return cursor;
    if (field === 'since.iso') return `${new Date(sinceMs).toISOString().slice(0, 19)}Z`;
    if (field === 'since.seconds') return String(Math.floor(sinceMs / 1000));
    // Fields of a message have no value: their headers are left out.
    return isLinkField(field) ? context.link[field] : null;
  };
  const query = render(search, values, escapeQuery) ?? '';
  // The first request has no cursor: carriers refuse an empty one.
  const url = (render(path, values, escapePath) ?? '') + (cursor === '' ? withoutEmpty(query) : query);
  const unsigned = { method: 'GET', url, body: null, contentType: null };
  const nonceOf = `${context.link.idPrefix}${url}`;
  return {
    method: 'GET',
    url,
    headers: headersOf(options, compiled, unsigned, { ...context, values, nonceOf }),
    body: null,
  };
}

function withoutEmpty(query: string): string {
  const members = query.slice(1).split('&');
  const kept = members.filter((member) => !member.endsWith('='));
  return kept.length === 0 || query === '' ? '' : `?${kept.join('&')}`;
}

function isLinkField(field: string): field is (typeof linkFields)[number] & keyof LinkValues {
  return isField(field) && (linkFields as readonly string[]).includes(field);
}
