// Services of the Octopush dialects, implemented by operations. Used by the listeners.
import type { Customers } from '#dialects/shared/dialect.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import { editOptions } from '#operations/account/accounts/options.ts';
import type { AccountCache } from '#operations/account/credentials/api-keys.ts';
import { createSubAccount } from '#operations/account/sub-accounts/create-sub-account.ts';
import { readUserInfo } from '#operations/account/sub-accounts/read-user-info.ts';
import { readAvailable } from '#operations/money/credit/available.ts';
import { openCreditTransfer, transferCredit } from '#operations/money/transfers.ts';
import { readNews } from '#operations/operator/news.ts';
import { createDrafts } from '#operations/sending/campaign-drafts.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { Runtime } from './runtime.ts';

export interface CustomersOptions {
  readonly runtime: Runtime;
  readonly processId: number;
  readonly accounts: AccountCache;
  readonly submit: SubmitCampaign;
  /** Read at each call: operators change prices while the process runs. */
  readonly rates: RatesFor;
}

export function customersOf(options: CustomersOptions): Customers {
  const { runtime, processId, accounts, submit, rates } = options;
  const drafts = createDrafts(runtime, processId, submit);
  return {
    // Both Octopush dialects accept the same keys.
    authenticate: (_dialect, login, key) => accounts.authenticate('octopush', login, key),
    submit,
    async balance(account) {
      const availableMicros = await readAvailable(runtime, account);
      return {
        availableMicros,
        priceMicros(country, tier) {
          const price = rates(account.id).priceOf(country, tier);
          return typeof price === 'bigint' ? price : null;
        },
        packs: [{ id: account.id, creditMicros: availableMicros, expiresAtMs: null }],
      };
    },
    drafts,
    subAccounts: {
      create: (account, order) => createSubAccount(runtime, account, order),
      read: (account, email) => readUserInfo(runtime, account, email),
      openTransfer: (account, email) => openCreditTransfer(runtime, account, email),
      transfer: (account, order) => transferCredit(runtime, account, order),
    },
    editOptions: (account, options) => editOptions(runtime, account, options),
    news: (language, channel) => readNews(runtime, language, channel),
  };
}
