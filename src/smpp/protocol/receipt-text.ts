// Delivery receipts: the text that carriers write (SMPP 3.4 Appendix B), read as tolerantly as they differ, and
// the same text written by the simulated carrier and the SMPP door. Serves both sides of a receipt.
// It never throws and never guesses a reference: a receipt that names no message reads as null.

import type { Tlvs } from './commands.ts';
import { tlvInt, tlvTags, tlvText } from './tlvs.ts';

export type ReceiptState = 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown' | 'underway';

export interface Receipt {
  /** Possible spellings of the reference, likeliest first. */
  readonly references: readonly string[];
  readonly state: ReceiptState;
  /** The carrier's error code as text; null when it has none or it is zero. */
  readonly error: string | null;
  readonly atMs: number;
}

/** The fields as they stand; empty when absent. `text` is not kept: nobody needs it. */
export interface ReceiptFields {
  id: string;
  stat: string;
  err: string;
  doneDate: string;
}

/** message_state (SMPP 3.4 §5.2.28) and the states of version 5 that carriers send all the same. */
const statesByCode: readonly (ReceiptState | undefined)[] = [
  'underway', // 0 scheduled (5.0)
  'underway', // 1 enroute
  'delivered',
  'expired',
  'undelivered', // 4 deleted
  'undelivered',
  'underway', // 6 accepted
  'unknown',
  'rejected',
  'rejected', // 9 skipped (5.0)
];

/** Quirk: the appendix knows the seven-letter forms, carriers write the words out as well. */
const statesByWord: ReadonlyMap<string, ReceiptState> = new Map([
  ['DELIVRD', 'delivered'],
  ['DELIVERED', 'delivered'],
  ['DELIVERD', 'delivered'],
  ['UNDELIV', 'undelivered'],
  ['UNDELIVRD', 'undelivered'],
  ['UNDELIVERED', 'undelivered'],
  ['UNDELIVERABLE', 'undelivered'],
  ['FAILED', 'undelivered'],
  ['DELETED', 'undelivered'],
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['REJECTED', 'rejected'],
  ['SKIPPED', 'rejected'],
  ['ACCEPTD', 'underway'],
  ['ACCEPTED', 'underway'],
  ['ENROUTE', 'underway'],
  ['BUFFERED', 'underway'],
  ['SCHEDULED', 'underway'],
  ['UNKNOWN', 'unknown'],
]);

/** TLVs first, then the text; null when neither names a message. `nowMs` stands in for a date that is not there. */
export function readReceipt(text: string, tlvs: Tlvs, nowMs: number): Receipt | null {
  const fields = readReceiptFields(text);
  const tlvId = tlvs.size > 0 ? tlvText(tlvs, tlvTags.receipted_message_id) : undefined;
  const id = tlvId || fields.id;
  if (id === '') return null;
  const references = referenceSpellings(id);
  if (fields.id !== '' && !references.includes(fields.id)) references.push(fields.id);
  return {
    references,
    state: stateOf(fields.stat, tlvs),
    error: errorOf(fields.err, tlvs),
    atMs: readReceiptDate(fields.doneDate, nowMs) ?? nowMs,
  };
}

/** For carriers that forget esm_class: begins with an id and has a state. */
export function looksLikeReceipt(text: string): boolean {
  return /^\s*id\s*:/i.test(text) && /\bstat\s*:/i.test(text);
}

/** `key:value` pairs in any order and case, with blanks around the colon; `text:` ends them. */
export function readReceiptFields(text: string): ReceiptFields {
  const fields: ReceiptFields = { id: '', stat: '', err: '', doneDate: '' };
  for (let colon = text.indexOf(':'); colon >= 0; ) {
    const key = keyBefore(text, colon);
    if (key === 'text') break;
    const start = skipBlanks(text, colon + 1);
    let end = start;
    while (end < text.length && text.charCodeAt(end) > 0x20) end++;
    const next = text.indexOf(':', colon + 1);
    // An empty value is followed by the next key: `err: text:…`.
    const isEmpty = start > colon + 1 && next >= 0 && next < end;
    if (key !== null && !isEmpty && fields[key] === '') fields[key] = text.slice(start, end);
    colon = next;
  }
  return fields;
}

/** Told apart by initial and length of the word before the colon, any case: no string is made for the others. */
function keyBefore(text: string, colon: number): keyof ReceiptFields | 'text' | null {
  let end = colon;
  while (end > 0 && text.charCodeAt(end - 1) <= 0x20) end--;
  let start = end;
  while (start > 0 && isLetter(text.charCodeAt(start - 1))) start--;
  const initial = text.charCodeAt(start) | 0x20;
  switch (end - start) {
    case 2:
      return initial === 0x69 ? 'id' : null;
    case 3:
      return initial === 0x65 ? 'err' : null; // not `sub`
    case 4:
      if (initial === 0x73) return 'stat';
      if (initial === 0x74) return 'text';
      return initial === 0x64 && isAfterDone(text, start) ? 'doneDate' : null;
    case 8:
      return initial === 0x64 ? 'doneDate' : null; // Quirk: `donedate`
    default:
      return null;
  }
}

/** `done date`, not `submit date`; the blank may be an underscore. */
function isAfterDone(text: string, start: number): boolean {
  let end = start;
  while (end > 0 && !isLetter(text.charCodeAt(end - 1))) end--;
  return end >= 4 && (text.charCodeAt(end - 1) | 0x20) === 0x65 && (text.charCodeAt(end - 2) | 0x20) === 0x6e;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function stateOf(stat: string, tlvs: Tlvs): ReceiptState {
  const code = tlvs.size > 0 ? tlvInt(tlvs, tlvTags.message_state) : undefined;
  const byCode = code === undefined ? undefined : statesByCode[code];
  return byCode ?? statesByWord.get(stat) ?? statesByWord.get(stat.toUpperCase()) ?? 'unknown';
}

function errorOf(err: string, tlvs: Tlvs): string | null {
  if (err !== '' && !/^0+$/.test(err)) return err;
  const network = tlvs.size > 0 ? tlvs.get(tlvTags.network_error_code) : undefined;
  if (network === undefined || network.length !== 3) return null;
  const code = (network[1]! << 8) | network[2]!;
  return code === 0 ? null : String(code);
}

/**
 * Quirk: many carriers answer submit_sm with the id in one notation and write it in another in the receipt:
 * hexadecimal here and decimal there, upper or lower case, padded with zeros or not. All readings, likeliest first.
 */
export function referenceSpellings(id: string): string[] {
  const spellings = [id];
  if (id.length > 20 || !/^[0-9a-f]+$/i.test(id)) return spellings;
  const isDecimal = /^[0-9]+$/.test(id);
  if (isDecimal) {
    const hexadecimal = wholeNumber(id, 10).toString(16);
    add(spellings, hexadecimal);
    add(spellings, hexadecimal.toUpperCase());
  }
  add(spellings, wholeNumber(id, 16).toString(10));
  if (!isDecimal) {
    add(spellings, id.toLowerCase());
    add(spellings, id.toUpperCase());
  }
  if (id.charCodeAt(0) === 0x30) add(spellings, id.replace(/^0+(?=.)/, ''));
  return spellings;
}

/** A number while it is exact in a double (13 hexadecimal, 15 decimal digits), a bigint beyond. */
function wholeNumber(digits: string, radix: 10 | 16): number | bigint {
  if (digits.length <= 13) return Number.parseInt(digits, radix);
  return BigInt(radix === 16 ? `0x${digits}` : digits);
}

function add(spellings: string[], spelling: string): void {
  if (!spellings.includes(spelling)) spellings.push(spelling);
}

/** Digits of a date, then a zone: nothing, Z, +hh, +hhmm or +hh:mm, or the quarter hours of SMPP (`…tnn+`). */
const datePattern = /^(\d{10,15})(Z|[+-](?:\d{2}:?(?:\d{2})?)?)?$/i;

/**
 * YYMMDDhhmm, with seconds, or with four digits of year. Without a zone it is taken for UTC, and never for later
 * than now: carriers write local time. Null when it cannot be read.
 */
export function readReceiptDate(value: string, nowMs: number): number | null {
  const match = datePattern.exec(value);
  if (match === null) return null;
  const digits = match[1]!;
  const zone = match[2];
  const offsetMinutes = zoneMinutes(digits, zone);
  if (offsetMinutes === null) return null;
  // 12 digits are YYMMDDhhmmss, unless that has no such month: then YYYYMMDDhhmm.
  const hasCentury = digits.length === 14 || (digits.length === 12 && Number(digits.slice(2, 4)) > 12);
  const first = hasCentury ? 4 : 2;
  const year = hasCentury ? Number(digits.slice(0, 4)) : 2000 + pair(digits, 0);
  const month = pair(digits, first);
  const day = pair(digits, first + 2);
  const hour = pair(digits, first + 4);
  const minute = pair(digits, first + 6);
  const second = digits.length >= first + 10 ? pair(digits, first + 8) : 0;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const atMs = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000;
  return zone === undefined && atMs > nowMs ? nowMs : atMs;
}

/** Two digits as a number, without making a string of them. */
function pair(digits: string, at: number): number {
  return (digits.charCodeAt(at) - 0x30) * 10 + digits.charCodeAt(at + 1) - 0x30;
}

/** Minutes ahead of UTC; null when digits and zone do not go together. */
function zoneMinutes(digits: string, zone: string | undefined): number | null {
  const isSmppFormat = digits.length === 15; // YYMMDDhhmmsstnn and p, SMPP 3.4 §7.1.1
  const isOdd = digits.length === 11 || digits.length === 13;
  if (isOdd || isSmppFormat !== (zone === '+' || zone === '-')) return null;
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  if (isSmppFormat) return sign * pair(digits, 13) * 15;
  const figures = zone.replace(':', '');
  return sign * (pair(figures, 1) * 60 + (figures.length > 3 ? pair(figures, 3) : 0));
}

export interface ReceiptToWrite {
  readonly id: string;
  readonly stat: string;
  readonly err: string;
  readonly submittedAtMs: number;
  readonly doneAtMs: number;
  /** The beginning of the message, at most 20 characters are taken. */
  readonly text: string;
}

/** The text of Appendix B, dates in UTC. */
export function renderReceiptText(receipt: ReceiptToWrite): string {
  const isDelivered = receipt.stat === 'DELIVRD' ? '001' : '000';
  return (
    `id:${receipt.id} sub:001 dlvrd:${isDelivered} submit date:${renderReceiptDate(receipt.submittedAtMs)} ` +
    `done date:${renderReceiptDate(receipt.doneAtMs)} stat:${receipt.stat} err:${receipt.err} ` +
    `text:${receipt.text.slice(0, 20)}`
  );
}

let lastMinute = -1;
let lastDate = '';

/** YYMMDDhhmm, UTC. The last one made is kept: receipts come in thousands a minute. */
function renderReceiptDate(atMs: number): string {
  const minute = Math.floor(atMs / 60_000);
  if (minute !== lastMinute) {
    lastMinute = minute;
    lastDate = new Date(atMs).toISOString().replace(/[-T:]/g, '').slice(2, 12);
  }
  return lastDate;
}
