// The credit of an account for its members: balance, entries, orders, prices. Used by the console.
import type { Tier } from '#domain/base/campaign.ts';
import {
  type OrderPrices,
  type PriceList,
  packQuantities,
  priceOrder,
  withVat,
} from '#domain/money/orders.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context, Pricing } from '#pipeline/context.ts';
import {
  type EntryFilter,
  listEntryPage,
  listOrderPage,
  type PagedEntry,
  type PagedOrder,
  sumChargesSince,
} from '#store/money/entry-pages.ts';
import { type Balance, readBalance } from '#store/money/ledger.ts';
import { readPlatformSetting, replySurchargeKey } from '#store/platform/platform-settings.ts';

interface Page {
  readonly beforeId: number;
  readonly limit: number;
}

interface CreditFigures extends Balance {
  /** Since the begin of the month in UTC. */
  readonly spentThisMonthMicros: bigint;
  readonly packs: readonly OrderPrices[];
}

export interface AccountLedger {
  read(access: AccountAccess): Promise<CreditFigures>;
  /** Newest first. */
  listEntries(access: AccountAccess, filter: EntryFilter, page: Page): Promise<readonly PagedEntry[]>;
  /** Newest first. */
  listOrders(access: AccountAccess, page: Page): Promise<readonly PagedOrder[]>;
  /** Prices of a segment, by country and tier. */
  listPrices(access: AccountAccess): Promise<{
    readonly rates: readonly {
      readonly country: string;
      readonly tier: Tier;
      readonly priceMicros: bigint;
    }[];
    readonly replySurchargeMicros: bigint;
  }>;
}

export interface AccountLedgerNeeds {
  readonly pricing: () => Pricing;
  readonly priceList: PriceList;
}

export function createAccountLedger(
  { database: { query }, clock }: Pick<Context, 'database' | 'clock'>,
  { pricing, priceList }: AccountLedgerNeeds,
): AccountLedger {
  return {
    async read(access) {
      const account = authorize(access, 'credit.read');
      const now = new Date(clock.now());
      const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
      const creditPriceMicros = creditPriceOf(account.settings, pricing().rates(account.id));
      const list = withVat(priceList, account.settings.billing.vatPercent);
      return {
        ...(await readBalance(query, account)),
        spentThisMonthMicros: await sumChargesSince(query, account, monthMs),
        packs: packQuantities.map((quantity) => priceOrder(quantity, creditPriceMicros, list)),
      };
    },
    listEntries: async (access, filter, page) =>
      listEntryPage(query, authorize(access, 'credit.read'), filter, page),
    listOrders: async (access, page) => listOrderPage(query, authorize(access, 'orders.read'), page),
    async listPrices(access) {
      const { id } = authorize(access, 'credit.read');
      const surcharge = await readPlatformSetting<number | string>(query, replySurchargeKey);
      return { rates: pricing().rates(id).rates, replySurchargeMicros: BigInt(surcharge ?? 0) };
    },
  };
}
