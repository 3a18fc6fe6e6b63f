// Reads a mail to OVH's mailbox (docs/dialects/ovh.md#mail-to-sms): everything but the text in the subject, by position
// or by name. Serves the session. What it means is what it means to OVH's other doors.

import { classOf, type Origin, readDeferredTime, sendingFrom, usualTerms } from '#dialects/ovh/sending.ts';
import type { Submission } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { MailFaultError } from './errors.ts';
import type { Mail } from './mail.ts';

export interface OvhCredentials {
  readonly account: string;
  readonly login: string;
  readonly password: string;
}

export interface OvhMailOrder {
  readonly text: string;
  readonly numbers: readonly string[];
  /** Empty: the short code. */
  readonly sender: string;
  readonly senderForResponse: boolean;
  readonly sendAtMs: number | null;
  readonly messageClass: 0 | 1 | 2 | 3;
  readonly isNoAdvertising: boolean;
}

/** In the order in which they stand where none is named. */
const places = [
  'account',
  'login',
  'password',
  'from',
  'to',
  'deferred',
  'class',
  'smscoding',
  'nostop',
] as const;

type Item = (typeof places)[number];
export type OvhSubject = ReadonlyMap<Item, string>;

const otherNames: Readonly<Record<string, Item>> = { coding: 'smscoding', smsencoding: 'smscoding' };

/** Marks of relays in front of it. */
const marks = /^(?:\[[^\]]*\]|(?:fwd?|tr|re)\s*:)\s*/i;

/** A mail without its subject's items has an empty map: what is missing is told when it is asked for. */
export function readOvhSubject(subject: string): OvhSubject {
  let rest = subject.replaceAll('\n', ' ').trim();
  while (marks.test(rest)) rest = rest.replace(marks, '');
  const separator = /[:;]/.exec(rest)?.[0] ?? ':';
  const items = new Map<Item, string>();
  for (const [place, written] of rest.split(separator).entries()) {
    const [, name, value] = /^\s*(\w+)\s*=(.*)$/s.exec(written) ?? [];
    const named = name === undefined ? undefined : itemOf(name.toLowerCase());
    const item = named ?? places[place];
    if (item !== undefined) items.set(item, (named === undefined ? written : value!).trim());
  }
  return items;
}

function itemOf(name: string): Item | undefined {
  return places.find((item) => item === name) ?? otherNames[name];
}

/** Throws `item-missing`. */
export function readOvhCredentials(items: OvhSubject): OvhCredentials {
  return {
    account: required(items, 'account'),
    login: required(items, 'login'),
    password: required(items, 'password'),
  };
}

/** Throws `item-missing` and `item-invalid`. */
export function readOvhOrder(items: OvhSubject, mail: Mail): OvhMailOrder {
  const sender = required(items, 'from');
  const senderForResponse = /^senderforresponse\s*=\s*1$/i.test(sender);
  const numbers = [...(items.get('to') ?? '').split(','), ...(mail.contacts ?? '').split('\n')]
    .map((number) => number.trim())
    .filter((number) => !isBlankText(number));
  if (numbers.length === 0) throw missing('receiver');
  return {
    text: readOvhText(mail.text),
    numbers,
    sender: senderForResponse ? '' : sender,
    senderForResponse,
    sendAtMs: readDeferred(items.get('deferred')),
    messageClass: readClass(items.get('class')),
    isNoAdvertising: /^(?:nostop\s*=\s*)?1$/i.test(items.get('nostop') ?? ''),
  };
}

/** The relay may bring a mail again: its own id makes it one sending. */
const rememberMs = 24 * 3_600_000;

export function ovhSubmissionOf(
  order: OvhMailOrder,
  origin: Origin,
  userId: number,
  messageId: string | null,
): Submission {
  return {
    // Its receipts and replies are told as OVH tells them.
    dialect: 'ovh',
    text: order.text,
    recipients: order.numbers.map((number) => ({ number })),
    ...sendingFrom(origin, order.isNoAdvertising),
    ...classOf(order.messageClass),
    sendAtMs: order.sendAtMs,
    validityMs: null,
    label: { tag: null, userId, batchId: null },
    ...usualTerms,
    idempotencyKey: messageId,
    idempotencyTtlMs: rememberMs,
  };
}

/** Up to an empty line or `--end`, so that no footer becomes a text (docs/dialects/ovh.md#mail-to-sms). */
export function readOvhText(body: string): string {
  const start = body.trimStart();
  const ends = [start.indexOf('\n\n'), start.indexOf('--end')].filter((at) => at !== -1);
  const text = start.slice(0, Math.min(...ends, start.length)).trimEnd();
  if (isBlankText(text)) throw missing('text');
  return text;
}

function required(items: OvhSubject, item: Item): string {
  const value = items.get(item);
  if (value === undefined || value === '') throw missing(item);
  return value;
}

function missing(what: string): MailFaultError {
  return new MailFaultError(
    'item-missing',
    `the ${what} is missing: a subject is account:login:password:sender:receivers`,
  );
}

function invalid(what: string): MailFaultError {
  return new MailFaultError('item-invalid', what);
}

function readDeferred(written = ''): number | null {
  if (written === '') return null;
  const atMs = readDeferredTime(written);
  if (Number.isNaN(atMs)) throw invalid('the date of sending is hhmmddMMYYYY, such as 183025122026');
  return atMs;
}

function readClass(written = ''): OvhMailOrder['messageClass'] {
  if (written === '') return 1;
  if (!/^[0-3]$/.test(written)) throw invalid('a class is 0, 1, 2 or 3');
  return Number(written) as OvhMailOrder['messageClass'];
}
