// Reads credentials and a submission from a call of http2sms (docs/dialects/ovh.md#http2sms). Used by routes.ts. Checks the form
// only; later stages check senders, numbers, prices and credit.

import { classOf, type Origin, ovhDefaults, readDeferredTime, sendingFrom } from '#dialects/ovh/sending.ts';
import type { Fields } from '#dialects/shared/form-fields.ts';
import { splitNumbers } from '#dialects/shared/number-list.ts';
import type { Submission } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { invalid, missing } from './errors.ts';

/** Parameters by name in lower case: guides and clients differ in case. */
export type Parameters = ReadonlyMap<string, string>;

export interface Login {
  readonly account: string;
  readonly login: string;
  readonly password: string;
}

export interface Http2smsOrder {
  readonly text: string;
  readonly numbers: readonly string[];
  /** Empty: the short code. */
  readonly sender: string;
  readonly senderForResponse: boolean;
  readonly sendAtMs: number | null;
  readonly messageClass: 0 | 1 | 2 | 3;
  readonly isNoAdvertising: boolean;
  readonly tag: string | null;
}

/** The maximum in a query string; the same for a body. */
const maxNumbers = 10_000;
const maxTagLength = 20;

/**
 * Quirk: published programs send smsAccount (docs/dialects/ovh.md#http2sms). The other names are those of OVH's SOAP call
 * telephonySmsSend, until 2017, from which smsAccount comes too; no program is known to send them to http2sms.
 */
const olderNames: ReadonlyMap<string, string> = new Map([
  ['smsaccount', 'account'],
  ['numberfrom', 'from'],
  ['numberto', 'to'],
  ['smsclass', 'class'],
  ['smsdeferred', 'deferred'],
]);

/** An older name counts if the newer one is absent or empty. */
export function readParameters(fields: Fields): Parameters {
  const parameters = new Map([...fields].map(([name, value]) => [name.toLowerCase(), value]));
  for (const [older, name] of olderNames) {
    const value = parameters.get(older);
    if (value !== undefined && !parameters.get(name)?.trim()) parameters.set(name, value);
  }
  return parameters;
}

/** Throws Http2smsRefusal 201. */
export function readLogin(parameters: Parameters): Login {
  return {
    account: required(parameters, 'account').trim(),
    login: required(parameters, 'login').trim(),
    password: required(parameters, 'password'),
  };
}

/** Throws Http2smsRefusal 201 and 202; what is missing first. */
export function readOrder(parameters: Parameters): Http2smsOrder {
  const senderForResponse = /^(?:1|true|yes)$/i.test(parameters.get('senderforresponse')?.trim() ?? '');
  // Used if the pool has no short code.
  const sender = (
    senderForResponse ? (optional(parameters, 'from') ?? '') : required(parameters, 'from')
  ).trim();
  const numbers = readNumbers(required(parameters, 'to'));
  const text = readText(required(parameters, 'message'));
  readCoding(parameters);
  return {
    text,
    numbers,
    sender,
    senderForResponse,
    sendAtMs: readDeferred(optional(parameters, 'deferred')),
    messageClass: readClass(optional(parameters, 'class')),
    isNoAdvertising: readSwitch(parameters, 'nostop'),
    tag: readTag(optional(parameters, 'tag')),
  };
}

export function submissionOf(order: Http2smsOrder, origin: Origin, userId: number): Submission {
  return {
    ...ovhDefaults,
    dialect: 'http2sms',
    text: order.text,
    recipients: order.numbers.map((number) => ({ number })),
    ...sendingFrom(origin, order.isNoAdvertising),
    ...classOf(order.messageClass),
    sendAtMs: order.sendAtMs,
    label: { tag: order.tag, userId, batchId: null },
  };
}

function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value.trim() === '') throw missing(name);
  return value;
}

/** Null if it is absent or empty. */
function optional(parameters: Parameters, name: string): string | null {
  return parameters.get(name)?.trim() || null;
}

/** Quirk: guides and programs write `noStop=1`, `&noStop&`, `noStop=` and `noStop=true` for the same. */
function readSwitch(parameters: Parameters, name: string): boolean {
  const value = parameters.get(name);
  return value !== undefined && !/^(?:0|false|no)$/i.test(value.trim());
}

function readNumbers(list: string): string[] {
  const numbers = splitNumbers(list).filter((number) => !isBlankText(number));
  if (numbers.length === 0) throw missing('to');
  if (numbers.length > maxNumbers) throw invalid('to', `At most ${maxNumbers} numbers in one call.`);
  return numbers;
}

/**
 * Quirk: a line break is written as the three characters %0d, encoded once more by the gem
 * (docs/dialects/ovh.md#http2sms).
 */
function readText(written: string): string {
  const text = written.replace(/%0d/gi, '\r').replace(/\r\n?/g, '\n');
  if (isBlankText(text)) throw missing('message');
  return text;
}

/** A hint only: the text decides (docs/dialects/ovh.md#sending). */
function readCoding(parameters: Parameters): void {
  for (const name of ['smscoding', 'smsencoding'])
    if (!/^[12]?$/.test(optional(parameters, name) ?? '')) throw invalid(name, '1 is 7 bit, 2 is Unicode.');
}

function readDeferred(written: string | null): number | null {
  if (written === null) return null;
  const atMs = readDeferredTime(written);
  if (Number.isNaN(atMs))
    throw invalid('deferred', 'A date is hhmmddMMYYYY: 0830 on 25 December is 083025122026.');
  return atMs;
}

function readClass(written: string | null): Http2smsOrder['messageClass'] {
  if (written === null) return 1;
  if (!/^[0-3]$/.test(written))
    throw invalid('class', 'Classes are 0 flash, 1 phone, 2 SIM, 3 external device.');
  return Number(written) as Http2smsOrder['messageClass'];
}

function readTag(tag: string | null): string | null {
  if (tag !== null && tag.length > maxTagLength)
    throw invalid('tag', `A tag has at most ${maxTagLength} characters.`);
  return tag;
}
