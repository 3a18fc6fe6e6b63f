// Reads a received mail: subject, text, addresses and attachments, whatever their encodings. Used by the mail dialects.
// Limits: 20,000 lines, headers of 256 kB, 20 levels of parts. Judges nothing.

import { Buffer, type Buffer as Bytes, isUtf8 } from 'node:buffer';
import PostalMime, { type Attachment, decodeWords } from 'postal-mime';
import { cleanText, decodeUtf8OrWindows1252 } from '#lib/text/text-bytes.ts';
import { htmlToText } from './html-text.ts';

export interface Mail {
  /** RFC 2047 decoded. A line feed stands where the header was folded. */
  readonly subject: string;
  /** Lines end with a line feed and are trimmed. */
  readonly text: string;
  /** Address of the From header. Null: none that can be answered. */
  readonly from: string | null;
  /** At most 255 characters. Null: none. */
  readonly messageId: string | null;
  readonly attachments: readonly MailAttachment[];
}

export interface MailAttachment {
  /** Empty: none. */
  readonly name: string;
  readonly content: string | Bytes;
}

/** The message names the reason in a sentence. It contains nothing of the mail. */
export class UnreadableMailError extends Error {}

const lineFeed = 0x0a;

/** Mails of customers have one or two levels of parts. */
const parserLimits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, forceRfc822Attachments: true };

/** postal-mime parses a line in 20 µs and blocks the process meanwhile. 1 MB of base64 has 14,000 lines, 10 s for empty ones. */
const maxLines = 20_000;

/** Of a message id, which becomes an idempotency key. RFC 5322 §2.1.1 allows lines of 998. */
const maxIdLength = 255;

/** Throws UnreadableMailError. */
export async function readMail(raw: Bytes): Promise<Mail> {
  if (countLines(raw) > maxLines)
    throw new UnreadableMailError(`The mail has more than ${maxLines} lines. Send a shorter one.`);
  const email = await PostalMime.parse(withKnownCharset(raw), parserLimits).catch((error: unknown) => {
    throw new UnreadableMailError(`The mail cannot be read: ${(error as Error).message}.`);
  });
  if (email.messageId?.includes('\0'))
    throw new UnreadableMailError('The Message-ID contains a NUL character, which RFC 5322 does not allow.');
  const hasText = email.text !== undefined && email.text.trim() !== '';
  return {
    subject: readSubject(raw),
    text: readLines(hasText ? email.text! : htmlToText(email.html ?? '')),
    from: readAddress(email.from?.address),
    messageId: email.messageId?.trim().slice(0, maxIdLength) || null,
    attachments: email.attachments.map(asAttachment),
  };
}

function asAttachment({ filename, content }: Attachment): MailAttachment {
  return {
    name: filename?.trim() ?? '',
    content: typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer),
  };
}

/** The text of an attachment in UTF-8 or Windows-1252. Its lines end with a line feed and are trimmed. */
export function readAttachmentText({ content }: MailAttachment): string {
  const text = typeof content === 'string' ? content : decodeUtf8OrWindows1252(content);
  return readLines(text.replace(/^\ufeff/, ''));
}

function readAddress(written = ''): string | null {
  const address = cleanText(written).trim();
  return /^[^@\s<>",;]+@[^@\s<>",;]+$/.test(address) ? address : null;
}

function readLines(text: string): string {
  return trimLines(cleanText(text.replace(/\r\n?/g, '\n')));
}

function countLines(raw: Bytes): number {
  let lines = 0;
  for (let at = raw.indexOf(lineFeed); at !== -1; at = raw.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

/** Quirk: old programs write Windows-1252 without a charset. The parser would read it as broken UTF-8. */
function withKnownCharset(raw: Bytes): Bytes {
  if (isUtf8(raw) || /charset\s*=/i.test(raw.toString('latin1'))) return raw;
  return Buffer.from(decodeUtf8OrWindows1252(raw));
}

/** Without a regular expression: one for spaces before a line feed takes quadratic time on a long run of spaces. */
function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

/** Read here and not by the parser, which does not tell a fold from a space. */
function readSubject(raw: Bytes): string {
  const binary = raw.toString('latin1');
  const end = /\r?\n\r?\n/.exec(binary)?.index ?? binary.length;
  const written = /^subject[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)/im.exec(binary.slice(0, end))?.[1] ?? '';
  const folded = trimLines(written.replace(/\r\n/g, '\n'));
  const isEncoded = folded.includes('=?');
  // A fold between two encoded words belongs to neither (RFC 2047 §6.2).
  const subject = isEncoded
    ? decodeWords(folded.replace(/\?=\n=\?/g, '?= =?'))
    : decodeUtf8OrWindows1252(Buffer.from(folded, 'latin1'));
  return cleanText(subject).trim();
}
