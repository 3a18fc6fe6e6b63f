// The services that every dialect may use. Used by all dialects; main connects them to the operations.
// A dialect reads a request, calls these services and writes the answer. It never reads a table.

import type { Account } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { DialectName, Submission } from '#domain/base/submission.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { AccountOptions } from '#operations/account/accounts/options.ts';
import type { SubAccountOrder } from '#operations/account/sub-accounts/create-sub-account.ts';
import type { UserInfo } from '#operations/account/sub-accounts/read-user-info.ts';
import type { CreditTransfer, TransferOrder } from '#operations/money/transfers.ts';
import type { NewsItem } from '#operations/operator/news.ts';
import type { Drafts } from '#operations/sending/campaign-drafts.ts';

/** A purchase of credit with its expiry. */
export interface CreditPack {
  readonly id: number;
  readonly creditMicros: bigint;
  /** Null: it never expires. */
  readonly expiresAtMs: number | null;
}

/** The credit of an account, and its price of a segment. */
export interface Wallet {
  readonly availableMicros: bigint;
  /** Price of one segment to an ISO 3166 country; null if the tier is not sold. */
  priceMicros(country: string, tier: Tier): bigint | null;
  readonly packs: readonly CreditPack[];
}

export interface SubAccounts {
  /** Throws RefusedError `feature-unavailable`, `sub-accounts-too-many`. */
  create(account: Account, order: SubAccountOrder): Promise<{ login: string; apiKey: string }>;
  /** The account itself, or one of its sub-accounts; throws RefusedError `transfer-recipient-foreign`. */
  read(account: Account, email: string): Promise<UserInfo>;
  /** The first step of a transfer of credit: its token. */
  openTransfer(account: Account, recipientEmail: string): Promise<string>;
  transfer(account: Account, order: TransferOrder): Promise<CreditTransfer>;
}

export interface Customers {
  /**
   * The account of this login (an e-mail) and key in this dialect. Throws RefusedError `credentials-wrong`,
   * `account-not-validated` or `account-blocked`. Returns synchronously if the credential is cached: callers
   * check before they await.
   */
  authenticate(dialect: DialectName, login: string, key: string): Account | Promise<Account>;
  /** Plans, prices, reserves credit and stores. Resolves after the commit; throws RefusedError. */
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
  balance(account: Account): Promise<Wallet>;
  /** Campaigns in parts. */
  readonly drafts: Drafts;
  readonly subAccounts: SubAccounts;
  editOptions(account: Account, options: AccountOptions): Promise<void>;
  /** News for users of a plug-in, without credentials. */
  news(language: string, channel: string): Promise<readonly NewsItem[]>;
}
