// Delivery receipts: the text that carriers write (SMPP 3.4 Appendix B), read as tolerantly as they differ, and
// the same text written by the simulated carrier and the SMPP dialect. Used by both sides of a receipt.
// It never throws and never guesses a reference: a receipt that names no message reads as null.

import type { Tlvs } from './commands.ts';
import { type ReceiptState, type StateWords, stateOfWord, statesByCode } from './receipt-states.ts';
import { type ReferenceForm, referenceForms, referenceSpellings } from './reference-forms.ts';
import { tlvInt, tlvTags, tlvText } from './tlvs.ts';

export interface Receipt {
  /** Possible spellings of the reference, likeliest first. */
  readonly references: readonly string[];
  readonly state: ReceiptState;
  /** The carrier's error code as text; null when it has none or it is zero. */
  readonly error: string | null;
  readonly atMs: number;
}

export interface ReceiptReading {
  readonly receipt: Receipt;
  /** The id as the carrier wrote it. */
  readonly id: string;
  /** The word of an unknown state, or empty. Of an unknown word the state is `underway`. */
  readonly unknownWord: string;
  /** The network of the error code (network_error_code, SMPP 3.4 §5.3.2.31: 1 ANSI-136, 2 IS-95, 3 GSM); null: none. */
  readonly networkType: number | null;
  /** The date of the end as if its clock were UTC, when it has no zone; null otherwise. */
  readonly localMs: number | null;
}

/** The form of a carrier's receipts; absent members are unknown. */
export interface ReceiptRules {
  /** Notations of ids, likeliest first. */
  readonly forms?: readonly ReferenceForm[];
  readonly words?: StateWords | undefined;
  /** Milliseconds by which the carrier's local time is ahead of UTC, for dates without a zone. */
  readonly aheadMs?: (localMs: number) => number;
}

/** The fields as written; empty if absent. `text` is not stored, because it is not used. */
export interface ReceiptFields {
  id: string;
  stat: string;
  err: string;
  doneDate: string;
}

/** TLVs first, then the text; null if neither names a message. `nowMs` replaces a missing date. */
export function readReceipt(
  text: string,
  tlvs: Tlvs,
  nowMs: number,
  rules: ReceiptRules = noRules,
): ReceiptReading | null {
  const fields = readReceiptFields(text);
  const tlvId = tlvs.size > 0 ? tlvText(tlvs, tlvTags.receipted_message_id) : undefined;
  const id = tlvId || fields.id;
  if (id === '') return null;
  const forms = rules.forms ?? referenceForms;
  const references = referenceSpellings(id, forms);
  if (fields.id !== '' && fields.id !== id) {
    // Quirk: the text has the id in another notation, or cut to ten characters (Vibes).
    for (const reference of referenceSpellings(fields.id, forms)) {
      if (!references.includes(reference)) references.push(reference);
    }
  }
  const code = tlvs.size > 0 ? tlvInt(tlvs, tlvTags.message_state) : undefined;
  const byCode = code === undefined ? undefined : statesByCode[code];
  const word = fields.stat === '' && byCode === undefined ? bareStateWord(text, rules.words) : fields.stat;
  const state = byCode ?? stateOfWord(word, rules.words);
  const network = readNetworkError(tlvs);
  const hasError = fields.err !== '' && !/^0+$/.test(fields.err);
  const date = readDate(fields.doneDate);
  const localMs = date === null || date.hasZone ? null : date.atMs;
  const aheadMs = localMs === null ? 0 : (rules.aheadMs?.(localMs) ?? 0);
  return {
    receipt: {
      references,
      state: state ?? 'underway',
      error: hasError ? fields.err : (network?.code ?? null),
      atMs: localMs === null ? (date?.atMs ?? nowMs) : Math.min(localMs - aheadMs, nowMs),
    },
    id,
    unknownWord: state === undefined ? word : '',
    networkType: network?.type ?? null,
    localMs,
  };
}

const noRules: ReceiptRules = {};

/** For carriers that forget esm_class: begins with an id and has a state, or the date of an end. */
export function looksLikeReceipt(text: string): boolean {
  return /^\s*id\s*:/i.test(text) && /\b(?:stat|done[ _]?date)\s*:/i.test(text);
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

/** Distinguished by initial and length of the word before the colon, in any case: no string is created for the others. */
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

/**
 * Quirk: `done date:180903120816 DELIVRD err:000`, the key forgotten (ksmppd issue 108). Only a word that stands alone
 * before `text:` and that the tables know; the last one counts.
 */
function bareStateWord(text: string, words: StateWords | undefined): string {
  let found = '';
  for (const token of text.split(/\s+/)) {
    if (/^text:/i.test(token)) break;
    if (/^[a-z]{4,14}$/i.test(token) && stateOfWord(token, words) !== undefined) found = token;
  }
  return found;
}

/**
 * Octet 1 is the network's type, octets 2 and 3 the code. Quirk: some carriers send three ASCII digits instead, as
 * Kannel's gw/smsc/smsc_smpp.c reads them.
 */
function readNetworkError(tlvs: Tlvs): { type: number | null; code: string | null } | null {
  const octets = tlvs.size > 0 ? tlvs.get(tlvTags.network_error_code) : undefined;
  if (octets === undefined || octets.length !== 3) return null;
  if (octets.every((octet) => octet >= 0x30 && octet <= 0x39)) {
    const digits = String.fromCharCode(...octets);
    return { type: null, code: digits === '000' ? null : digits };
  }
  const code = (octets[1]! << 8) | octets[2]!;
  return { type: octets[0]!, code: code === 0 ? null : String(code) };
}

/** Digits of a date, then a zone: nothing, Z, +hh, +hhmm or +hh:mm, or the quarter hours of SMPP (`…tnn+`). */
const datePattern = /^(\d{10,15})(Z|[+-](?:\d{2}:?(?:\d{2})?)?)?$/i;

/**
 * YYMMDDhhmm, with seconds, or with four digits of year. Without a zone its clock is `aheadMs` ahead of UTC, and it is
 * never taken for later than now: carriers write local time. Null when it cannot be read.
 */
export function readReceiptDate(value: string, nowMs: number, aheadMs = 0): number | null {
  const date = readDate(value);
  if (date === null || date.hasZone) return date?.atMs ?? null;
  return Math.min(date.atMs - aheadMs, nowMs);
}

/** Without a zone, as if the clock it was read from were UTC. */
function readDate(value: string): { readonly atMs: number; readonly hasZone: boolean } | null {
  const match = datePattern.exec(value);
  if (match === null) return null;
  const atMs = instantOf(match[1]!, match[2]);
  return atMs === null ? null : { atMs, hasZone: match[2] !== undefined };
}

function instantOf(digits: string, zone: string | undefined): number | null {
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
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000;
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
