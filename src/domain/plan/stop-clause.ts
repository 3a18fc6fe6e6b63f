// The stop clause: the mention that tells how to opt out. Serves the plan: whether the destination asks for one, whether
// a text has it, and how it is written. Which dialects demand it and which append it:
// docs/dialects/octopush.md#the-stop-mention, docs/dialects/ovh.md#sending. It never adds to a text that its customer was
// told to complete.

import type { Tier } from '#domain/base/campaign.ts';
import type { DialectName } from '#domain/base/submission.ts';

// French law (CPCE L34-5), which holds in the overseas departments as on the mainland.
const countriesWithClause: ReadonlySet<string> = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT']);

/** World tier or a recipient outside France: none required (docs/dialects/octopush.md#the-stop-mention). */
export function needsStopClause(country: string, tier: Tier): boolean {
  return tier !== 'world' && countriesWithClause.has(country);
}

// Quirk: the legacy API wants the premium mention to the letter, five capital X included (legacy manual S2).
const legacyPremium = /STOP au XXXXX/;
const lowCost = /no PUB=STOP|no PUB rep STOP/;
// With the code or its placeholder; "to" is the English of the REST page (S0).
const withCode = /\bSTOP (?:au|to) (?:XXXXX|\d{4,6})(?![\dX])/i;
const appended = /\bSTOP ?:? ?\d{4,6}(?!\d)/;

/**
 * Whether the text carries the mention its dialect demands: the legacy API (and its mail form) in the one form of
 * the tier, REST with or without the code; where no original demands one, any of the known forms will do.
 */
export function hasStopClause(text: string, tier: Tier, dialect: DialectName): boolean {
  switch (dialect) {
    case 'octopush-legacy':
    case 'smtp':
      return tier === 'low_cost' ? lowCost.test(text) : legacyPremium.test(text);
    case 'octopush-rest':
      return withCode.test(text) || (tier === 'low_cost' && lowCost.test(text));
    default:
      return hasAnyStopClause(text);
  }
}

/** Whether the text carries the mention in any form that is known. */
export function hasAnyStopClause(text: string): boolean {
  return withCode.test(text) || lowCost.test(text) || appended.test(text);
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
 * A line of its own. Quirk: OVH's form is `STOP 36180`, 11 characters with its newline for a code of five digits; all
 * others get the words that the Octopush dialects accept.
 */
export function appendStopClause(text: string, shortCode: string, dialect: DialectName = 'ovh'): string {
  return dialect === 'cli' || dialect === 'console'
    ? `${text}\nSTOP au ${shortCode}`
    : `${text}\nSTOP ${shortCode}`;
}
