// A change of prices in one transaction: the prices before and after it, its preview, its audit entry. Used by the service of
// rates. A price in force never changes: a change applies from its instant on.
import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro } from '#domain/money/micros.ts';
import {
  belowCost,
  differenceOf,
  type RateBelowCost,
  type RateDifference,
  ratesAt,
} from '#domain/money/price-changes.ts';
import type { Rate } from '#domain/money/rate-card.ts';
import { dayMs } from '#lib/time/duration.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';
import {
  countMessagesTo,
  insertRateChange,
  listPriceChanges,
  listRouteCosts,
  lockRates,
  type RateChangeKind,
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

/** The changes of an import, in force from its instant on. */
interface UnservedTraffic extends Omit<Rate, 'priceMicros'> {
  readonly messages: number;
}

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

const trafficOfMs = 30 * dayMs;

export function createRateChanges({ database, clock }: Pick<Context, 'database' | 'clock'>) {
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
      belowCost: belowCost(
        [...difference.added, ...difference.changed],
        await listRouteCosts(query, clock.now()),
      ),
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

  return { scopeOf, readInstant, preview, change };
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
