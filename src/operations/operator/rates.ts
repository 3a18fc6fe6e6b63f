// Prices: the rate card of every account and the prices of one account, valid from an instant, with every version kept.
// Used by `chappe rate`. A notice (`rates`) reports changes to running processes; accepted messages keep their price.
// Refuses, as OperatorRefusal: invalid prices, an unknown account or change, an instant in the past.

import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro } from '#domain/money/micros.ts';
import {
  belowCost,
  differenceOf,
  type PriceChange,
  type RateBelowCost,
  type RateDifference,
  ratesAt,
} from '#domain/money/price-changes.ts';
import { parseRateCard, type Rate, readRateOf, renderRateCard } from '#domain/money/rate-card.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import {
  countMessagesTo,
  insertRateChange,
  listPriceChanges,
  listRateChanges,
  listRouteCosts,
  lockRates,
  type RateChange,
  type RateChangeKind,
  readRateChange,
} from '#store/money/rates.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';

export interface RateScope {
  /** Service name or e-mail; null: the rate card. */
  readonly account: string | null;
}

export interface Timing extends RateScope {
  /** Null: immediately. */
  readonly fromMs: number | null;
}

export interface ListedRate extends Rate {
  /** True: a price of this account only. */
  readonly isOwn: boolean;
}

export interface RateList {
  readonly rates: readonly ListedRate[];
  /** Prices that apply later, the next first. */
  readonly upcoming: readonly PriceChange[];
}

export interface UnservedTraffic extends Omit<Rate, 'priceMicros'> {
  readonly messages: number;
}

/** The changes of an import, in force from its instant on. */
export interface CardPreview extends RateDifference {
  readonly prices: number;
  readonly belowCost: readonly RateBelowCost[];
  /** Messages of the last 30 days to destinations that would have no price. */
  readonly unserved: readonly UnservedTraffic[];
}

export interface MadeChange {
  readonly changeId: number;
  readonly validFromMs: number;
  readonly preview: CardPreview;
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

const trafficOfMs = 30 * dayMs;

export function createRates({ database, clock }: Pick<Context, 'database' | 'clock'>): Rates {
  async function scopeOf(query: Query, { account }: RateScope): Promise<Account | null> {
    return account === null ? null : requireAccountNamed(query, account);
  }

  function readInstant(fromMs: number | null): number {
    const nowMs = clock.now();
    if (fromMs !== null && fromMs < nowMs)
      throw new OperatorRefusal(
        `${new Date(fromMs).toISOString()} is in the past: what was accepted keeps its price; leave it out for at once`,
      );
    return fromMs ?? nowMs;
  }

  async function preview(
    query: Query,
    account: Account | null,
    before: readonly Rate[],
    after: readonly Rate[],
  ) {
    const difference = differenceOf(before, after);
    const gone = new Set(difference.removed.map(({ country, tier }) => `${country} ${tier}`));
    const countries = [...new Set(difference.removed.map(({ country }) => country))];
    // A removed price of one account is replaced by that of the card.
    const traffic =
      countries.length === 0 || account !== null
        ? []
        : await countMessagesTo(query, countries, null, clock.now() - trafficOfMs);
    return {
      ...difference,
      prices: after.length,
      belowCost: belowCost([...difference.added, ...difference.changed], await listRouteCosts(query)),
      unserved: traffic.filter(({ country, tier }) => gone.has(`${country} ${tier}`)),
    };
  }

  /** Inserts a change that depends on the prices in force at its instant. */
  async function change(
    by: Actor,
    kind: RateChangeKind,
    { account: name, fromMs }: Timing,
    decide: (before: readonly Rate[], query: Query) => Decision | Promise<Decision>,
  ): Promise<MadeChange> {
    return database.transaction(async (query) => {
      await lockRates(query);
      const account = await scopeOf(query, { account: name });
      const accountId = account?.id ?? null;
      const validFromMs = readInstant(fromMs);
      const before = ratesAt(await listPriceChanges(query, accountId), validFromMs);
      const { after, rows } = await decide(before, query);
      const seen = await preview(query, account, before, after);
      const removed = seen.removed.map((rate) => ({ ...rate, priceMicros: null }));
      const made = { accountId, kind, validFromMs, actor: by.actor };
      const changeId = await insertRateChange(query, made, [...rows, ...removed], clock.now());
      const entry = auditEntryOf(by, { kind, account, validFromMs, changeId }, seen);
      await insertAuditEntry(query, entry, clock.now());
      await notify(query, 'rates');
      return { changeId, validFromMs, preview: seen };
    });
  }

  return {
    async list(access, scope) {
      authorize(access, 'rates.read');
      const { query } = database;
      const account = await scopeOf(query, scope);
      const nowMs = clock.now();
      const card = await listPriceChanges(query, null);
      const own = account === null ? [] : await listPriceChanges(query, account.id);
      const ownRates = ratesAt(own, nowMs);
      const isOwn = new Set(ownRates.map(({ country, tier }) => `${country} ${tier}`));
      const shared = ratesAt(card, nowMs).filter(({ country, tier }) => !isOwn.has(`${country} ${tier}`));
      return {
        rates: [
          ...ownRates.map((rate) => ({ ...rate, isOwn: true })),
          ...shared.map((rate) => ({ ...rate, isOwn: false })),
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

interface Decision {
  /** The prices of the scope from the instant on. */
  readonly after: readonly Rate[];
  /** The stored rows of the change, in addition to the removed ones: a whole card, so that an earlier change still to come has no effect. */
  readonly rows: readonly Rate[];
}

interface ChangeOrder {
  readonly kind: RateChangeKind;
  readonly account: Account | null;
  readonly validFromMs: number;
  readonly changeId: number;
}

function readCard(csv: string): readonly Rate[] {
  const parsed = parseRateCard(csv);
  if ('errors' in parsed) throw new OperatorRefusal(...parsed.errors);
  return parsed.card.rates;
}

const events: Readonly<Record<RateChangeKind, string>> = {
  shipped: 'rate.shipped',
  set: 'rate.set',
  import: 'rate.imported',
  restore: 'rate.restored',
};

/** A single price before and after the change; of several, their number. The versions contain the prices. */
function auditEntryOf(by: Actor, change: ChangeOrder, { added, changed, removed }: RateDifference) {
  const { kind, account, validFromMs, changeId } = change;
  const [one, ...more] = [...changed, ...added, ...removed];
  const isSingle = kind === 'set' && one !== undefined && more.length === 0;
  const before = changed[0]?.beforeMicros ?? removed[0]?.priceMicros;
  const after = changed[0]?.priceMicros ?? added[0]?.priceMicros;
  const price = (micros: bigint | undefined) =>
    micros === undefined ? null : { price: formatEuro(micros, 6) };
  return {
    by,
    accountId: account?.id ?? null,
    action: events[kind],
    target: isSingle ? `${one.country} ${one.tier}` : (account?.serviceName ?? 'rate card'),
    before: isSingle ? price(before) : null,
    after: {
      change: changeId,
      from: new Date(validFromMs).toISOString(),
      ...(isSingle
        ? price(after)
        : { added: added.length, changed: changed.length, removed: removed.length }),
    },
  };
}
