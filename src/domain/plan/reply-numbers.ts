// The operator's pool of numbers that can be answered, and which of them a campaign with replies is sent from. Serves
// the plan. Countries are ISO 3166 codes; a number without any serves all.

export interface ReplyNumber {
  /** Short code or E.164 digits. */
  readonly number: string;
  readonly kind: 'short-code' | 'virtual';
  readonly countries: readonly string[];
}

/** One that is an account's own. */
export interface AssignedNumber extends ReplyNumber {
  /** When the operator added it. */
  readonly createdAtMs: number;
}

export function servesCountry(number: ReplyNumber, country: string): boolean {
  return number.countries.length === 0 || number.countries.includes(country);
}

/**
 * The number that serves most of these countries. Among equals an account keeps to one, and accounts are spread: two
 * that share a number and a phone cannot both be answered.
 */
export function chooseReplyNumber(
  pool: readonly ReplyNumber[],
  countries: ReadonlySet<string>,
  accountId: number,
): ReplyNumber | null {
  let best: ReplyNumber[] = [];
  let most = 1;
  for (const number of pool) {
    let served = 0;
    for (const country of countries) if (servesCountry(number, country)) served++;
    if (served > most) best = [];
    if (served >= most) {
      best.push(number);
      most = served;
    }
  }
  return best.length === 0 ? null : best[accountId % best.length]!;
}
