// Decides whether a text looks like advertising. Used by the plan: marketing sent as transactional evades the stop clause
// and the sending hours. Conservative: one word proves nothing ("remise de clés", "your free trial ends"), so several cues
// are needed. Knows French and English only; never flags a text in another language.

import type { Purpose } from '#domain/base/campaign.ts';
import { hasAnyStopClause } from './stop-clause.ts';

interface Cue {
  readonly name: string;
  /** Matches lower-case text without accents. */
  readonly pattern: string;
  /** 2: occurs almost only in advertising. */
  readonly weight: 1 | 2;
}

/** Minimum weight of a flagged text: two strong cues, a strong and a weak one, or three weak ones. */
const minWeight = 3;

const cues: readonly Cue[] = [
  {
    name: 'discount',
    weight: 2,
    pattern: '(?:^|[^\\d.,])- ?\\d{1,2} ?%|\\d{1,2} ?% (?:off|discount|de (?:remise|reduction|rabais))',
  },
  {
    name: 'promo code',
    weight: 2,
    pattern: '\\b(?:code(?:s)? promo|promo(?:tional)? code|discount code|coupon code|voucher code)',
  },
  {
    name: 'sales',
    weight: 2,
    pattern:
      '\\bsoldes\\b(?! (?:de|des|du) )|\\b(?:flash|private|clearance|summer|winter|spring|xmas|christmas) sales?\\b|\\bsale (?:ends|starts|now)\\b',
  },
  {
    name: 'special sale',
    weight: 2,
    pattern:
      '\\bventes? (?:privee|flash|exceptionnelle)s?\\b|\\bprix (?:casse|mini|fou)s?\\b|\\bdestockage\\b',
  },
  { name: 'shopping day', weight: 2, pattern: '\\b(?:black friday|cyber monday|french days|boxing day)\\b' },
  {
    name: 'offer',
    weight: 2,
    pattern:
      '\\boffres? (?:exclusive|speciale|limitee|exceptionnelle|de lancement)s?\\b|\\b(?:special|limited|exclusive)(?:[ -]time)? offers?\\b',
  },
  {
    name: 'free with a purchase',
    weight: 2,
    pattern:
      '\\b(?:achete|achetes)e?s?\\b.{0,20}\\boffert|\\bbuy (?:one|1|two|2)\\b.{0,12}\\bget\\b|\\bpour tout achat\\b|\\bdes \\d+ ?(?:€|eur(?:os?)?) d.achat',
  },
  {
    name: 'prize',
    weight: 2,
    pattern: '\\b(?:tentez de gagner|jeu concours|grand jeu|chance to win|enter to win|you could win)\\b',
  },
  {
    name: 'urge',
    weight: 1,
    pattern:
      '\\b(?:profitez|profite|ne manquez pas|ne ratez pas|depechez|derniers? jours?|derniere chance|vite|foncez|don.?t miss|hurry|last chance|ends (?:soon|tonight|sunday)|act now)\\b',
  },
  {
    name: 'free delivery',
    weight: 1,
    pattern: '\\b(?:livraison (?:offerte|gratuite)|free (?:shipping|delivery))\\b',
  },
  { name: 'for free', weight: 1, pattern: '\\b(?:offerte?s?|gratuite?s?|cadeaux?|free|gifts?)\\b' },
  {
    name: 'rebate',
    weight: 1,
    pattern: '\\b(?:remises?|reductions?|rabais|promos?|promotions?|discounts?|bons? plans?|bon d.achat)\\b',
  },
  {
    name: 'shop',
    weight: 1,
    pattern:
      '\\b(?:en magasin|en boutique|dans (?:vos|nos) magasins|sur tout le (?:site|magasin)|in[ -]store|shop now|order now|everything)\\b',
  },
  {
    name: 'novelty',
    weight: 1,
    pattern:
      '\\b(?:nouvelle collection|nouveautes?|new collection|new arrivals|venez decouvrir|decouvrez)\\b',
  },
  {
    name: 'price',
    weight: 1,
    pattern: '\\ba partir de \\d|\\b(?:from|only|seulement) ?(?:[€£$] ?\\d|\\d+ ?(?:€|eur))',
  },
  {
    name: 'stop mention',
    weight: 1,
    pattern: '\\bstop (?:au|to) (?:xxxxx|\\d{4,6})|\\bno pub ?=? ?(?:rep )?stop|\\bstop ?:? ?\\d{5}\\b',
  },
];

const patterns = cues.map(({ pattern }) => new RegExp(pattern));
/** One test first: most texts contain no cue. */
const anyCue = new RegExp(cues.map(({ pattern }) => `(?:${pattern})`).join('|'));

/** Names of the cues that make the text advertising; empty if it is not. */
export function advertisingCues(text: string): readonly string[] {
  const folded = fold(text);
  if (!anyCue.test(folded)) return [];
  const found = cues.filter((_, index) => patterns[index]!.test(folded));
  const weight = found.reduce((sum, cue) => sum + cue.weight, 0);
  return weight >= minWeight ? found.map(({ name }) => name) : [];
}

/** For a text without a stated purpose: marketing if it looks like advertising or contains a stop clause. */
export function purposeByText(text: string): Purpose {
  return hasAnyStopClause(text) || advertisingCues(text).length > 0 ? 'marketing' : 'transactional';
}

/** Letters of French outside ASCII. Replacing single letters takes a third of the time of normalizing the text. */
const plain: ReadonlyMap<string, string> = new Map(
  "àa âa äa áa çc ée èe êe ëe íi îi ïi ñn óo ôo öo œoe úu ùu ûu üu ÿy ’' ‘' −- –-"
    .split(' ')
    .map((pair) => [pair[0]!, pair.slice(1)]),
);
const spaces = /\s/;
const marks = /\p{M}/u;

function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(
      /[^\0-\x7f]/g,
      (letter) => plain.get(letter) ?? (spaces.test(letter) ? ' ' : marks.test(letter) ? '' : letter),
    );
}
