// Credit of an account: its available credit, the price of a segment and of an OVH credit, and moves between accounts of one
// customer. Used by every dialect. Refusals of move: account-blocked, transfer-recipient-blocked, transfer-open,
// credit-insufficient.
import type { Tier } from '#domain/base/campaign.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context, Pricing } from '#pipeline/context.ts';
import { readBalance } from '#store/money/ledger.ts';
import { moveCredit } from './move-credit.ts';

/** A purchase of credit with a separate expiry. */
export interface CreditPack {
  readonly id: number;
  readonly creditMicros: bigint;
  /** Null: it never expires. */
  readonly expiresAtMs: number | null;
}

export interface Wallet {
  readonly availableMicros: bigint;
  /** Price of one segment to an ISO 3166 country; null if the tier is not sold there. */
  priceMicros(country: string, tier: Tier): bigint | null;
  readonly packs: readonly CreditPack[];
}

export interface Credit {
  read(access: AccountAccess): Promise<Wallet>;
  /** Price of one OVH credit for the account, in micros of a euro. */
  creditPriceMicros(access: AccountAccess): bigint;
  /** Moves credit immediately to an account of the same customer. */
  move(access: AccountAccess, to: AccountAccess, amountMicros: bigint): Promise<void>;
}

export interface CreditNeeds {
  readonly pricing: () => Pricing;
}

export function createCredit(context: Pick<Context, 'database' | 'clock'>, { pricing }: CreditNeeds): Credit {
  return {
    async read(access) {
      const account = authorize(access, 'credit.read');
      const { availableMicros } = await readBalance(context.database.query, account);
      return {
        availableMicros,
        priceMicros(country, tier) {
          return pricing().rates(account.id).find(country, tier);
        },
        packs: [{ id: account.id, creditMicros: availableMicros, expiresAtMs: null }],
      };
    },
    creditPriceMicros(access) {
      const { id, settings } = authorize(access, 'credit.read');
      return creditPriceOf(settings, pricing().rates(id));
    },
    async move(access, to, amountMicros) {
      const from = authorize(access, 'credit.move');
      const target = authorize(to, 'credit.move');
      await moveCredit(context, from, target, amountMicros, (query) =>
        auditChange(
          query,
          access,
          {
            action: 'credit.moved',
            target: target.serviceName,
            after: { amountMicros: String(amountMicros) },
          },
          context.clock.now(),
        ),
      );
    },
  };
}
