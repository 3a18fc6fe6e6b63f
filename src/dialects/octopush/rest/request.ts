// Reads a REST send as its vendor promised to: casting and guessing before refusing
// (docs/dialects/octopush.md#rest-how-a-request-is-read). Serves routes.ts. What needs numbers, prices or the
// account's books is judged by the plan.

import { Buffer } from 'node:buffer';
import { readZonedTime } from '#dialects/shared/paris-time.ts';
import { idempotencyKeyOf } from '#dialects/shared/request-id.ts';
import type { AccountSettings } from '#domain/account/account.ts';
import type { Purpose, Tier } from '#domain/base/campaign.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import type { ListOrder } from '#domain/campaign/contact-list-campaign.ts';
import { purposeByText } from '#domain/plan/purpose-guard.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { isSenderNumber } from '#gsm/sender-id.ts';
import { decodeUtf8OrWindows1252 } from '#lib/text/text-bytes.ts';
import { dayMs } from '#lib/time/duration.ts';
import { castFlag, castText, isObject, type Members } from './cast.ts';

/** The documents say 500; the vendor interprets rather than refuses, so only a flood is turned away. */
const maxRecipients = 10_000;
const requestIdTtlMs = dayMs;
const latestSendAtMs = Date.UTC(2100, 0);

/** The members of a JSON body; of equal names the last counts. Refuses `parameters-missing`, `body-malformed`. */
export function readBody(body: unknown): Members {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new RefusedError('parameters-missing', 'Send the parameters as a JSON object.');
  }
  let members: unknown;
  try {
    const text = decodeUtf8OrWindows1252(body);
    members = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw new RefusedError('body-malformed');
  }
  if (!isObject(members)) throw new RefusedError('body-malformed');
  return members;
}

/** Refuses what is wrong in form, `text-missing` to `send-at-invalid`, in the catalogue's order. */
export function readSubmission(body: Members, settings: AccountSettings): Submission {
  const text = readText(body);
  const recipients = readRecipients(body['recipients'], text);
  return { ...readCampaign(body, settings, text), recipients };
}

/** The same for a campaign whose recipients are the members of a list or tag. */
export function readListOrder(body: Members, settings: AccountSettings, group: ContactGroup): ListOrder {
  return { ...readCampaign(body, settings, readText(body)), group };
}

function readText(body: Members): string {
  const text = castText(body['text']);
  if (isBlankText(text)) throw new RefusedError('text-missing', 'Send the text of the message as text.');
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
    dialect: 'octopush-rest',
    text,
    sender,
    tier,
    purpose,
    // A simulation is judged as little as the documents say: it is not asked for the mention.
    stopClause: purpose === 'transactional' || dryRun ? 'none' : 'demanded',
    sendAtMs,
    validityMs: null,
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

/** Only the placeholders that stand in the text are read: of 500 contacts with names, most say just hello. */
function readRecipients(value: unknown, text: string): SubmittedRecipient[] {
  if (value === undefined || value === null) {
    throw new RefusedError('recipients-missing', 'Send the recipients as a list of {"phone_number": …}.');
  }
  // One contact without its list, and a plain list of numbers, are understood too.
  const contacts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
  if (contacts.length > maxRecipients) {
    throw new RefusedError('recipients-too-many', `At most ${maxRecipients} recipients in one request.`);
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
  if (recipients.length === 0) throw new RefusedError('recipients-empty', 'No recipient has a phone_number.');
  return recipients;
}

function mergeOf(columns: readonly MergeColumn[], contact: Members | null): ReadonlyMap<string, string> {
  const merge = new Map<string, string>();
  for (const { name, placeholder } of columns) merge.set(placeholder, castText(contact?.[name]));
  return merge;
}

function readTier(type: unknown): Tier {
  switch (castText(type).trim().toLowerCase()) {
    // Quirk: some clients send the type under its legacy name (12.9).
    case 'sms_low_cost':
    case 'xxx':
      return 'low_cost';
    case 'sms_world':
    case 'www':
      return 'world';
    case 'vocal_sms':
    case 'voice_sms':
      throw new RefusedError('feature-unavailable', 'Voice messages are not served.');
    // No default is documented; the newer pages make the field optional, WP-SMS never sends it (5.2).
    default:
      return 'premium';
  }
}

/**
 * Synonyms are a courtesy. Quirk: an unknown word means the documented default, wholesale: one client's comment counts on
 * it. Four published clients name no purpose, and none of them advertises: for them the account decides, and by default
 * the text (docs/dialects/octopush.md#purpose).
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
 * Cast to 3 to 11 letters, digits and blanks. A number stays whole, for the plan to read like a recipient's: cut it would
 * be another number. Refuses `sender-invalid`.
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
  throw new RefusedError('sender-invalid', 'The sender takes 3 to 11 letters, digits or blanks.');
}

const dateTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * ISO 8601; without an offset it is the time of Paris, as the vendor's PHP kit reads it (5.2). Unix seconds are
 * understood as a courtesy. Null means now. Refuses `send-at-invalid`.
 */
function readSendAt(written: string): number | null {
  if (written === '') return null;
  const instant = /^\d{9,10}$/.test(written) ? Number(written) * 1000 : readDateTime(written);
  if (instant < latestSendAtMs) return instant;
  throw new RefusedError(
    'send-at-invalid',
    'The date send_at cannot be read; write it as 2026-01-31T09:30:00+01:00.',
  );
}

function readDateTime(written: string): number {
  // A `+` that went through a form decoder is a blank by now.
  const parts = dateTime.exec(written.replace(/ (?=\d\d:?\d\d$)/, (blank, at) => (at > 12 ? '+' : blank)));
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = parts;
  return readZonedTime([year, month, day, hour, minute, second].map(Number), zone);
}
