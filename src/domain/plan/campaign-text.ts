// Renders and measures the text of each recipient: optimized, merged, with the stop clause. Used by the plan. Recipients
// with the same text share one measurement; only texts with merge values are rendered one by one.

import type { Encoding } from '#domain/base/campaign.ts';
import { type CampaignNote, stopCodeReplaced } from '#domain/base/campaign-notes.ts';
import type { DialectCapabilities } from '#domain/base/dialect-capabilities.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { optimizeText } from '#gsm/optimize.ts';
import { measure } from '#gsm/segments.ts';
import { readTemplate, renderTemplate, type Template } from './merge.ts';
import { appendStopClause, correctStopCode, fillStopCode, needsStopClause } from './stop-clause.ts';

/** The recipient of a text; without a country if the number cannot be read. */
export interface Reader {
  readonly submitted: SubmittedRecipient;
  readonly country?: string;
}

export interface WrittenText {
  /** Null: the text of the campaign. */
  readonly text: string | null;
  readonly encoding: Encoding;
  readonly segments: number;
  readonly isEmpty: boolean;
  /** Rendered with merge values of this recipient. */
  readonly isOwn: boolean;
}

export interface CampaignText {
  /** With the stop clause if any recipient needs it; placeholders are not replaced. */
  readonly text: string;
  /** The text that is checked for a demanded stop clause: before its code is inserted. */
  readonly inputText: string;
  readonly optimizedChars: number;
  /** Changes of the text. */
  readonly notes: readonly CampaignNote[];
  write(reader: Reader): WrittenText;
}

/** The numbers that receive a STOP, and the form of an appended clause. */
export interface StopClauseFacts {
  readonly platform: string;
  /** Sender of the campaign. */
  readonly sender: string | null;
  readonly form: DialectCapabilities['addedStopClause'];
}

export function readCampaignText(
  submission: Submission,
  readers: readonly Reader[],
  clause: StopClauseFacts,
  charsPerPart: number,
): CampaignText {
  const appends = submission.stopClause === 'appended' && submission.purpose === 'marketing';
  const takesClause = ({ country }: Reader) =>
    appends && country !== undefined && needsStopClause(country, submission.tier);
  const withClause = (text: string) => appendStopClause(text, clause.platform, clause.form);

  const inputText = submission.optimizeText ? optimizeText(submission.text) : submission.text;
  const withCodes = (text: string) => {
    const filled = fillStopCode(text, clause.platform);
    if (submission.purpose !== 'marketing') return { text: filled, foreignCodes: [] };
    return correctStopCode(filled, clause.platform, clause.sender);
  };
  const { text: body, foreignCodes } = withCodes(inputText);
  const isClauseAppended = appends && readers.some(takesClause);
  const text = isClauseAppended ? withClause(body) : body;
  const template = templateOf(withCodes(submission.text).text, readers);

  const own = written(null, text, charsPerPart);
  // For the recipients of a campaign with an appended clause whose law demands none.
  const textWithoutClause = isClauseAppended ? written(body, body, charsPerPart) : own;

  return {
    text,
    inputText,
    optimizedChars: Math.max(0, submission.text.length - inputText.length),
    notes: [...new Set(foreignCodes)].map((code) => stopCodeReplaced(code, clause.platform)),
    write(reader) {
      const hasClause = takesClause(reader);
      if (template === null) return hasClause === isClauseAppended ? own : textWithoutClause;
      const merged = renderTemplate(template, reader.submitted.merge);
      // Optimized again as a whole: a value can contain characters outside GSM, an empty value leaves two spaces.
      const content = submission.optimizeText ? optimizeText(merged) : merged;
      if (isBlankText(content)) return { ...own, isEmpty: true, isOwn: true };
      const final = hasClause ? withClause(content) : content;
      return { ...written(final, final, charsPerPart), isOwn: true };
    },
  };
}

function written(text: string | null, content: string, charsPerPart: number): WrittenText {
  const { encoding, segments } = measure(content, charsPerPart);
  return { text, encoding, segments, isEmpty: isBlankText(content), isOwn: false };
}

/**
 * Null if there is nothing to merge. A placeholder of one recipient is a placeholder for all: without a value it becomes
 * empty. Braces without a value of any recipient are ordinary text.
 */
function templateOf(text: string, readers: readonly Reader[]): Template | null {
  const placeholders = new Set<string>();
  for (const { submitted } of readers) {
    if (submitted.merge === undefined) continue;
    for (const placeholder of submitted.merge.keys()) placeholders.add(placeholder);
  }
  if (placeholders.size === 0) return null;
  const template = readTemplate(text, placeholders);
  return template.placeholders.length === 0 ? null : template;
}
