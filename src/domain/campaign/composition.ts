// A campaign that a member writes in the console, before it is sent: its content, its merge fields, and the submission made
// from it. Used by the store and the service of compositions. Never reads a recipient: operations/sending/compositions does.

import type { ListSubmission } from '#domain/acceptance/list-submission.ts';
import type { Purpose, Tier } from '#domain/base/campaign.ts';
import { submissionDefaults } from '#domain/base/submission.ts';
import { hasAnyStopClause } from '#domain/plan/stop-clause.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { Approval } from './approval.ts';

/** The meaning of a column of a file. `name` of a field is its merge field without braces. */
type ColumnUse =
  | { readonly role: 'number' }
  | { readonly role: 'field'; readonly name: string }
  | { readonly role: 'ignore' };

export interface ComposedFile {
  /** The uploaded document. */
  readonly document: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Null: found by the reader. */
  readonly separator: ';' | ',' | '\t' | '|' | null;
  /** Records above the first recipient: titles and the header. */
  readonly headerRows: number;
  /** As written in the header; empty without one. */
  readonly header: readonly string[];
  readonly columns: readonly ColumnUse[];
  /** ISO 3166 code of national numbers; null: that of the account. */
  readonly country: string | null;
}

export interface CompositionContent {
  readonly name: string | null;
  /** Null: the default sender. */
  readonly sender: string | null;
  readonly purpose: Purpose;
  readonly tier: Tier;
  readonly withReplies: boolean;
  /** Numbers as they were typed or pasted. */
  readonly typed: string;
  readonly groups: readonly ContactGroup[];
  readonly file: ComposedFile | null;
  /** The member accepts that refused rows are left out. */
  readonly skipsRefused: boolean;
  readonly text: string;
  /** Null: now. */
  readonly sendAtMs: number | null;
  /** Null: the default of the platform. */
  readonly validityMinutes: number | null;
  readonly tag: string | null;
}

export interface Composition {
  /** A UUID. */
  readonly id: string;
  readonly version: number;
  readonly content: CompositionContent;
  readonly changedBy: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Reserved at the first estimate; the campaign of a sent composition. */
  readonly campaignId: number | null;
  readonly isSent: boolean;
  /** Null: nobody asked for one. While it waits and when it is given, the content does not change. */
  readonly approval: Approval | null;
}

/** The fields of contacts, in the order of `fieldsOfContact`. */
export const contactFields = [
  'first_name',
  'last_name',
  'param1',
  'param2',
  'param3',
  'param4',
  'param5',
] as const;

/** Fields that the recipients of this content have. */
function fieldsOf({ file, groups }: CompositionContent): string[] {
  const fields = new Set<string>(groups.length > 0 ? contactFields : []);
  for (const use of file?.columns ?? []) if (use.role === 'field') fields.add(use.name);
  return [...fields];
}

/** A name that a merge field can have. */
export const fieldName = /^[\p{L}\p{N}_-]{1,40}$/u;
const mergeField = /\{([\p{L}\p{N}_-]{1,40})\}/gu;

/** Merge fields of a text, without braces, each once. */
export function mergeFieldsOf(text: string): string[] {
  return [...new Set([...text.matchAll(mergeField)].map(([, name]) => name!))];
}

/** Merge fields of the text that no recipient has. */
export function unknownFields(content: CompositionContent): string[] {
  const known = new Set(fieldsOf(content));
  return mergeFieldsOf(content.text).filter((name) => !known.has(name));
}

/** Numbers in a typed text, each with its line from 1. Spaces belong to a number unless a plus or 00 follows. */
export function readTypedNumbers(typed: string): { readonly line: number; readonly number: string }[] {
  const numbers: { line: number; number: string }[] = [];
  for (const [index, row] of typed.split(/\r\n|\n|\r/).entries())
    for (const piece of row.split(typedSeparator)) {
      const number = piece.trim();
      if (number !== '') numbers.push({ line: index + 1, number });
    }
  return numbers;
}

/** store/recipients/personal-rows.ts has the same in SQL. */
const typedSeparator = /[,;\t|]+|\s+(?=\+|00\d)/;

/** The submission, without its recipients. Recipients whose merged text cannot be sent are left out alone. */
export function submissionOf(content: CompositionContent): ListSubmission {
  const { sender, purpose, tier, withReplies, text, sendAtMs, validityMinutes, tag } = content;
  return {
    ...submissionDefaults,
    dialect: 'console',
    sender,
    purpose,
    tier,
    withReplies,
    text,
    sendAtMs,
    validityMs: validityMinutes === null ? null : validityMinutes * minuteMs,
    // A clause that the member wrote is enough.
    stopClause: hasAnyStopClause(text) ? 'demanded' : 'appended',
    failsAlone: true,
    mergeForm: 'braces',
    isOneCampaign: true,
    ...(tag !== null && { label: { tag, userId: null, batchId: null } }),
  };
}
