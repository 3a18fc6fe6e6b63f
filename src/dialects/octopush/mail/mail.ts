// Takes a mail apart: its subject as its writer meant it, its text whatever their encodings, and what else some form needs.
// Serves the session. It judges nothing, and never keeps more of a mail than that.

import { Buffer, type Buffer as Bytes, isUtf8 } from 'node:buffer';
import PostalMime, { decodeWords } from 'postal-mime';
import { cleanText, decodeUtf8OrWindows1252 } from '#lib/text/text-bytes.ts';
import { MailFaultError } from './errors.ts';
import { htmlToText } from './html-text.ts';

export interface Mail {
  /** RFC 2047 decoded; where the header was folded there is a line feed. */
  readonly subject: string;
  /** Lines end with a line feed, without blanks around it. */
  readonly text: string;
  /** The address in its header, to be answered; null without one. */
  readonly from: string | null;
  readonly messageId: string | null;
  /** Of the attachment of this name, lines that end with a line feed; null without one. */
  readonly contacts: string | null;
}

const lineFeed = 0x0a;

/** A mail of our customers has one or two levels; a hostile one has thousands. */
const parserLimits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, forceRfc822Attachments: true };

/**
 * The parser takes some 20 µs for a line and lets nobody else work meanwhile; a megabyte of empty lines would be 10 s. One
 * of base64 has 14,000.
 */
const maxLines = 20_000;

/** Throws `mail-unreadable`. */
export async function readMail(raw: Bytes): Promise<Mail> {
  if (countLines(raw) > maxLines)
    throw new MailFaultError('mail-unreadable', `it has more than ${maxLines} lines`);
  const email = await PostalMime.parse(withKnownBytes(raw), parserLimits).catch((error: unknown) => {
    throw new MailFaultError('mail-unreadable', `it cannot be read: ${(error as Error).message}`);
  });
  if (email.messageId?.includes('\0'))
    throw new MailFaultError('mail-unreadable', 'its Message-ID holds a NUL, which no header may (RFC 5322)');
  const text =
    email.text !== undefined && email.text.trim() !== '' ? email.text : htmlToText(email.html ?? '');
  return {
    subject: readSubject(raw),
    text: readLines(text),
    from: readAddress(email.from?.address),
    messageId: email.messageId?.trim().slice(0, longestId) || null,
    contacts: readContacts(email.attachments),
  };
}

/** Of a message id that is a key of ours; RFC 5322 allows lines of 998. */
const longestId = 255;

function readAddress(written = ''): string | null {
  const address = cleanText(written).trim();
  return /^[^@\s<>",;]+@[^@\s<>",;]+$/.test(address) ? address : null;
}

function readLines(text: string): string {
  return trimLines(cleanText(text.replace(/\r\n?/g, '\n')));
}

/** The text file called `contact`, whatever it ends with (docs/dialects/ovh.md#mail-to-sms). */
function readContacts(
  attachments: Awaited<ReturnType<typeof PostalMime.parse>>['attachments'],
): string | null {
  const file = attachments.find(({ filename }) => /^contacts?(?:\.\w+)?$/i.test(filename?.trim() ?? ''));
  if (file === undefined) return null;
  const { content } = file;
  const text =
    typeof content === 'string' ? content : decodeUtf8OrWindows1252(Buffer.from(content as ArrayBuffer));
  return readLines(text.replace(/^\ufeff/, ''));
}

function countLines(raw: Bytes): number {
  let lines = 0;
  for (let at = raw.indexOf(lineFeed); at !== -1; at = raw.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

/** Quirk: old programs write Windows-1252 and do not say so; the parser would take it for broken UTF-8. */
function withKnownBytes(raw: Bytes): Bytes {
  if (isUtf8(raw) || /charset\s*=/i.test(raw.toString('latin1'))) return raw;
  return Buffer.from(decodeUtf8OrWindows1252(raw));
}

/** Not by a pattern: one that looks for blanks before a line feed reads a long run of blanks again and again. */
function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

/** Of our own reading, because the folds matter: only here it can be told whether a blank was written or is a fold. */
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
