// The stop clause: the words of a text that tell how to opt out. Used by the plan: whether a country needs it, whether a text has
// it, and how it is written. Which forms a dialect accepts and appends is in its capabilities.

import type { Tier } from '#domain/base/campaign.ts';
import type { DialectCapabilities, StopClauseForm } from '#domain/base/dialect-capabilities.ts';

// French law (CPCE L34-5), which holds in the overseas departments as on the mainland.
const countriesWithClause: ReadonlySet<string> = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT']);

/** World tier or a recipient outside France: none required (docs/dialects/octopush.md#the-stop-mention). */
export function needsStopClause(country: string, tier: Tier): boolean {
  return tier !== 'world' && countriesWithClause.has(country);
}

const lowCost = /no PUB=STOP|no PUB rep STOP/;
// With the code or its placeholder; "to" is the English of the REST page (S0).
const withCode = /\bSTOP (?:au|to) (?:XXXXX|\d{4,6})(?![\dX])/i;
const bare = /\bSTOP ?:? ?\d{4,6}(?!\d)/;

const patterns: Readonly<Record<StopClauseForm, RegExp>> = {
  placeholder: /STOP au XXXXX/,
  code: withCode,
  'no-pub': lowCost,
  bare,
};

/** Whether the text has the stop clause in a form that its dialect accepts for this tier. */
export function hasStopClause(
  text: string,
  tier: Tier,
  { premium, low_cost: lowCostForms }: DialectCapabilities['stopClauseForms'],
): boolean {
  const forms = tier === 'low_cost' ? lowCostForms : premium;
  return forms.some((form) => patterns[form].test(text));
}

/** Whether the text carries the mention in any form that is known. */
export function hasAnyStopClause(text: string): boolean {
  return withCode.test(text) || lowCost.test(text) || bare.test(text);
}

/** The mention to add, word for word, for a refusal to name: in every dialect the one with the place for the code. */
export function demandedStopClause(tier: Tier): string {
  return tier === 'low_cost' ? 'no PUB=STOP' : 'STOP au XXXXX';
}

/** The short code in the place of XXXXX. A code of five digits keeps the length; it is measured afterwards anyway. */
export function fillStopCode(text: string, shortCode: string): string {
  if (!text.includes('XXXXX')) return text;
  return text.replace(/(\bSTOP (?:au|to) )XXXXX(?!X)/gi, (_, mention: string) => mention + shortCode);
}

const mentionedCode = /(\bSTOP (?:au|to) )(\d{4,6})(?!\d)/gi;

/**
 * The platform's short code in the place of any other behind the mention: a STOP sent to another number never comes back
 * to us. The number that the campaign itself leaves from is heard, and stays.
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
 * Appends the clause as a separate line. Quirk: OVH's form is `STOP 36180`, 11 characters with its newline for a code of five
 * digits (docs/dialects/ovh.md#sending).
 */
export function appendStopClause(
  text: string,
  shortCode: string,
  form: DialectCapabilities['addedStopClause'] = 'bare',
): string {
  return form === 'code' ? `${text}\nSTOP au ${shortCode}` : `${text}\nSTOP ${shortCode}`;
}
