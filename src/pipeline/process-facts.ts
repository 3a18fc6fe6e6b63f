// Facts of the database that a process reads at its start, and again after a notice: buckets of accounts, prices, reply
// numbers. Used by main, which passes them to stages and services. Nothing has a price before the first reading.
import { PriceBoard } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { listBuckets } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import { listCurrentPrices } from '#store/money/rates.ts';
import { readPlatformSetting, replySurchargeKey } from '#store/platform/platform-settings.ts';
import { listReplyNumbers } from '#store/platform/reply-numbers.ts';
import type { Context, Pricing } from './context.ts';

interface PricingData {
  /** Includes future rates: a price changes at its instant without another reading. */
  readonly prices: PriceBoard;
  readonly replyNumbers: readonly ReplyNumber[];
  readonly replySurchargeMicros: bigint;
}

export interface ProcessFacts {
  reloadBuckets(): Promise<void>;
  reloadPricing(): Promise<void>;
  buckets(): readonly number[];
  pricing(): Pricing;
  replySurchargeMicros(): bigint;
}

/** `isSimulated`: whether the simulated carrier replaces missing ones. */
export async function readProcessFacts(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  isSimulated: () => boolean,
): Promise<ProcessFacts> {
  let buckets = await listBuckets(query);
  let data = await readPricingData(query, clock.now());
  const rates = (accountId: number | null) => data.prices.at(accountId, clock.now());
  return {
    async reloadBuckets() {
      buckets = await listBuckets(query);
    },
    async reloadPricing() {
      data = await readPricingData(query, clock.now());
    },
    buckets: () => buckets,
    pricing: () => ({ rates, replyNumbers: replyNumberPool(data.replyNumbers, isSimulated()) }),
    replySurchargeMicros: () => data.replySurchargeMicros,
  };
}

async function readPricingData(query: Query, nowMs: number): Promise<PricingData> {
  const [prices, replyNumbers, surcharge] = await Promise.all([
    listCurrentPrices(query, nowMs),
    listReplyNumbers(query),
    readPlatformSetting<number>(query, replySurchargeKey),
  ]);
  return { prices: new PriceBoard(prices), replyNumbers, replySurchargeMicros: BigInt(surcharge ?? 0) };
}

/** Simulated phones reply to any number; this one is sold while the simulated carrier replaces real ones. */
const simulatedNumber: ReplyNumber = { number: '38200', kind: 'short-code', countries: [] };

/** The operator's pool, or that of the simulated carrier if the operator has neither numbers nor carriers. */
export function replyNumberPool(
  operators: readonly ReplyNumber[],
  isSimulated: boolean,
): readonly ReplyNumber[] {
  return operators.length === 0 && isSimulated ? [simulatedNumber] : operators;
}
