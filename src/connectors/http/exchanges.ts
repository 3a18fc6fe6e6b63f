// Keeps the last exchanges of an HTTP link for the operator, without texts, whole numbers and secrets. Used by the connector.
// Pure. Failures have a part of their own, so that successes do not push them out.
import type { CapturedExchange, OutboundMessage } from '#domain/delivery/connector.ts';
import type { Exchange } from '#lib/net/http-exchange.ts';
import type { AnswerMeaning } from './answers.ts';
import { type LinkValues, valuesOf } from './fields.ts';
import { type CompiledRequest, renderRequest } from './request.ts';
import type { Values } from './template.ts';

const maxOfKind = 10;
/** Successes are alike: one a second shows the form. */
const successEveryMs = 1_000;
const maxLength = 600;
/** Shorter texts occur in other places by chance. */
const minHiddenLength = 3;

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

  constructor(request: CompiledRequest) {
    this.#request = request;
  }

  add(captured: Captured): void {
    const isSuccess = captured.meaning === 'taken';
    const list = isSuccess ? this.#successes : this.#failures;
    const last = list.at(-1);
    if (isSuccess && last !== undefined && captured.sentAtMs < last.atMs + successEveryMs) return;
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
    messages.map((message) => maskedValues(message, link, sentAtMs)),
  );
  const shared = { atMs: sentAtMs, durationMs: nowMs - sentAtMs, method, url: url.slice(0, maxLength) };
  const sent = body === null ? null : body.slice(0, maxLength);
  if (exchange.kind === 'failed')
    return { ...shared, request: sent, status: null, meaning: 'failed', answer: exchange.reason };
  const hidden = messages.flatMap((message) => secretsOf(message, link));
  return {
    ...shared,
    request: sent,
    status: exchange.status,
    meaning: meaning ?? 'failed',
    answer: exchange.body === null ? null : hide(exchange.body, hidden).slice(0, maxLength),
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
    if (field.startsWith('to')) return maskedNumber(value);
    return value;
  };
}

function maskedNumber(number: string): string {
  return `${number.slice(0, 4)}…${number.slice(-2)}`;
}

/** What an answer can repeat, with its mark. */
function secretsOf(message: OutboundMessage, link: LinkValues): (readonly [string, string])[] {
  const number = String(message.msisdn);
  const json = JSON.stringify(message.text).slice(1, -1);
  return [
    [message.text, '[text]'],
    [json, '[text]'],
    [message.text.slice(0, 20), '[text]'],
    [number, maskedNumber(number)],
    [number.slice(2), '…'],
    [link.password, '[password]'],
    [link.token, '[token]'],
    [link.receiptUrl, '[receipt-url]'],
    [link.replyUrl, '[reply-url]'],
  ];
}

function hide(body: string, hidden: readonly (readonly [string, string])[]): string {
  // Before the long work: an answer can have 256 kB.
  let shown = body.slice(0, 20_000);
  for (const [secret, mark] of hidden)
    if (secret.length >= minHiddenLength) shown = shown.replaceAll(secret, mark);
  return shown;
}
