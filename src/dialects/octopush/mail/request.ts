// Reads the request in a mail, in both documented forms (docs/dialects/octopush.md#mail-to-sms): parameters in a frame of the
// body and credentials in the subject, or all parameters in the subject and the text in the body. Used by session.ts.
// Refuses a mail where the end of a parameter is uncertain: a footer must never become a recipient.

import { Buffer } from 'node:buffer';
import { type Credentials, readCredentials, readSubmission } from '#dialects/octopush/fields.ts';
import { type Fields, readUrlEncoded } from '#dialects/shared/form-fields.ts';
import type { AccountSettings } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import type { Mail } from '#listeners/mime.ts';
import { frameMissing, frameOpen, requestIdMalformed, requestIdMissing } from './errors.ts';

export interface MailRequest {
  readonly fields: Fields;
}

/** The first parameter of a subject. Relays put marks in front of it ("[SPAM] ", "Fwd: "). */
const firstParameter =
  /\b(?:user_login|user_password|api_key|request_[a-z]+|sms_\w+|recipients?_\w+|sending_\w+|with_replies|transactional|msisdn_sender)[=@]/i;

/** Throws `frame-missing` and `frame-open`. */
export function readMailRequest(mail: Pick<Mail, 'subject' | 'text'>): MailRequest {
  const fields: Fields = new Map();
  readForm(readSubjectForm(mail.subject), fields);
  repairLogin(fields);
  const frame = findFrame(mail.text);
  if (frame !== null) {
    readForm(unfold(frame), fields);
    return { fields };
  }
  if (fields.has('sms_recipients')) {
    if (!fields.has('sms_text')) fields.set('sms_text', readPlainText(mail.text));
    return { fields };
  }
  const body = mail.text.trim();
  if (body === '') return { fields };
  // The manual's program writes no frame. A single line has no footer, so its end is certain.
  if (body.includes('\n') || !/^\w+=/.test(body)) throw frameMissing();
  readForm(body, fields);
  return { fields };
}

function readForm(form: string, fields: Fields): void {
  readUrlEncoded(Buffer.from(form).toString('latin1'), fields);
}

function readSubjectForm(subject: string): string {
  const start = firstParameter.exec(subject)?.index;
  if (start === undefined) return '';
  // Quirk: the manual's worked example writes `user_login@login%40login.com` (legacy manual S2).
  return unfold(subject.slice(start)).replace(/(^|&)\s*user_login@/i, '$1user_login=');
}

/** Quirk: a relay decoded the subject and left a `+` in the login, which a form reads as a space. */
function repairLogin(fields: Fields): void {
  const login = fields.get('user_login');
  if (login !== undefined) fields.set('user_login', login.trim().replaceAll(' ', '+'));
}

/**
 * Joins lines that were broken on the way. An encoded form has no spaces, so its line breaks are removed; in a form with
 * spaces, lines were broken at a space.
 */
function unfold(form: string): string {
  const trimmed = form.trim();
  return trimmed.replaceAll('\n', /[ \t]/.test(trimmed) ? ' ' : '');
}

/** Matches the word also with line breaks inside it. */
function wrapped(word: string): RegExp {
  return new RegExp([...word].join('\\n?'), 'i');
}

const frameStart = wrapped('start=start&');
const frameEnd = wrapped('&end=end');

/** The text between the first start and the first end behind it. Null: no start. */
function findFrame(text: string): string | null {
  const start = frameStart.exec(text);
  if (start === null) return null;
  const rest = text.slice(start.index + start[0].length);
  const end = frameEnd.exec(rest);
  if (end === null) throw frameOpen();
  return rest.slice(0, end.index);
}

const hyphens = '-----';
const underscores = '_____';

/** The text between five hyphens and five underscores, or the whole body without these. */
function readPlainText(text: string): string {
  const start = text.indexOf(hyphens);
  const end = start === -1 ? -1 : text.indexOf(underscores, start + hyphens.length);
  return (end === -1 ? text : text.slice(start + hyphens.length, end)).trim();
}

/** Throws `login-missing` and `key-missing`. */
export function readMailCredentials({ fields }: MailRequest): Credentials {
  return readCredentials(fields);
}

/** Required in a mail, and of this form only (legacy manual S2). */
const requestId = /^[a-zA-Z0-9]{12,30}$/;

/** Throws `request-id-missing`, `request-id-malformed` and the refusals of octopush/fields.ts. */
export function readMailSubmission(
  { fields }: MailRequest,
  settings: AccountSettings,
  nowMs: number,
): Submission {
  const id = (fields.get('request_id') ?? '').trim();
  if (id === '') throw requestIdMissing();
  if (!requestId.test(id)) throw requestIdMalformed();
  return { ...readSubmission(fields, settings, nowMs), dialect: 'smtp' };
}
