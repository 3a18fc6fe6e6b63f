// Services of the REST dialect in addition to those of every dialect, implemented by operations. Used by the listeners.

import type { RestDesks } from '#dialects/octopush/rest/services.ts';
import type { Account } from '#domain/account/account.ts';
import { defaultSettings } from '#domain/account/account.ts';
import { lookupPriceOf } from '#domain/money/lookup-prices.ts';
import { customerCallbacks, editParameters } from '#operations/account/accounts/parameters.ts';
import { createSubAccount } from '#operations/account/sub-accounts/create-sub-account.ts';
import {
  clearGroup,
  createGroup,
  dropContacts,
  dropGroup,
  keepContacts,
} from '#operations/audience/contacts.ts';
import { openCreditTransfer, transferCredit } from '#operations/money/transfers.ts';
import { lookUpNumbers } from '#operations/reading/number-lookups/look-up-numbers.ts';
import { judgeCancellation } from '#operations/sending/campaigns.ts';
import type { ListCampaigns } from '#operations/sending/contact-list-campaigns/service.ts';
import { createOneTimeCodes } from '#operations/sending/one-time-codes.ts';
import { cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import { findPerson, updatePerson } from '#store/accounts/accounts.ts';
import { listLookupPrices } from '#store/money/lookup-prices.ts';
import { findLookupConnector } from './lookup-connector.ts';
import type { Runtime } from './runtime.ts';

export interface RestDesksOptions {
  readonly runtime: Runtime;
  readonly submit: SubmitCampaign;
  readonly listCampaigns: ListCampaigns;
  /** Customers can set private callback addresses. */
  readonly allowPrivateCallbacks: boolean;
}

export function restDesksOf({
  runtime,
  submit,
  listCampaigns,
  allowPrivateCallbacks,
}: RestDesksOptions): RestDesks {
  const { query } = runtime.database;
  return {
    contacts: {
      keep: (account, order) => keepContacts(runtime, account, order),
      drop: (account, numbers, group) => dropContacts(runtime, account, numbers, group),
      createGroup: (account, group) => createGroup(runtime, account, group),
      clearGroup: (account, group, deletesContacts) => clearGroup(runtime, account, group, deletesContacts),
      dropGroup: (account, group) => dropGroup(runtime, account, group),
    },
    listCampaigns: {
      create: (account, order) => listCampaigns.create(account, order),
      read: (account, id) => listCampaigns.read(account, id),
      readDraft: (account) => listCampaigns.readDraft(account),
      confirm: (account, id) => listCampaigns.confirm(account, id),
      async cancel(account, id) {
        const sent = await listCampaigns.cancel(account, id);
        // The last part first: it is the latest to be sent, so a refusal usually comes before anything has changed.
        for (const campaignId of sent?.toReversed() ?? [])
          if ((await cancelCampaign(runtime, account, campaignId)) === 'too-late') return false;
        return true;
      },
    },
    codes: createOneTimeCodes(runtime, submit),
    subAccounts: subAccountDesk(runtime, allowPrivateCallbacks),
    async cancel(account, campaignId) {
      const judgement = await judgeCancellation(runtime, account, campaignId);
      return judgement === 'allowed' ? cancelCampaign(runtime, account, campaignId) : judgement;
    },
    async lookUp(account, order) {
      return lookUpNumbers(runtime, account, order, await findLookupConnector(query));
    },
    async lookupPriceMicros(country) {
      const prices = await listLookupPrices(query);
      return lookupPriceOf(prices, country);
    },
    editParameters: (account, change) => editParameters(runtime, account, change, allowPrivateCallbacks),
  };
}

function subAccountDesk(runtime: Runtime, allowPrivate: boolean): RestDesks['subAccounts'] {
  const { query } = runtime.database;

  async function find(account: Account, login: string) {
    const found = await findPerson(query, login);
    return found?.account.parentId === account.id ? found : null;
  }

  return {
    async create(account, { firstName = '', lastName = '', company = '', callbacks }) {
      const settings =
        callbacks === undefined ? {} : await customerCallbacks(defaultSettings, callbacks, allowPrivate);
      return createSubAccount(runtime, account, { firstName, lastName, company, settings });
    },
    async read(account, login) {
      const found = await find(account, login);
      return found && { ...found.person, account: found.account };
    },
    async edit(account, login, { callbacks, ...person }) {
      const found = await find(account, login);
      if (found === null) return false;
      if (callbacks !== undefined) await editParameters(runtime, found.account, { callbacks }, allowPrivate);
      await updatePerson(query, found.account.id, person);
      return true;
    },
    openTransfer: (account, login) => openCreditTransfer(runtime, account, login),
    async transfer(account, token, amountMicros) {
      const done = await transferCredit(runtime, account, {
        token,
        amount: amountMicros,
        recipientEmail: null,
      });
      const { availableMicros, recipientAvailableMicros } = done;
      return { recipientId: done.recipient.id, availableMicros, recipientAvailableMicros };
    },
  };
}
