// The operator's pool of reply numbers, and the choice of one for a campaign with replies. Used by the plan. Countries are
// ISO 3166 codes; a number without countries serves all.

export interface ReplyNumber {
  /** Short code or E.164 digits. */
  readonly number: string;
  readonly kind: 'short-code' | 'virtual';
  readonly countries: readonly string[];
}

/** A number of one account. */
export interface AssignedNumber extends ReplyNumber {
  /** When the operator added it. */
  readonly createdAtMs: number;
}

export function servesCountry(number: ReplyNumber, country: string): boolean {
  return number.countries.length === 0 || number.countries.includes(country);
}

/**
 * The number that serves most of these countries. Among equal numbers an account keeps the same one, and accounts are
 * spread: a reply to two accounts with the same number and phone is ambiguous.
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
