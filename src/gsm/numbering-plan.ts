// The French numbering plan, mainland and overseas, as arithmetic: country and kind of line of a national number of nine
// digits. Used by msisdn.ts as its fast path. Ranges are prefixes, never blocks: published metadata is older than the
// regulator's decisions (it lacked 14 % of 0691 when last compared), and a new block must be accepted.

export interface PlannedLine {
  readonly msisdn: number;
  readonly country: string;
  readonly isMobile: boolean;
}

interface Territory {
  readonly country: string;
  readonly callingCode: number;
}

const mainland: Territory = { country: 'FR', callingCode: 33 };
const guadeloupe: Territory = { country: 'GP', callingCode: 590 };
const reunion: Territory = { country: 'RE', callingCode: 262 };
const guiana: Territory = { country: 'GF', callingCode: 594 };
const martinique: Territory = { country: 'MQ', callingCode: 596 };
const mayotte: Territory = { country: 'YT', callingCode: 262 };

/** The first three digits of a national mobile number, and their overseas territory. */
const overseasMobile: ReadonlyMap<number, Territory> = new Map([
  [639, mayotte],
  [690, guadeloupe],
  [691, guadeloupe],
  [692, reunion],
  [693, reunion],
  [694, guiana],
  [696, martinique],
  [697, martinique],
]);

/** The overseas territories of 0709 by the fourth digit. Guiana and Mayotte share the last one and differ in the fifth. */
const overseasMobile709: readonly (Territory | null)[] = [guadeloupe, martinique, reunion];

/** Saint-Barthélemy and Saint-Martin use Guadeloupe's numbers without a distinction: all three have the country GP. */
const homeOfCallingCode: ReadonlyMap<number, Territory> = new Map([
  [33, mainland],
  [590, guadeloupe],
  [262, reunion],
  [594, guiana],
  [596, martinique],
]);

/** Countries whose national numbers follow this plan. */
export const frenchPlanCountries: ReadonlySet<string> = new Set([
  'FR',
  'GP',
  'MQ',
  'GF',
  'RE',
  'YT',
  'BL',
  'MF',
]);

export function isFrenchCallingCode(callingCode: number): boolean {
  return homeOfCallingCode.has(callingCode);
}

/**
 * Reads the national part (without the leading zero) of a number of the plan; null if no such line exists. An overseas
 * mobile number with the mainland's code (+33 692…, which software makes of the national 0692…) gets its own code.
 */
export function readFrenchNumber(national: number, digits: number, callingCode: number): PlannedLine | null {
  if (digits !== 9) return callingCode === 33 ? readUnusualLength(national, digits) : null;
  const first = Math.floor(national / 100_000_000);
  const home = homeOfCallingCode.get(callingCode)!;
  if (first !== 6 && first !== 7) {
    // Geographic, special and voice-over-IP numbers; those of overseas territories are not mobile either.
    return first === 0
      ? null
      : { msisdn: home.callingCode * 1e9 + national, country: home.country, isMobile: false };
  }
  const territory = mobileTerritory(national, callingCode);
  if (territory === null) return null;
  return { msisdn: territory.callingCode * 1e9 + national, country: territory.country, isMobile: true };
}

function mobileTerritory(national: number, callingCode: number): Territory | null {
  const prefix = Math.floor(national / 1_000_000);
  let territory = overseasMobile.get(prefix) ?? null;
  // 06 39 98 is reserved for fiction on the mainland (ARCEP's numbering plan), so examples use it.
  if (prefix === 639 && callingCode === 33 && Math.floor(national / 10_000) === 63998) return mainland;
  if (prefix === 709) {
    const fourth = Math.floor(national / 100_000) % 10;
    territory = fourth === 3 ? guianaOrMayotte(national) : (overseasMobile709[fourth] ?? null);
  }
  if (callingCode === 33) {
    if (territory !== null) return territory;
    // 071 and 072 are not assigned, and 070 has machine numbers of another length.
    return prefix >= 700 && prefix < 730 ? null : mainland;
  }
  return territory !== null && territory.callingCode === callingCode ? territory : null;
}

function guianaOrMayotte(national: number): Territory {
  return Math.floor(national / 10_000) % 10 < 5 ? guiana : mayotte;
}

/**
 * Mainland numbers with another length than nine digits: machine numbers (0700 to 0703, 13 or 14 digits with the leading
 * zero), and the example in a vendor's documentation.
 *
 * Quirk: the documented request of Octopush REST has the recipient `+336000123`, two digits shorter than a French number.
 * It must work as printed, so the block +33 6000 xxx of that length counts as mobile: a thousand numbers that no subscriber
 * has. Other short numbers are refused as typing errors. A real carrier refuses the example, and its price is released.
 */
function readUnusualLength(national: number, digits: number): PlannedLine | null {
  if (digits === 7 && Math.floor(national / 1000) === 6000) {
    return { msisdn: 330_000_000 + national, country: 'FR', isMobile: true };
  }
  if (digits === 12 || digits === 13) {
    const prefix = Math.floor(national / 10 ** (digits - 3));
    if (prefix >= 700 && prefix <= 703) {
      return { msisdn: 33 * 10 ** digits + national, country: 'FR', isMobile: true };
    }
  }
  return null;
}
