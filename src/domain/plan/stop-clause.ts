// The stop clause of a text: whether a country needs it, whether a text has it, and how it is written. Used by the plan.
// The capabilities of a dialect name the forms that it accepts and appends.

import type { Tier } from '#domain/base/campaign.ts';
import type { DialectCapabilities, StopClauseForm } from '#domain/base/dialect-capabilities.ts';

// French law (CPCE L34-5), which also holds in the overseas departments.
export const countriesWithClause: ReadonlySet<string> = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT']);

/** False for the world tier and outside France (docs/dialects/octopush.md#the-stop-mention). */
export function needsStopClause(country: string, tier: Tier): boolean {
  return tier !== 'world' && countriesWithClause.has(country);
}

const lowCost = /no PUB=STOP|no PUB rep STOP/;
// Quirk: "to" is the English form of Octopush's REST page (docs/dialects/octopush.md#the-stop-mention).
const withCode = /\bSTOP (?:au|to) (?:XXXXX|\d{4,6})(?![\dX])/i;
const bare = /\bSTOP ?:? ?\d{4,6}(?!\d)/;

const patterns: Readonly<Record<StopClauseForm, RegExp>> = {
  placeholder: /STOP au XXXXX/,
  code: withCode,
  'no-pub': lowCost,
  bare,
};

/** Whether the text has a stop clause in a form that its dialect accepts for this tier. */
export function hasStopClause(
  text: string,
  tier: Tier,
  { premium, low_cost: lowCostForms }: DialectCapabilities['stopClauseForms'],
): boolean {
  const forms = tier === 'low_cost' ? lowCostForms : premium;
  return forms.some((form) => patterns[form].test(text));
}

/** A text that matches one has a stop clause. */
export const stopClausePatterns: readonly RegExp[] = [withCode, lowCost, bare];

/** Whether the text has a stop clause in any known form. */
export function hasAnyStopClause(text: string): boolean {
  return stopClausePatterns.some((pattern) => pattern.test(text));
}

/** The clause that a refusal names: the form with the placeholder, in every dialect. */
export function demandedStopClause(tier: Tier): string {
  return tier === 'low_cost' ? 'no PUB=STOP' : 'STOP au XXXXX';
}

/** Replaces XXXXX by the short code. A code of five digits keeps the length; the text is measured afterwards. */
export function fillStopCode(text: string, shortCode: string): string {
  if (!text.includes('XXXXX')) return text;
  return text.replace(/(\bSTOP (?:au|to) )XXXXX(?!X)/gi, (_, mention: string) => mention + shortCode);
}

const mentionedCode = /(\bSTOP (?:au|to) )(\d{4,6})(?!\d)/gi;

/**
 * Replaces any other code in the stop clause by the platform's short code: a STOP to another number would not reach the
 * platform. The sender of the campaign is received and stays.
 */
export function correctStopCode(
  text: string,
  shortCode: string,
  sender: string | null,
): { readonly text: string; readonly foreignCodes: readonly string[] } {
  const foreignCodes: string[] = [];
  const corrected = text.replace(mentionedCode, (mention, words: string, code: string) => {
    if (code === shortCode || code === sender) return mention;
    foreignCodes.push(code);
    return words + shortCode;
  });
  return { text: corrected, foreignCodes };
}

/**
 * Appends the clause as a separate line. Quirk: OVH's form is `STOP 36180`, 11 characters with its newline for a code of
 * five digits (docs/dialects/ovh.md#sending).
 */
export function appendStopClause(
  text: string,
  shortCode: string,
  form: DialectCapabilities['addedStopClause'] = 'bare',
): string {
  return form === 'code' ? `${text}\nSTOP au ${shortCode}` : `${text}\nSTOP ${shortCode}`;
}
