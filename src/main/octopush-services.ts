// What the dialects may ask of the house, answered by operations. Serves the doors.
import type { Customers } from '#dialects/shared/dialect.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import type { AccountBook } from '#operations/account/credentials.ts';
import { editOptions } from '#operations/account/edit-options.ts';
import { readUserInfo } from '#operations/account/read-user-info.ts';
import { createSubAccount } from '#operations/account/sub-accounts.ts';
import { readAvailable } from '#operations/money/credit.ts';
import { openCreditTransfer, transferCredit } from '#operations/money/transfers.ts';
import { readNews } from '#operations/operator/news.ts';
import { createDrafts } from '#operations/sending/campaign-drafts.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { Engine } from './runtime.ts';

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
