// What OVH's dialect asks of the house beside what all dialects ask (dialect.ts): one desk for each subject. Operations
// stand behind them; main/ovh-desks.ts binds the two.
import type { Account } from '#domain/account.ts';
import type { Consumer } from '#operations/consumer-book.ts';

export interface OvhDesks {
  readonly consumers: ConsumerDesk;
  readonly accounts: AccountDesk;
}

export interface ConsumerDesk {
  find(applicationKey: string, consumerKey: string): Consumer | null | Promise<Consumer | null>;
  noteUse(key: NonNullable<Consumer['key']>): void;
}

export interface AccountDesk {
  /** Null when there is none of this name. */
  byName(serviceName: string): Account | null | Promise<Account | null>;
  /** Those of a customer: his own and its sub-accounts. */
  listOf(customer: Account): Promise<readonly Account[]>;
  /** What a credit costs this account, in micros of a euro. */
  creditPriceMicros(account: Account): bigint;
}
