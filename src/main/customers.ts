// What the dialects may ask of the house, answered by operations. Serves the doors.
import type { Customers } from '#dialects/dialect.ts';
import type { RateCard } from '#domain/pricing.ts';
import type { AccountBook } from '#operations/authenticate.ts';
import { createSubAccount } from '#operations/create-sub-account.ts';
import { editOptions } from '#operations/edit-options.ts';
import { createDrafts } from '#operations/keep-drafts.ts';
import { readNews } from '#operations/read-news.ts';
import { readUserInfo } from '#operations/read-user-info.ts';
import { readAvailable } from '#operations/read-wallet.ts';
import type { SubmitCampaign } from '#operations/submit-campaign.ts';
import { openCreditTransfer, transferCredit } from '#operations/transfer-credit.ts';
import type { Engine } from './engine.ts';

export interface CustomersOptions {
  readonly engine: Engine;
  readonly processId: number;
  readonly accounts: AccountBook;
  readonly submit: SubmitCampaign;
  /** As it is now: operators change prices while we run. */
  readonly rates: () => RateCard;
}

export function customersOf(options: CustomersOptions): Customers {
  const { engine, processId, accounts, submit, rates } = options;
  const drafts = createDrafts(engine, processId, submit);
  return {
    // Both Octopush dialects open with the same keys.
    authenticate: (_dialect, login, key) => accounts.authenticate('octopush', login, key),
    submit,
    async balance(account) {
      const availableMicros = await readAvailable(engine, account);
      return {
        availableMicros,
        priceMicros(country, tier) {
          const price = rates().priceOf(country, tier);
          return typeof price === 'bigint' ? price : null;
        },
        packs: [{ id: account.id, creditMicros: availableMicros, expiresAtMs: null }],
      };
    },
    drafts,
    subAccounts: {
      create: (account, order) => createSubAccount(engine, account, order),
      read: (account, email) => readUserInfo(engine, account, email),
      openTransfer: (account, email) => openCreditTransfer(engine, account, email),
      transfer: (account, order) => transferCredit(engine, account, order),
    },
    editOptions: (account, options) => editOptions(engine, account, options),
    news: (language, channel) => readNews(engine, language, channel),
  };
}
