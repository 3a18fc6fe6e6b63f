// Prices: the rate card of every account and the prices of one account, valid from an instant, with every version kept.
// Used by `chappe rate`. A notice (`rates`) reports changes to running processes; accepted messages keep their price.
// Refuses, as OperatorRefusal: invalid prices, an unknown account or change, an instant in the past.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { costOf, type PriceChange, ratesAt } from '#domain/money/price-changes.ts';
import { parseRateCard, type Rate, readRateOf, renderRateCard } from '#domain/money/rate-card.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  listPriceChanges,
  listRateChanges,
  listRouteCosts,
  type RateChange,
  readRateChange,
} from '#store/money/rates.ts';
import {
  type CardPreview,
  createRateChanges,
  type MadeChange,
  type RateScope,
  type Timing,
} from './change-rates.ts';

interface ListedRate extends Rate {
  /** True: a price of this account only. */
  readonly isOwn: boolean;
  /** Of a segment, by the routes that are tried first; null: unknown. */
  readonly costMicros: bigint | null;
}

interface RateList {
  readonly rates: readonly ListedRate[];
  /** Prices that apply later, the next first. */
  readonly upcoming: readonly PriceChange[];
}

export interface Rates {
  list(access: OperatorAccess, scope: RateScope): Promise<RateList>;
  /** As text, in the form that `import` reads. Of an account: its own prices only. */
  export(access: OperatorAccess, scope: RateScope): Promise<string>;
  /** Newest first. */
  history(access: OperatorAccess, scope: RateScope, limit: number): Promise<RateChange[]>;
  /** `price` null removes it: the destination is not served, or at the price of the card. */
  set(
    access: OperatorAccess,
    order: Timing & { readonly country: string; readonly tier: string; readonly price: string | null },
  ): Promise<MadeChange>;
  /** The file as a whole card: destinations that it does not name are removed. */
  import(access: OperatorAccess, order: Timing & { readonly csv: string }): Promise<MadeChange>;
  /** A dry run of the same import. */
  preview(access: OperatorAccess, order: Timing & { readonly csv: string }): Promise<CardPreview>;
  /** The prices as of the effect of this change. */
  restore(access: OperatorAccess, changeId: number, fromMs: number | null): Promise<MadeChange>;
}

export function createRates({ database, clock }: Pick<Context, 'database' | 'clock'>): Rates {
  const { scopeOf, readInstant, preview, change } = createRateChanges({ database, clock });

  return {
    async list(access, scope) {
      authorize(access, 'rates.read');
      const { query } = database;
      const account = await scopeOf(query, scope);
      const nowMs = clock.now();
      const card = await listPriceChanges(query, null);
      const own = account === null ? [] : await listPriceChanges(query, account.id);
      const ownRates = ratesAt(own, nowMs);
      const costs = await listRouteCosts(query, nowMs);
      const isOwn = new Set(ownRates.map(({ country, tier }) => `${country} ${tier}`));
      const shared = ratesAt(card, nowMs).filter(({ country, tier }) => !isOwn.has(`${country} ${tier}`));
      return {
        rates: [
          ...ownRates.map((rate) => ({ ...rate, isOwn: true, costMicros: costOf(rate, costs) })),
          ...shared.map((rate) => ({ ...rate, isOwn: false, costMicros: costOf(rate, costs) })),
        ],
        upcoming: [...card, ...own]
          .filter(({ validFromMs }) => validFromMs > nowMs)
          .sort((a, b) => a.validFromMs - b.validFromMs || a.changeId - b.changeId),
      };
    },

    async export(access, scope) {
      authorize(access, 'rates.read');
      const account = await scopeOf(database.query, scope);
      return renderRateCard(
        ratesAt(await listPriceChanges(database.query, account?.id ?? null), clock.now()),
      );
    },

    async history(access, scope, limit) {
      authorize(access, 'rates.read');
      const account = await scopeOf(database.query, scope);
      return listRateChanges(database.query, account?.id ?? null, limit);
    },

    async set(access, { country, tier, price, ...timing }) {
      const by = authorize(access, 'rates.write');
      const code = country.toUpperCase();
      const rate = readRateOf(code, tier, price ?? '0');
      if (typeof rate === 'string') throw new OperatorRefusal(rate);
      return change(by, 'set', timing, (before) => {
        const others = before.filter((other) => other.country !== code || other.tier !== tier);
        if (price !== null) return { after: [...others, rate], rows: [rate] };
        if (others.length === before.length)
          throw new OperatorRefusal(`there is no price for ${code} ${tier} to remove; see chappe rate list`);
        return { after: others, rows: [] };
      });
    },

    async import(access, { csv, ...timing }) {
      const by = authorize(access, 'rates.write');
      const rates = readCard(csv);
      return change(by, 'import', timing, () => ({ after: rates, rows: rates }));
    },

    async preview(access, { csv, account: name, fromMs }) {
      authorize(access, 'rates.read');
      const { query } = database;
      const rates = readCard(csv);
      const account = await scopeOf(query, { account: name });
      const atMs = readInstant(fromMs);
      return preview(
        query,
        account,
        ratesAt(await listPriceChanges(query, account?.id ?? null), atMs),
        rates,
      );
    },

    async restore(access, changeId, fromMs) {
      const by = authorize(access, 'rates.write');
      const wanted = await readRateChange(database.query, changeId);
      if (wanted === null)
        throw new OperatorRefusal(`there is no change ${changeId}; see chappe rate history`);
      return change(by, 'restore', { account: wanted.account, fromMs }, async (_before, query) => {
        const rates = ratesAt(await listPriceChanges(query, wanted.accountId, changeId), wanted.validFromMs);
        return { after: rates, rows: rates };
      });
    },
  };
}

function readCard(csv: string): readonly Rate[] {
  const parsed = parseRateCard(csv);
  if ('errors' in parsed) throw new OperatorRefusal(...parsed.errors);
  return parsed.card.rates;
}
