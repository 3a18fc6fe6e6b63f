// Reads the requests with which a carrier reports receipts and replies. Used by the process that listens, through the kind.
// Pure but for the signatures. A carrier repeats a request that is answered with an error, so a request that can never be read is
// answered like a good one, and the reason is logged.
import type { CarrierReply, Receipt } from '#domain/delivery/connector.ts';
import type { CallbackReading, InboundHttpRequest } from '#domain/delivery/connector-kind.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import type { HttpOptions } from './options.ts';
import { elementsAt, type Finders, findFirst, parseFinder, parseFinders, type ReadBody } from './pointers.ts';
import { isGenuine } from './signatures.ts';

/** Limit of receipts or replies in one request. */
const maxItems = 10_000;

export function readCallback(
  options: HttpOptions,
  request: InboundHttpRequest,
  nowMs: number,
): CallbackReading {
  const query = membersOf(request.query);
  const { form, body } = readBodies(request, query);
  const callback = {
    url: request.url,
    header: (name: string) => request.headers[name] ?? null,
    query,
    form,
    body: request.body,
  };
  if (!isGenuine(options.verify, callback, options))
    return { kind: 'refused', reason: 'the signature is not valid' };
  const answer = {
    status: 200,
    contentType: options.callbackAnswerType,
    body: options.callbackAnswer,
  };
  const isReceipt =
    request.purpose === 'receipt' || (request.purpose === 'callback' && hasStatus(options, body));
  const reading = isReceipt ? readReceipts(options, body, nowMs) : readReplies(options, body, nowMs);
  return { kind: 'read', receipts: [], replies: [], ...reading, answer };
}

/** Whether the first item has a status. */
function hasStatus({ receiptList, receiptStatus }: HttpOptions, body: ReadBody): boolean {
  const [first] = itemsOf(receiptList, body);
  return first !== undefined && findFirst(parseFinders(receiptStatus) ?? nothing, first) !== null;
}

function membersOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** A JSON body alone, unless it is empty; otherwise query and form as one object. */
function readBodies(
  { contentType, body }: InboundHttpRequest,
  query: Readonly<Record<string, string>>,
): { form: Record<string, string>; body: ReadBody } {
  const text = Buffer.from(body).toString('utf8');
  if (contentType.includes('x-www-form-urlencoded')) {
    const form = membersOf(text);
    return { form, body: { text, json: { ...query, ...form } } };
  }
  if (text.trim() === '') return { form: {}, body: { text, json: query } };
  try {
    const json: unknown = JSON.parse(text);
    return { form: {}, body: { text, json: isPlain(json) ? { ...query, ...json } : json } };
  } catch {
    return { form: {}, body: { text, json: query } };
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The elements of a list, or the whole body. */
function itemsOf(list: string, body: ReadBody): ReadBody[] {
  const finder = list === '' ? null : parseFinder(list);
  if (finder?.kind !== 'pointer') return [body];
  // A pointer to the list counts as one to its elements.
  const found = elementsAt(finder.path, body.json).flat(1).slice(0, maxItems);
  return found.map((json) => ({ text: body.text, json }));
}

/** The receipts or replies of a list that the platform asked for. */
export function readPolled(
  options: HttpOptions,
  polled: 'receipts' | 'replies',
  body: ReadBody,
  nowMs: number,
): Items & { readonly count: number } {
  const count = itemsOf(polled === 'receipts' ? options.receiptList : options.replyList, body).length;
  if (count === 0) return { count, dropped: [], unknownWords: [] };
  const read = polled === 'receipts' ? readReceipts : readReplies;
  return { count, ...read(options, body, nowMs) };
}

interface Items {
  readonly receipts?: Receipt[];
  readonly replies?: CarrierReply[];
  /** Why items were dropped; empty: none was. */
  readonly dropped: string[];
  readonly unknownWords: string[];
}

const nothing: Finders = [];

function readReceipts(options: HttpOptions, body: ReadBody, nowMs: number): Items {
  const receipts: Receipt[] = [];
  const dropped: string[] = [];
  const unknownWords: string[] = [];
  const idFinders = parseFinders(options.receiptId) ?? nothing;
  const statusFinders = parseFinders(options.receiptStatus) ?? nothing;
  const errorFinders = parseFinders(options.receiptError) ?? nothing;
  for (const item of itemsOf(options.receiptList, body)) {
    const reference = findFirst(idFinders, item);
    const word = statusOf(statusFinders, item, options.receiptStates);
    if (reference === null || word === null) {
      dropped.push(reference === null ? 'the receipt has no message id' : 'the receipt has no status');
      continue;
    }
    const state = stateOf(word, options.receiptStates);
    // An unknown word never ends a message.
    if (state === undefined) unknownWords.push(word);
    const error = findFirst(errorFinders, item);
    receipts.push({
      references: [reference.replaceAll('\0', '')],
      state: state ?? 'underway',
      error: error === null || /^0+$/.test(error) ? null : printable(error),
      atMs: nowMs,
      ...(options.receiptCount === 'any' && { speaksForAll: true }),
    });
  }
  if (receipts.length + dropped.length === 0) dropped.push('the request has no receipt');
  return { receipts, dropped, unknownWords };
}

/** The first status with a meaning; otherwise the first one. A carrier can have a general status besides an exact one. */
function statusOf(finders: Finders, item: ReadBody, states: HttpOptions['receiptStates']): string | null {
  const words = finders.flatMap((finder) => findFirst([finder], item) ?? []);
  return words.find((word) => stateOf(word, states) !== undefined) ?? words[0] ?? null;
}

function stateOf(word: string, states: HttpOptions['receiptStates']): Receipt['state'] | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(states, key) ? states[key] : undefined;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}

function readReplies(options: HttpOptions, body: ReadBody, nowMs: number): Items {
  const replies: CarrierReply[] = [];
  const dropped: string[] = [];
  const from = parseFinders(options.replyFrom) ?? nothing;
  const to = parseFinders(options.replyTo) ?? nothing;
  const text = parseFinders(options.replyText) ?? nothing;
  for (const item of itemsOf(options.replyList, body)) {
    const address = findFirst(from, item);
    if (address === null) {
      dropped.push('the reply has no sender');
      continue;
    }
    replies.push({
      source: { address, ton: 0, npi: 0, country: options.country },
      to: findFirst(to, item) ?? '',
      text: findFirst(text, item) ?? '',
      isBinary: false,
      place: placeOf(options.replyParts, item),
      atMs: nowMs,
    });
  }
  if (replies.length + dropped.length === 0) dropped.push('the request has no reply');
  return { replies, dropped, unknownWords: [] };
}

/** Null for a whole reply, also if the place of a part is not valid: each part is then a reply. */
function placeOf(parts: string, item: ReadBody): PartPlace | null {
  const [reference, total, part] = parts
    .split(',')
    .map((finder) => Number.parseInt(findFirst(parseFinders(finder) ?? nothing, item) ?? '', 10));
  const isPlace =
    reference !== undefined &&
    total !== undefined &&
    part !== undefined &&
    reference >= 0 &&
    reference <= 0xffff &&
    total > 1 &&
    total <= 255 &&
    part >= 1 &&
    part <= total;
  return isPlace ? { reference, total, part } : null;
}
