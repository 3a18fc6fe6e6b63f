// Reads a REST send, with the casts of the vendor (docs/dialects/octopush.md#rest-how-a-request-is-read). Used by the endpoints
// of campaigns. Checks the form only; the plan checks numbers, prices and credit.

import { Buffer } from 'node:buffer';
import { readZonedTime } from '#dialects/shared/paris-time.ts';
import { idempotencyKeyOf } from '#dialects/shared/request-id.ts';
import type { AccountSettings } from '#domain/account/account.ts';
import type { Purpose, Tier } from '#domain/base/campaign.ts';
import { type Submission, type SubmittedRecipient, submissionDefaults } from '#domain/base/submission.ts';
import type { ContactListOrder } from '#domain/campaign/contact-list-campaign.ts';
import { purposeByText } from '#domain/plan/purpose-guard.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { isSenderNumber } from '#gsm/sender-id.ts';
import { decodeUtf8OrWindows1252 } from '#lib/text/text-bytes.ts';
import { dayMs } from '#lib/time/duration.ts';
import { castFlag, castText, isObject, type Members } from './cast.ts';
import {
  jsonMalformed,
  membersMissing,
  recipientsEmpty,
  recipientsMissing,
  sendAtInvalid,
  senderInvalid,
  textMissing,
  tooManyInRequest,
  voiceNotServed,
} from './request-refusals.ts';

/** The documents say 500; the vendor's service accepts more. */
const maxRecipients = 10_000;
const requestIdTtlMs = dayMs;
const latestSendAtMs = Date.UTC(2100, 0);

/** The members of a JSON body; of equal names the last counts. Refuses `parameters-missing`, `body-malformed`. */
export function readBody(body: unknown): Members {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw membersMissing();
  }
  let members: unknown;
  try {
    const text = decodeUtf8OrWindows1252(body);
    members = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw jsonMalformed();
  }
  if (!isObject(members)) throw jsonMalformed();
  return members;
}

/** Refuses what is wrong in form, `text-missing` to `send-at-invalid`, in the catalogue's order. */
export function readSubmission(body: Members, settings: AccountSettings): Submission {
  const text = readText(body);
  const recipients = readRecipients(body['recipients'], text);
  return { ...readCampaign(body, settings, text), recipients };
}

/** The same for a campaign to a list or tag. */
export function readListOrder(
  body: Members,
  settings: AccountSettings,
  group: ContactGroup,
): ContactListOrder {
  return { ...readCampaign(body, settings, readText(body)), group };
}

function readText(body: Members): string {
  const text = castText(body['text']);
  if (isBlankText(text)) throw textMissing();
  return text;
}

function readCampaign(
  body: Members,
  settings: AccountSettings,
  text: string,
): Omit<Submission, 'recipients'> {
  const tier = readTier(body['type'] ?? body['sms_type']);
  const sender = castSender(castText(body['sender'])) ?? settings.campaign.premiumSender;
  const sendAtMs = readSendAt(castText(body['send_at']).trim());
  const purpose = readPurpose(body['purpose'], settings.defaultPurpose, text);
  const dryRun = castFlag(body['simulation_mode']) ?? false;
  return {
    ...submissionDefaults,
    dialect: 'octopush-rest',
    text,
    sender,
    tier,
    purpose,
    // A simulation does not need the mention (docs/dialects/octopush.md#simulation).
    stopClause: purpose === 'transactional' || dryRun ? 'none' : 'demanded',
    sendAtMs,
    // Quirk: the name before December 2020 was with_answers (docs/dialects/octopush.md#rest-how-a-request-is-read).
    withReplies: castFlag(body['with_replies'] ?? body['with_answers']) ?? false,
    dryRun,
    idempotencyKey: idempotencyKeyOf(castText(body['request_id'])),
    idempotencyTtlMs: requestIdTtlMs,
    skipsOptedOut: castFlag(body['auto_remove_blacklisted_numbers']) ?? false,
    optimizeText: castFlag(body['auto_optimize_text']) ?? true,
  };
}

const mergeNames = ['first_name', 'last_name', 'param1', 'param2', 'param3', 'param4', 'param5'] as const;

interface MergeColumn {
  readonly name: (typeof mergeNames)[number];
  readonly placeholder: string;
}

/** Reads only the merge values of placeholders that the text contains: most texts to contacts with names use none. */
function readRecipients(value: unknown, text: string): SubmittedRecipient[] {
  if (value === undefined || value === null) {
    throw recipientsMissing('recipients');
  }
  // A single contact and a plain list of numbers are accepted too.
  const contacts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  if (contacts.length > maxRecipients) {
    throw tooManyInRequest(maxRecipients, 'recipients');
  }
  const columns: MergeColumn[] = [];
  if (text.includes('{')) {
    for (const name of mergeNames) {
      if (text.includes(`{${name}}`)) columns.push({ name, placeholder: `{${name}}` });
    }
  }
  const recipients: SubmittedRecipient[] = [];
  for (const contact of contacts) {
    const members = typeof contact === 'object' && contact !== null ? (contact as Members) : null;
    const number = castText(members === null ? contact : members['phone_number']).trim();
    if (isBlankText(number)) continue;
    recipients.push(columns.length === 0 ? { number } : { number, merge: mergeOf(columns, members) });
  }
  if (recipients.length === 0) throw recipientsEmpty();
  return recipients;
}

function mergeOf(columns: readonly MergeColumn[], contact: Members | null): ReadonlyMap<string, string> {
  const merge = new Map<string, string>();
  for (const { name, placeholder } of columns) merge.set(placeholder, castText(contact?.[name]));
  return merge;
}

function readTier(type: unknown): Tier {
  switch (castText(type).trim().toLowerCase()) {
    // Quirk: some clients send the type under its legacy name.
    case 'sms_low_cost':
    case 'xxx':
      return 'low_cost';
    case 'sms_world':
    case 'www':
      return 'world';
    case 'vocal_sms':
    case 'voice_sms':
      throw voiceNotServed();
    // No default is documented; newer pages make the field optional, and WP-SMS never sends it.
    default:
      return 'premium';
  }
}

/**
 * Synonyms are accepted. Quirk: an unknown word means the documented default, wholesale, on which one client relies. Four
 * published clients send no purpose, and only alerts: the account setting decides, by default from the text
 * (docs/dialects/octopush.md#purpose).
 */
function readPurpose(value: unknown, byDefault: Purpose | 'by-text', text: string): Purpose {
  switch (castText(value).trim().toLowerCase()) {
    case 'alert':
    case 'alerting':
    case 'transactional':
      return 'transactional';
    case 'wholesale':
    case 'marketing':
      return 'marketing';
    case '':
      return byDefault === 'by-text' ? purposeByText(text) : byDefault;
    default:
      return byDefault === 'by-text' ? 'marketing' : byDefault;
  }
}

/**
 * Cast to 3 to 11 letters, digits and blanks. A number is never cut, because that makes another number; the plan reads it like
 * a recipient. Refuses `sender-invalid`.
 */
export function castSender(written: string): string | null {
  const sender = written.trim();
  if (sender === '') return null;
  if (/^[a-z0-9 ]{3,11}$/i.test(sender) || isSenderNumber(sender)) return sender;
  const cast = sender
    .normalize('NFD')
    .replace(/[^a-z0-9 ]/gi, '')
    .slice(0, 11)
    .trim();
  if (cast.length >= 3) return cast;
  throw senderInvalid();
}

const dateTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * ISO 8601; without an offset it is Paris time, as in the vendor's PHP kit. Unix seconds are accepted too. Null means now.
 * Refuses `send-at-invalid`.
 */
function readSendAt(written: string): number | null {
  if (written === '') return null;
  const instant = /^\d{9,10}$/.test(written) ? Number(written) * 1000 : readDateTime(written);
  if (instant < latestSendAtMs) return instant;
  throw sendAtInvalid();
}

function readDateTime(written: string): number {
  // A form decoder made a blank of a `+`.
  const parts = dateTime.exec(written.replace(/ (?=\d\d:?\d\d$)/, (blank, at) => (at > 12 ? '+' : blank)));
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = parts;
  return readZonedTime([year, month, day, hour, minute, second].map(Number), zone);
}
