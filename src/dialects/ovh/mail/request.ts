// Reads a mail in OVH's form (docs/dialects/ovh.md#mail-to-sms): the text is the body, all other items are in the subject, by
// position or by name. Used by session.ts.

import { classOf, type Origin, ovhDefaults, readDeferredTime, sendingFrom } from '#dialects/ovh/sending.ts';
import type { Submission } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { dayMs } from '#lib/time/duration.ts';
import { type Mail, readAttachmentText } from '#listeners/mime.ts';
import { classInvalid, deferredInvalid, itemMissing, textMissing } from './errors.ts';

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

/** In the order of a subject without names. */
const itemsByPosition = [
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

type Item = (typeof itemsByPosition)[number];
export type OvhSubject = ReadonlyMap<Item, string>;

const otherNames: Readonly<Record<string, Item>> = { coding: 'smscoding', smsencoding: 'smscoding' };

/** Marks of relays and mail programs in front of the items. */
const marks = /^(?:\[[^\]]*\]|(?:fwd?|tr|re)\s*:)\s*/i;

/** An item that is missing is refused when it is read. */
export function readOvhSubject(subject: string): OvhSubject {
  let rest = subject.replaceAll('\n', ' ').trim();
  while (marks.test(rest)) rest = rest.replace(marks, '');
  const separator = /[:;]/.exec(rest)?.[0] ?? ':';
  const items = new Map<Item, string>();
  for (const [position, written] of rest.split(separator).entries()) {
    const [, name, value] = /^\s*(\w+)\s*=(.*)$/s.exec(written) ?? [];
    const named = name === undefined ? undefined : itemOf(name.toLowerCase());
    const item = named ?? itemsByPosition[position];
    if (item !== undefined) items.set(item, (named === undefined ? written : value!).trim());
  }
  return items;
}

function itemOf(name: string): Item | undefined {
  return itemsByPosition.find((item) => item === name) ?? otherNames[name];
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
  const numbers = [...(items.get('to') ?? '').split(','), ...readContacts(mail)]
    .map((number) => number.trim())
    .filter((number) => !isBlankText(number));
  if (numbers.length === 0) throw itemMissing('receiver');
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

/** A mail that its relay repeats within this time is sent once: its message id is the idempotency key. */
const rememberMs = dayMs;

export function submissionOf(
  order: OvhMailOrder,
  origin: Origin,
  userId: number,
  messageId: string | null,
): Submission {
  return {
    ...ovhDefaults,
    dialect: 'ovh',
    text: order.text,
    recipients: order.numbers.map((number) => ({ number })),
    ...sendingFrom(origin, order.isNoAdvertising),
    ...classOf(order.messageClass),
    sendAtMs: order.sendAtMs,
    label: { tag: null, userId, batchId: null },
    idempotencyKey: messageId,
    idempotencyTtlMs: rememberMs,
  };
}

/** Ends at an empty line or `--end`, so that no footer becomes text. */
export function readOvhText(body: string): string {
  const start = body.trimStart();
  const positions = [start.indexOf('\n\n'), start.indexOf('--end')].filter((at) => at !== -1);
  const text = start.slice(0, Math.min(...positions, start.length)).trimEnd();
  if (isBlankText(text)) throw textMissing();
  return text;
}

function required(items: OvhSubject, item: Item): string {
  const value = items.get(item);
  if (value === undefined || value === '') throw itemMissing(item);
  return value;
}

/** Numbers of the text file named `contact` or `contacts`, with any extension: one in each line. */
function readContacts({ attachments }: Mail): string[] {
  const file = attachments.find(({ name }) => /^contacts?(?:\.\w+)?$/i.test(name));
  return file === undefined ? [] : readAttachmentText(file).split('\n');
}

function readDeferred(written = ''): number | null {
  if (written === '') return null;
  const atMs = readDeferredTime(written);
  if (Number.isNaN(atMs)) throw deferredInvalid();
  return atMs;
}

function readClass(written = ''): OvhMailOrder['messageClass'] {
  if (written === '') return 1;
  if (!/^[0-3]$/.test(written)) throw classInvalid();
  return Number(written) as OvhMailOrder['messageClass'];
}
