// Reads the requests with which a carrier reports receipts and replies. Used by the process that listens, through the kind.
// Pure but for the signatures. A carrier repeats a request that is answered with an error, so a request that can never be read is
// answered like a good one, and the reason is logged.
import type { CarrierReply, Receipt } from '#domain/delivery/connector.ts';
import type { CallbackReading, InboundHttpRequest } from '#domain/delivery/connector-kind.ts';
import type { PartPlace } from '#domain/recipients/inbound-part.ts';
import { shortReason } from './masking.ts';
import type { HttpOptions } from './options.ts';
import {
  elementsAt,
  elementsOf,
  type Finders,
  findFirst,
  parseFinder,
  parseFinders,
  type ReadBody,
} from './pointers.ts';
import type { Polled } from './poll-request.ts';
import { isGenuine } from './signatures.ts';

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
  const read = itemReader(options, isReceipt ? 'receipts' : 'replies', nowMs);
  const items = itemsOf(isReceipt ? options.receiptList : options.replyList, body).map(read);
  return { kind: 'read', ...gather(items, isReceipt ? 'receipt' : 'reply'), answer };
}

/** Reasons and words once: a carrier that errs does so in each of 10,000 items. */
function gather(items: readonly ReadItem[], name: string) {
  const dropped = items.flatMap((item) => (item.kind === 'dropped' ? [item.reason] : []));
  if (items.length === 0) dropped.push(`the request has no ${name}`);
  const words = items.flatMap((item) => (item.kind === 'receipt' ? (item.unknownWord ?? []) : []));
  return {
    receipts: items.flatMap((item) => (item.kind === 'receipt' ? [item.receipt] : [])),
    replies: items.flatMap((item) => (item.kind === 'reply' ? [item.reply] : [])),
    dropped: [...new Set(dropped)],
    unknownWords: [...new Set(words)],
  };
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

/** The elements of a list, or the whole body. The limit of the body limits their number. */
function itemsOf(list: string, body: ReadBody): ReadBody[] {
  const finder = list === '' ? null : parseFinder(list);
  if (finder?.kind !== 'pointer') return [body];
  // A pointer to the list counts as one to its elements.
  return elementsOf(body, elementsAt(finder.path, body.json).flat(1));
}

/** The items of a list that the platform asked for. */
export function polledItemsOf(options: HttpOptions, polled: Polled, body: ReadBody): ReadBody[] {
  return itemsOf(polled === 'receipts' ? options.receiptList : options.replyList, body);
}

export type ReadItem =
  /** `unknownWord`: its status, if no state is known for it. */
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly unknownWord: string | null }
  | { readonly kind: 'reply'; readonly reply: CarrierReply }
  | { readonly kind: 'dropped'; readonly reason: string };

export function itemReader(
  options: HttpOptions,
  polled: Polled,
  nowMs: number,
): (item: ReadBody) => ReadItem {
  return polled === 'receipts' ? receiptReader(options, nowMs) : replyReader(options, nowMs);
}

const nothing: Finders = [];

function receiptReader(options: HttpOptions, nowMs: number): (item: ReadBody) => ReadItem {
  const idFinders = parseFinders(options.receiptId) ?? nothing;
  const statusFinders = parseFinders(options.receiptStatus) ?? nothing;
  const errorFinders = parseFinders(options.receiptError) ?? nothing;
  return (item) => {
    const reference = findFirst(idFinders, item);
    if (reference === null) return { kind: 'dropped', reason: 'the receipt has no message id' };
    const word = statusOf(statusFinders, item, options.receiptStates);
    if (word === null) return { kind: 'dropped', reason: 'the receipt has no status' };
    const state = stateOf(word, options.receiptStates);
    const error = findFirst(errorFinders, item);
    const receipt: Receipt = {
      references: [reference.replaceAll('\0', '')],
      // An unknown word never ends a message.
      state: state ?? 'underway',
      error: error === null || /^0+$/.test(error) ? null : shortReason(error),
      atMs: nowMs,
      ...(options.receiptCount === 'any' && { speaksForAll: true }),
    };
    return { kind: 'receipt', receipt, unknownWord: state === undefined ? word : null };
  };
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

function replyReader(options: HttpOptions, nowMs: number): (item: ReadBody) => ReadItem {
  const from = parseFinders(options.replyFrom) ?? nothing;
  const to = parseFinders(options.replyTo) ?? nothing;
  const text = parseFinders(options.replyText) ?? nothing;
  const parts = options.replyParts.split(',').map((part) => parseFinders(part) ?? nothing);
  return (item) => {
    const address = findFirst(from, item);
    if (address === null) return { kind: 'dropped', reason: 'the reply has no sender' };
    const reply: CarrierReply = {
      source: { address, ton: 0, npi: 0, country: options.country },
      to: findFirst(to, item) ?? '',
      text: findFirst(text, item) ?? '',
      isBinary: false,
      place: placeOf(parts, item),
      atMs: nowMs,
    };
    return { kind: 'reply', reply };
  };
}

/** Null for a whole reply, also if the place of a part is not valid: each part is then a reply. */
function placeOf(parts: readonly Finders[], item: ReadBody): PartPlace | null {
  const [reference, total, part] = parts.map((finders) =>
    Number.parseInt(findFirst(finders, item) ?? '', 10),
  );
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
