// Reads the request in a mail, in both documented forms: the parameters in a frame of the body with the credentials in
// the subject (legacy manual S2), or everything in the subject with the text as the body
// (docs/dialects/octopush.md#mail-to-sms). Serves the session. When in doubt where a parameter ends it refuses: a footer
// must never become a recipient.

import { Buffer } from 'node:buffer';
import { type Credentials, readCredentials, readSubmission } from '#dialects/octopush/fields.ts';
import { type Fields, readUrlEncoded } from '#dialects/shared/form-fields.ts';
import type { AccountSettings } from '#domain/account/account.ts';
import type { Submission } from '#domain/base/submission.ts';
import { MailFaultError } from './errors.ts';
import type { Mail } from './mail.ts';

export interface MailRequest {
  readonly fields: Fields;
}

/** Where the parameters of a subject begin; in front of them stand the marks of relays ("[SPAM] ", "Fwd: "). */
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
  // The manual's own program writes no frame. One line has no footer, and its end is certain.
  if (body.includes('\n') || !/^\w+=/.test(body))
    throw new MailFaultError(
      'frame-missing',
      'the parameters of the body have to stand between start=start& and &end=end',
    );
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

/** Quirk: a relay that decoded the subject before us left a `+` in the login, which a form reads as a blank. */
function repairLogin(fields: Fields): void {
  const login = fields.get('user_login');
  if (login !== undefined) fields.set('user_login', login.trim().replaceAll(' ', '+'));
}

/**
 * Joins what was broken into lines on its way. A form as it should be has no blanks, so its line breaks stand for nothing;
 * in one written with blanks, they were broken at one.
 */
function unfold(form: string): string {
  const trimmed = form.trim();
  return trimmed.replaceAll('\n', /[ \t]/.test(trimmed) ? ' ' : '');
}

/** Finds a word even where a line break fell into it. */
function wrapped(word: string): RegExp {
  return new RegExp([...word].join('\\n?'), 'i');
}

const frameStart = wrapped('start=start&');
const frameEnd = wrapped('&end=end');

/** What stands between the first start and the first end after it; null without a start. */
function findFrame(text: string): string | null {
  const start = frameStart.exec(text);
  if (start === null) return null;
  const rest = text.slice(start.index + start[0].length);
  const end = frameEnd.exec(rest);
  if (end === null)
    throw new MailFaultError(
      'frame-open',
      'the frame of the body has no &end=end: the mail may be cut short',
    );
  return rest.slice(0, end.index);
}

const hyphens = '-----';
const underscores = '_____';

/** The text between five hyphens and five underscores, or the whole body where these are not. */
function readPlainText(text: string): string {
  const start = text.indexOf(hyphens);
  const end = start === -1 ? -1 : text.indexOf(underscores, start + hyphens.length);
  return (end === -1 ? text : text.slice(start + hyphens.length, end)).trim();
}

/** Throws `login-missing` and `key-missing`. */
export function readMailCredentials({ fields }: MailRequest): Credentials {
  return readCredentials(fields);
}

/** Mandatory here, and of one form (legacy manual S2). */
const requestId = /^[a-zA-Z0-9]{12,30}$/;

/** Throws `request-id-missing`, `request-id-malformed`, and what legacy-fields.ts refuses. */
export function readMailSubmission(
  { fields }: MailRequest,
  settings: AccountSettings,
  nowMs: number,
): Submission {
  const id = (fields.get('request_id') ?? '').trim();
  if (id === '')
    throw new MailFaultError('request-id-missing', 'a mail needs a request_id that was never used before');
  if (!requestId.test(id))
    throw new MailFaultError('request-id-malformed', 'request_id takes 12 to 30 letters and digits');
  return { ...readSubmission(fields, settings, nowMs), dialect: 'smtp' };
}
