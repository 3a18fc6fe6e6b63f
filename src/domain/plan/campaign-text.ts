// What each recipient of a campaign will read: optimised, personalised, with its stop clause, and measured. Serves the
// plan. Recipients who read the same text share one measurement; only personalised texts are written one by one.

import type { Encoding } from '#domain/base/campaign.ts';
import { type CampaignNote, stopCodeReplaced } from '#domain/base/campaign-notes.ts';
import type { DialectCapabilities } from '#domain/base/dialect-capabilities.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { optimizeText } from '#gsm/optimize.ts';
import { measure } from '#gsm/segments.ts';
import { readTemplate, renderTemplate, type Template } from './merge.ts';
import { appendStopClause, correctStopCode, fillStopCode, needsStopClause } from './stop-clause.ts';

/** Whoever a text is written for; without a country when the number could not be read. */
export interface Reader {
  readonly submitted: SubmittedRecipient;
  readonly country?: string;
}

export interface WrittenText {
  /** Null when it is the campaign's own text. */
  readonly text: string | null;
  readonly encoding: Encoding;
  readonly segments: number;
  readonly isEmpty: boolean;
  /** It was written with this recipient's values. */
  readonly isOwn: boolean;
}

export interface CampaignText {
  /** With the stop clause when any recipient needs it; placeholders as they are. */
  readonly text: string;
  /** The text that a demanded stop clause is looked for in: before its code is filled in. */
  readonly judgedText: string;
  readonly optimizedChars: number;
  /** Changes of the text. */
  readonly notes: readonly CampaignNote[];
  write(reader: Reader): WrittenText;
}

/** The numbers that receive a STOP, and the form of an appended clause. */
export interface StopClauseFacts {
  readonly platform: string;
  /** The sender of the campaign. */
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

  const judgedText = submission.optimizeText ? optimizeText(submission.text) : submission.text;
  const withCodes = (text: string) => {
    const filled = fillStopCode(text, clause.platform);
    if (submission.purpose !== 'marketing') return { text: filled, foreignCodes: [] };
    return correctStopCode(filled, clause.platform, clause.sender);
  };
  const { text: body, foreignCodes } = withCodes(judgedText);
  const isClauseAppended = appends && readers.some(takesClause);
  const text = isClauseAppended ? withClause(body) : body;
  const template = templateOf(withCodes(submission.text).text, readers);

  const own = written(null, text, charsPerPart);
  // For the recipients of a campaign with an appended clause whose law asks for none.
  const bare = isClauseAppended ? written(body, body, charsPerPart) : own;

  return {
    text,
    judgedText,
    optimizedChars: Math.max(0, submission.text.length - judgedText.length),
    notes: [...new Set(foreignCodes)].map((code) => stopCodeReplaced(code, clause.platform)),
    write(reader) {
      const hasClause = takesClause(reader);
      if (template === null) return hasClause === isClauseAppended ? own : bare;
      const merged = renderTemplate(template, reader.submitted.merge);
      // Optimised again as a whole: a value may bring letters that GSM lacks, an empty one leaves two blanks.
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
 * Null when there is nothing to personalise. Any recipient's placeholder is one for all: for those without a value it
 * becomes empty. Braces that no recipient has a value for are ordinary text.
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
