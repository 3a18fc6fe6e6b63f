// Reads credentials and a submission from the fields of the legacy Octopush API. Used by the dialects legacy and mail. Checks the
// form only, in the order of domain/base/refusals.ts; the plan checks numbers, prices and credit. Source of every rule:
// docs/dialects/octopush.md#legacy-how-a-request-is-read.

import { capabilities } from '#dialects/capabilities.ts';
import { decodePercentEncoded, decodeUrlEncoded, type Fields } from '#dialects/shared/form-fields.ts';
import { splitNumbers } from '#dialects/shared/number-list.ts';
import { readParisTime } from '#dialects/shared/paris-time.ts';
import { idempotencyKeyOf } from '#dialects/shared/request-id.ts';
import type { AccountSettings } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import { type Submission, type SubmittedRecipient, submissionDefaults } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { isSenderNumber } from '#gsm/sender-id.ts';
import { assertChecksum } from './checksum.ts';
import {
  deferredTimeMissing,
  keyMissing,
  loginMissing,
  mergeCountMismatch,
  mergeValueTooLong,
  recipientsEmpty,
  recipientsMissing,
  secondsInvalid,
  senderInvalid,
  textMissing,
  tierMissing,
  tierUnknown,
  tooManyRecipients,
} from './field-refusals.ts';

/** The manual advises 200 to 500; a larger request would delay all others. */
const maxRecipients = 10_000;
const { maxMergeValueLength } = capabilities['octopush-legacy'];
const minSenderLength = 3;
const maxSenderLength = 11;
const latestSendAtMs = Date.UTC(2100, 0);

export interface Credentials {
  readonly login: string;
  readonly key: string;
}

/** Refuses `login-missing` and `key-missing`. */
export function readCredentials(fields: Fields): Credentials {
  let login = (fields.get('user_login') ?? '').trim();
  if (login === '') throw loginMissing();
  // Quirk: Symfony's bridge sends the login encoded twice (docs/dialects/octopush.md#legacy-how-a-request-is-read).
  if (login.includes('%40') && !login.includes('@')) login = decodeUrlEncoded(login);
  // Quirk: the code has the name of `user_password`, which is older than keys
  // (docs/dialects/octopush.md#legacy-how-a-request-is-read).
  const key = (fields.get('api_key') ?? fields.get('user_password') ?? '').trim();
  if (key === '') throw keyMissing();
  return { login, key };
}

/** Refuses what is wrong in form, `text-missing` to `checksum-mismatch`, in the catalogue's order. */
export function readSubmission(fields: Fields, settings: AccountSettings, nowMs: number): Submission {
  const text = readText(fields, settings);
  const numbers = readNumbers(fields);
  const tier = readTier(fields);
  const sender = readSender(fields, tier);
  const sendAtMs = readSendAt(fields, nowMs);
  const recipients = readRecipients(fields, numbers, text);
  assertChecksum(fields, [fields.get('sms_text') ?? '', text]);
  const isTransactional = readFlag(fields, 'transactional');
  const dryRun = (fields.get('request_mode') ?? '').trim().toLowerCase() === 'simu';
  return {
    ...submissionDefaults,
    dialect: 'octopush-legacy',
    text,
    recipients,
    sender,
    tier,
    purpose: isTransactional ? 'transactional' : 'marketing',
    // The documents require the mention for premium and low cost only. Quirk: a simulation does not need it: test suites
    // written against the live service simulate low cost without (docs/dialects/octopush.md#simulation).
    stopClause: isTransactional || tier === 'world' || dryRun ? 'none' : 'demanded',
    sendAtMs,
    withReplies: readFlag(fields, 'with_replies'),
    dryRun,
    // Quirk: most libraries send an empty request_id always; empty is absent. Other ids never expire.
    idempotencyKey: idempotencyKeyOf(fields.get('request_id') ?? ''),
    // The answer lists the recipients that failed.
    failsAlone: true,
  };
}

export function readFlag(fields: Fields, name: string): boolean {
  const value = fields.get(name);
  if (value === undefined || value === '' || value === '0') return false;
  const word = value.trim().toLowerCase();
  return word === '1' || word === 'true';
}

function readText(fields: Fields, settings: AccountSettings): string {
  const text = fields.get('sms_text') ?? '';
  const mayBeEncoded = settings.legacyDecodeTwice && !fields.literalNames?.has('sms_text');
  const read = mayBeEncoded && isEncodedTwice(text) ? decodePercentEncoded(text) : text;
  if (isBlankText(read)) throw textMissing();
  return read;
}

/**
 * Quirk: some clients encode the text twice, and the original must have decoded it twice (docs/dialects/octopush.md).
 * Such a text has only characters that URL encoding keeps, every `%` begins an escape, and at least one is `%20`, as in any text
 * of two words. A blank, an accent or a colon shows that the text is decoded. A `+` shows nothing and stays a plus.
 */
function isEncodedTwice(text: string): boolean {
  return /%20/.test(text) && /^(?:[\w.~*!'()+-]|%[0-9a-f]{2})+$/i.test(text);
}

/** The numbers as sent; empty items are kept to match their merge values. */
function readNumbers(fields: Fields): string[] {
  const list = fields.get('sms_recipients');
  if (list === undefined) {
    throw recipientsMissing();
  }
  const numbers = splitNumbers(list);
  if (numbers.length > 1 && numbers.at(-1) === '') numbers.pop();
  if (numbers.length > maxRecipients) {
    throw tooManyRecipients(maxRecipients);
  }
  if (numbers.every(isBlankText)) throw recipientsEmpty();
  return numbers;
}

function readTier(fields: Fields): Tier {
  // Quirk: the C# kit sends `fr` and `xxx` (docs/dialects/octopush.md#legacy-how-a-request-is-read).
  const type = (fields.get('sms_type') ?? '').trim().toUpperCase();
  switch (type) {
    case 'FR':
      return 'premium';
    case 'XXX':
      return 'low_cost';
    case 'WWW':
      return 'world';
    case '':
      throw tierMissing();
    default:
      throw tierUnknown();
  }
}

/**
 * 3 to 11 letters, digits and blanks; with `msisdn_sender=1` a phone number. Quirk: a longer name is cut to 11, as the
 * published examples of two clients have 12 and 15; a longer number never is, because that makes another number.
 */
function readSender(fields: Fields, tier: Tier): string | null {
  const sender = (fields.get('sms_sender') ?? '').trim();
  const mayBeNumber = readFlag(fields, 'msisdn_sender');
  // The plan reads a number like a recipient's, and refuses one that does not exist.
  if (mayBeNumber && isSenderNumber(sender)) return sender;
  const name = /^\d{12,}$/.test(sender) ? '' : sender.slice(0, maxSenderLength).trim();
  if (/^[a-z0-9 ]{3,}$/i.test(sender) && name.length >= minSenderLength) return name;
  // Low cost leaves with a short code of the carrier, with any sender (legacy manual S2, sms_sender).
  if (tier === 'low_cost') return null;
  throw senderInvalid();
}

/**
 * Plain Unix seconds without any shift. In order: `sending_date` of a deferred request, `sending_time`, `sending_period`,
 * and the separate day, month, year, hour, minute of the oldest kits
 * (docs/dialects/octopush.md#legacy-how-a-request-is-read).
 */
function readSendAt(fields: Fields, nowMs: number): number | null {
  const isDeferred = (fields.get('sms_mode') ?? '').trim() === '2';
  const date = isDeferred ? readSeconds(fields, 'sending_date') : null;
  const sendAt = date ?? readSeconds(fields, 'sending_time');
  if (sendAt !== null) return sendAt;
  const period = readSeconds(fields, 'sending_period');
  if (period !== null) return nowMs + period;
  return isDeferred ? readDateParts(fields) : null;
}

/** Unix seconds as milliseconds; null when absent. Refuses `send-at-invalid`. */
export function readSeconds(fields: Fields, name: string): number | null {
  const written = fields.get(name);
  if (written === undefined || written === '') return null;
  const value = written.trim();
  if (value === '') return null;
  const milliseconds = /^-?\d{1,12}(?:\.\d*)?$/.test(value) ? Math.floor(Number(value)) * 1000 : Number.NaN;
  if (milliseconds < latestSendAtMs) return milliseconds;
  throw secondsInvalid(name);
}

/** Quirk: kits from before 2014 always send these, even for immediate sends; they count only with `sms_mode=2`. */
function readDateParts(fields: Fields): number {
  const year = readPart(fields, 'sms_y');
  const date = readParisTime(
    year < 100 ? 2000 + year : year,
    readPart(fields, 'sms_m'),
    readPart(fields, 'sms_d'),
    readPart(fields, 'sms_h'),
    readPart(fields, 'sms_i'),
  );
  if (date < latestSendAtMs) return date;
  throw deferredTimeMissing();
}

function readPart(fields: Fields, name: string): number {
  const value = (fields.get(name) ?? '').trim();
  return /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
}

interface MergeColumn {
  readonly placeholder: string;
  readonly values: readonly string[];
}

/**
 * Quirk: the manual exchanges the two names; every client fills {prenom} with the first names
 * (docs/dialects/octopush.md#legacy-how-a-request-is-read). The second spellings are those of the Scala and Ruby clients.
 */
const mergeFields: readonly (readonly [placeholder: string, name: string, alias: string])[] = [
  ['{prenom}', 'recipients_first_names', 'recipient_first_names'],
  ['{nom}', 'recipients_last_names', 'recipient_last_names'],
  ['{ch1}', 'sms_fields_1', 'sms_fields1'],
  ['{ch2}', 'sms_fields_2', 'sms_fields2'],
  ['{ch3}', 'sms_fields_3', 'sms_fields3'],
];

/**
 * An empty field is empty for all recipients: kits send it for a customer without a name. A missing field leaves its placeholder
 * as ordinary text. Refuses `merge-count-mismatch` and `merge-value-too-long`.
 */
function readRecipients(fields: Fields, numbers: readonly string[], text: string): SubmittedRecipient[] {
  const columns: MergeColumn[] = [];
  for (const [placeholder, name, alias] of mergeFields) {
    const list = fields.get(name) || fields.get(alias);
    if (list !== undefined && list.trim() !== '')
      columns.push({ placeholder, values: readMergeValues(list, name, numbers.length) });
    else if ((fields.has(name) || list !== undefined) && text.includes(placeholder))
      columns.push({ placeholder, values: numbers.map(() => '') });
  }
  for (const { values, placeholder } of columns) {
    if (values.some((value) => value.length > maxMergeValueLength)) {
      throw mergeValueTooLong(placeholder, maxMergeValueLength);
    }
  }
  const recipients: SubmittedRecipient[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (isBlankText(number)) continue;
    recipients.push(columns.length === 0 ? { number } : { number, merge: mergeOf(columns, i) });
  }
  return recipients;
}

function readMergeValues(list: string, name: string, count: number): string[] {
  const values = list.split(',');
  // A trailing comma is accepted, here and in the list of numbers.
  if (values.length === count + 1 && values.at(-1)!.trim() === '') values.pop();
  if (values.length !== count) {
    throw mergeCountMismatch(name);
  }
  for (let i = 0; i < values.length; i++) values[i] = values[i]!.trim();
  return values;
}

function mergeOf(columns: readonly MergeColumn[], index: number): ReadonlyMap<string, string> {
  const merge = new Map<string, string>();
  for (const { placeholder, values } of columns) merge.set(placeholder, values[index]!);
  return merge;
}
