// Prices and reply numbers in force, read again when the operator changes them. Used by the plan of submissions and by
// services. Nothing has a price before the first reading.
import { capabilities } from '#dialects/capabilities.ts';
import { PriceBoard } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import type { Pricing } from '#pipeline/context.ts';
import type { PlatformFacts } from '#pipeline/submit-campaign.ts';
import type { Query } from '#store/database/database.ts';
import { listCurrentPrices } from '#store/money/rates.ts';
import { readPlatformSetting, replySurchargeKey } from '#store/platform/platform-settings.ts';
import { listReplyNumbers } from '#store/platform/reply-numbers.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

interface PricingData {
  /** Includes future rates: a price changes at its instant without another reading. */
  readonly prices: PriceBoard;
  readonly replyNumbers: readonly ReplyNumber[];
  readonly replySurchargeMicros: bigint;
}

export interface PricingSource {
  reload(): Promise<void>;
  current(): Pricing;
  /** The facts that are equal for all submissions of the account. */
  facts: PlatformFacts;
}

export function createPricing(
  config: Config,
  { database, clock }: Pick<Runtime, 'database' | 'clock'>,
  isSimulated: () => boolean,
): PricingSource {
  let data: PricingData = { prices: new PriceBoard([]), replyNumbers: [], replySurchargeMicros: 0n };
  const rates = (accountId: number | null) => data.prices.at(accountId, clock.now());
  const replyNumbers = () => replyNumberPool(data.replyNumbers, isSimulated());
  return {
    async reload() {
      data = await readPricingData(database.query, clock.now());
    },
    current: () => ({ rates, replyNumbers: replyNumbers() }),
    facts: (accountId) => ({
      priceOf: rates(accountId).priceOf,
      nextOpening,
      stopShortCode: config.stopShortCode,
      defaultSender: config.defaultSender,
      defaultValidityMs: config.validityMinutes * 60_000,
      purposeGuard: config.purposeGuard,
      replyNumbers: replyNumbers(),
      replySurchargeMicros: data.replySurchargeMicros,
      dialects: capabilities,
    }),
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
