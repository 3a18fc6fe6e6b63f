// Keeps the last exchanges of an HTTP link for the operator, without texts, whole numbers and secrets. Used by the connector.
// Pure. Failures have a part of their own, so that successes do not push them out.
import type { CapturedExchange, OutboundMessage } from '#domain/delivery/connector.ts';
import type { Exchange } from '#lib/net/http-exchange.ts';
import type { AnswerMeaning } from './answers.ts';
import { type LinkValues, valuesOf } from './fields.ts';
import { hiddenWordsOf, maskAnswer, maskNumber } from './masking.ts';
import { type CompiledRequest, renderRequest } from './request.ts';
import type { Values } from './template.ts';

const maxOfKind = 10;
/** Exchanges with one status and one meaning are alike: one a second shows the form. */
const sameEveryMs = 1_000;
const maxLength = 600;
const maxSorts = 100;
/** More messages of a batch do not fit into that length. */
const maxShown = 20;

export interface Captured {
  readonly method: string;
  readonly messages: readonly OutboundMessage[];
  readonly link: LinkValues;
  readonly exchange: Exchange;
  /** Null: no usable answer. */
  readonly meaning: AnswerMeaning | null;
  readonly sentAtMs: number;
  readonly nowMs: number;
}

export class Exchanges {
  readonly #request: CompiledRequest;
  readonly #failures: CapturedExchange[] = [];
  readonly #successes: CapturedExchange[] = [];
  /** When an exchange of a status and a meaning was captured last. */
  readonly #lastAtMs = new Map<string, number>();

  constructor(request: CompiledRequest) {
    this.#request = request;
  }

  add(captured: Captured): void {
    const { exchange, meaning, sentAtMs } = captured;
    const sort = `${exchange.kind === 'failed' ? exchange.reason : exchange.status} ${meaning}`;
    if (sentAtMs < (this.#lastAtMs.get(sort) ?? -Infinity) + sameEveryMs) return;
    if (this.#lastAtMs.size > maxSorts) this.#lastAtMs.clear();
    this.#lastAtMs.set(sort, sentAtMs);
    const list = meaning === 'taken' ? this.#successes : this.#failures;
    list.push(describe(this.#request, captured));
    if (list.length > maxOfKind) list.shift();
  }

  /** Newest first. */
  list(): CapturedExchange[] {
    return [...this.#failures, ...this.#successes].sort((a, b) => b.atMs - a.atMs);
  }
}

function describe(
  request: CompiledRequest,
  { method, messages, link, exchange, meaning, sentAtMs, nowMs }: Captured,
): CapturedExchange {
  const { url, body } = renderRequest(
    request,
    messages.slice(0, maxShown).map((message) => maskedValues(message, link, sentAtMs)),
  );
  const shared = { atMs: sentAtMs, durationMs: nowMs - sentAtMs, method, url: url.slice(0, maxLength) };
  const sent = body === null ? null : body.slice(0, maxLength);
  if (exchange.kind === 'failed')
    return { ...shared, request: sent, status: null, meaning: 'failed', answer: exchange.reason };
  const hidden = hiddenWordsOf([...messages.map(({ text }) => text), ...secretsOf(link)]);
  return {
    ...shared,
    request: sent,
    status: exchange.status,
    meaning: meaning ?? 'failed',
    answer: exchange.body === null ? null : maskAnswer(exchange.body, hidden).slice(0, maxLength),
  };
}

const hiddenFields: ReadonlySet<string> = new Set(['password', 'token', 'receipt-url', 'reply-url']);

/** Values of a message with marks in the place of its text, of most of its number and of the secrets of the link. */
function maskedValues(message: OutboundMessage, link: LinkValues, nowMs: number): Values {
  const values = valuesOf(message, link, nowMs);
  return (field) => {
    const value = values(field);
    if (value === null) return null;
    if (hiddenFields.has(field)) return `[${field}]`;
    if (field.startsWith('text')) return `[${value.length} characters]`;
    if (field.startsWith('to')) return maskNumber(value);
    return value;
  };
}

function secretsOf({ password, token, receiptUrl }: LinkValues): string[] {
  // …/carriers/NAME/TOKEN/receipt
  return [password, token, receiptUrl.split('/').at(-2) ?? ''];
}
