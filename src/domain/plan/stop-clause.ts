// The stop clause: the mention that tells how to opt out. Serves the plan: whether the destination asks for one, whether
// a text has it, and how it is written. Which dialects demand it and which append it: protocols/octopush.md 9,
// protocols/ovh.md 5.2. It never adds to a text that its customer was told to complete.

import type { Tier } from '#domain/base/campaign.ts';
import type { DialectName } from '#domain/base/submission.ts';

// French law (CPCE L34-5), which holds in the overseas departments as on the mainland.
const countriesWithClause: ReadonlySet<string> = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT']);

/** World tier or a recipient outside France: none required (protocols/octopush.md 9). */
export function needsStopClause(country: string, tier: Tier): boolean {
  return tier !== 'world' && countriesWithClause.has(country);
}

// Quirk: the legacy API wants the premium mention to the letter, five capital X included (seed 002).
const legacyPremium = /STOP au XXXXX/;
const lowCost = /no PUB=STOP|no PUB rep STOP/;
// With the code or its placeholder; "to" is the English of seed 000.
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
      return withCode.test(text) || lowCost.test(text) || appended.test(text);
  }
}

/** The mention to add, for a refusal to name. */
export function demandedStopClause(tier: Tier, dialect: DialectName): string {
  if (tier === 'low_cost') return 'no PUB=STOP';
  return dialect === 'octopush-rest' ? 'STOP au 30101' : 'STOP au XXXXX';
}

/** The short code in the place of XXXXX. A code of five digits keeps the length; it is measured afterwards anyway. */
export function fillStopCode(text: string, shortCode: string): string {
  if (!text.includes('XXXXX')) return text;
  return text.replace(/(\bSTOP (?:au|to) )XXXXX(?!X)/gi, (_, mention: string) => mention + shortCode);
}

/** OVH's form: a line of its own, 11 characters with its newline for a code of five digits. */
export function appendStopClause(text: string, shortCode: string): string {
  return `${text}\nSTOP ${shortCode}`;
}
