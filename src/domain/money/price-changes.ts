// Versions of prices: the price in force at an instant, for all accounts or for one, and the difference that an import
// makes. Used by the plan (through main/pricing-data.ts) and by the operator's rates service. The price of an accepted
// campaign never changes.
import type { Tier } from '#domain/base/campaign.ts';
import { type Rate, type RateCard, rateCardOf } from './rate-card.ts';

/** One price from an instant on. */
export interface PriceChange {
  readonly changeId: number;
  /** Null: for every account. Otherwise for this account, with precedence over the card. */
  readonly accountId: number | null;
  readonly country: string;
  readonly tier: Tier;
  /** Null: no price from then on; for one account: the card applies again. */
  readonly priceMicros: bigint | null;
  readonly validFromMs: number;
}

/** The prices of an account; null: those of the card. */
export type RatesFor = (accountId: number | null) => RateCard;

const keyOf = ({ country, tier }: Pick<Rate, 'country' | 'tier'>) => `${country} ${tier}`;

/** In the order of their effect. */
const inOrder = (a: PriceChange, b: PriceChange) => a.validFromMs - b.validFromMs || a.changeId - b.changeId;

/** The prices of one scope that are in force at `atMs`, by country and tier. */
export function ratesAt(changes: readonly PriceChange[], atMs: number): Rate[] {
  const rates = new Map<string, Rate>();
  for (const change of [...changes].sort(inOrder)) {
    if (change.validFromMs > atMs) break;
    const { country, tier, priceMicros } = change;
    if (priceMicros === null) rates.delete(keyOf(change));
    else rates.set(keyOf(change), { country, tier, priceMicros });
  }
  return [...rates.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * The prices of all accounts, with future changes. `at` costs one comparison for each future change: cards are created on
 * demand, one for each account with separate prices.
 */
export class PriceBoard {
  readonly #changes: readonly PriceChange[];
  /** The instants of price changes, ascending. */
  readonly #instants: readonly number[];
  readonly #withOwnPrices: ReadonlySet<number>;
  #current: { readonly since: number; readonly until: number; readonly cards: Map<number | null, RateCard> };

  constructor(changes: readonly PriceChange[]) {
    this.#changes = changes;
    this.#instants = [...new Set(changes.map(({ validFromMs }) => validFromMs))].sort((a, b) => a - b);
    this.#withOwnPrices = new Set(changes.flatMap(({ accountId }) => accountId ?? []));
    this.#current = { since: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY, cards: new Map() };
  }

  /** The prices of `accountId` at `atMs`. */
  at(accountId: number | null, atMs: number): RateCard {
    const { since, until } = this.#current;
    if (atMs < since || atMs >= until) this.#current = { ...this.#periodOf(atMs), cards: new Map() };
    const scope = accountId !== null && this.#withOwnPrices.has(accountId) ? accountId : null;
    const { cards } = this.#current;
    let card = cards.get(scope);
    if (card === undefined) {
      card = rateCardOf(this.#ratesOf(scope, atMs));
      cards.set(scope, card);
    }
    return card;
  }

  #periodOf(atMs: number): { since: number; until: number } {
    let since = Number.NEGATIVE_INFINITY;
    for (const instant of this.#instants) {
      if (instant > atMs) return { since, until: instant };
      since = instant;
    }
    return { since, until: Number.POSITIVE_INFINITY };
  }

  #ratesOf(accountId: number | null, atMs: number): Rate[] {
    const ofScope = (scope: number | null) =>
      ratesAt(
        this.#changes.filter((change) => change.accountId === scope),
        atMs,
      );
    const card = ofScope(null);
    if (accountId === null) return card;
    const rates = new Map(card.map((rate) => [keyOf(rate), rate]));
    for (const rate of ofScope(accountId)) rates.set(keyOf(rate), rate);
    return [...rates.values()];
  }
}

export interface ChangedRate extends Rate {
  readonly beforeMicros: bigint;
}

/** The difference between two cards. */
export interface RateDifference {
  readonly added: readonly Rate[];
  readonly changed: readonly ChangedRate[];
  readonly removed: readonly Rate[];
}

export function differenceOf(before: readonly Rate[], after: readonly Rate[]): RateDifference {
  const old = new Map(before.map((rate) => [keyOf(rate), rate]));
  const wanted = new Set(after.map(keyOf));
  return {
    added: after.filter((rate) => !old.has(keyOf(rate))),
    changed: after.flatMap((rate) => {
      const beforeMicros = old.get(keyOf(rate))?.priceMicros;
      return beforeMicros === undefined || beforeMicros === rate.priceMicros
        ? []
        : [{ ...rate, beforeMicros }];
    }),
    removed: before.filter((rate) => !wanted.has(keyOf(rate))),
  };
}

/** A carrier's price for a segment, from a routing rule, or for its carrier and one country from the carrier's table. */
export interface RouteCost {
  /** Of the rule. */
  readonly routeId?: number;
  /** It replaces the price that the rule itself has. */
  readonly isFromTable?: boolean;
  readonly country: string | null;
  readonly tier: Tier | null;
  readonly position: number;
  readonly costMicros: bigint;
}

export interface RateBelowCost extends Rate {
  readonly costMicros: bigint;
}

/** The carrier's price for a segment: of the routes that are tried first, the most expensive. Null: none is known. */
export function costOf(
  { country, tier }: Pick<Rate, 'country' | 'tier'>,
  costs: readonly RouteCost[],
): bigint | null {
  const fitting = costs.filter(
    (route) =>
      (route.country === null || route.country === country) && (route.tier === null || route.tier === tier),
  );
  const tabled = new Set(fitting.filter((cost) => cost.isFromTable).map(({ routeId }) => routeId));
  const counting = fitting.filter((cost) => cost.isFromTable || !tabled.has(cost.routeId));
  const first = Math.min(...counting.map(({ position }) => position));
  return counting
    .filter(({ position }) => position === first)
    .reduce<bigint | null>(
      (most, { costMicros }) => (most === null || costMicros > most ? costMicros : most),
      null,
    );
}

/** The prices below the carrier's price. */
export function belowCost(rates: readonly Rate[], costs: readonly RouteCost[]): RateBelowCost[] {
  return rates.flatMap((rate) => {
    const costMicros = costOf(rate, costs);
    return costMicros !== null && costMicros > rate.priceMicros ? [{ ...rate, costMicros }] : [];
  });
}
