// What sending costs, and from which numbers of ours it can be answered: the operator's data, read again when he
// changes it. Serves the plan and the wallet.

import { capabilities } from '#dialects/capabilities.ts';
import { PriceBoard } from '#domain/money/price-changes.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import type { PlatformFacts } from '#pipeline/submit-campaign.ts';
import type { Query } from '#store/database/database.ts';
import { listCurrentPrices } from '#store/money/rates.ts';
import { readPlatformSetting, replySurchargeKey } from '#store/platform/platform-settings.ts';
import { listReplyNumbers } from '#store/platform/reply-numbers.ts';
import type { Config } from './config/settings.ts';

export interface PricingData {
  /** With the changes to come: a price changes at its instant, whether or not anything is read again. */
  readonly prices: PriceBoard;
  readonly replyNumbers: readonly ReplyNumber[];
  readonly replySurchargeMicros: bigint;
}

/** Before the first reading: nothing is sold. */
export const noPricingData: PricingData = {
  prices: new PriceBoard([]),
  replyNumbers: [],
  replySurchargeMicros: 0n,
};

export async function readPricingData(query: Query, nowMs: number): Promise<PricingData> {
  const [prices, replyNumbers, surcharge] = await Promise.all([
    listCurrentPrices(query, nowMs),
    listReplyNumbers(query),
    readPlatformSetting<number>(query, replySurchargeKey),
  ]);
  return { prices: new PriceBoard(prices), replyNumbers, replySurchargeMicros: BigInt(surcharge ?? 0) };
}

/** The simulated phones answer to any number; this one is sold while their carrier stands in for real ones. */
const simulatedNumber: ReplyNumber = { number: '38200', kind: 'short-code', countries: [] };

/** The operator's pool; without any, and without a carrier of his, that of the simulated one. */
export function poolOf({ replyNumbers }: PricingData, isSimulated: boolean): readonly ReplyNumber[] {
  return replyNumbers.length === 0 && isSimulated ? [simulatedNumber] : replyNumbers;
}

/** What is the same for every submission, as it is now. */
export function factsOf(
  config: Config,
  pricingData: PricingData,
  rates: RateCard,
  isSimulated: boolean,
): ReturnType<PlatformFacts> {
  return {
    priceOf: rates.priceOf,
    nextOpening,
    stopShortCode: config.stopShortCode,
    defaultSender: config.defaultSender,
    defaultValidityMs: config.validityMinutes * 60_000,
    purposeGuard: config.purposeGuard,
    replyNumbers: poolOf(pricingData, isSimulated),
    replySurchargeMicros: pricingData.replySurchargeMicros,
    dialects: capabilities,
  };
}
