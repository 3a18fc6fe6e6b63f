// The services of the REST dialect, in addition to those of every dialect (dialects/shared/dialect.ts). Used by the endpoints;
// main connects them to the operations.

import type { Account } from '#domain/account/account.ts';
import type { ListCampaign, ListOrder } from '#domain/campaign/contact-list-campaign.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import type { ParametersChange } from '#operations/account/accounts/parameters.ts';
import type { ContactsOrder, KeptContacts } from '#operations/audience/contacts.ts';
import type { LookedUpNumber, LookupOrder } from '#operations/reading/number-lookups/look-up-numbers.ts';
import type { CancellationJudgement } from '#operations/sending/campaigns.ts';
import type { OneTimeCodes } from '#operations/sending/one-time-codes.ts';
import type { Cancellation } from '#pipeline/cancel-campaign.ts';

export interface ContactDesk {
  keep(account: Account, order: ContactsOrder): Promise<KeptContacts>;
  /** False: no such group; the same below. */
  drop(account: Account, numbers: readonly string[], group: ContactGroup | null): Promise<boolean>;
  /** False: the name exists. */
  createGroup(account: Account, group: ContactGroup): Promise<boolean>;
  clearGroup(account: Account, group: ContactGroup, deletesContacts: boolean): Promise<boolean>;
  dropGroup(account: Account, group: ContactGroup): Promise<boolean>;
}

export interface ListCampaignDesk {
  create(account: Account, order: ListOrder): Promise<number>;
  read(account: Account, id: number): Promise<ListCampaign>;
  readDraft(account: Account): Promise<ListCampaign | null>;
  /** Time of sending. */
  confirm(account: Account, id: number): Promise<number>;
  /** False: a message has left. */
  cancel(account: Account, id: number): Promise<boolean>;
}

export interface SubAccount {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly account: Account;
}

export interface SubAccountOrder {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly callbacks?: NonNullable<ParametersChange['callbacks']>;
}

export interface SubAccountDesk {
  create(
    account: Account,
    order: SubAccountOrder,
  ): Promise<{ readonly login: string; readonly apiKey: string }>;
  /** Null: no such sub-account. */
  read(account: Account, login: string): Promise<SubAccount | null>;
  /** False: no such sub-account. */
  edit(account: Account, login: string, order: SubAccountOrder): Promise<boolean>;
  openTransfer(account: Account, login: string): Promise<string>;
  transfer(
    account: Account,
    token: string,
    /** Called with a valid token; may refuse. */
    amountMicros: () => bigint,
  ): Promise<{
    readonly recipientId: number;
    readonly availableMicros: bigint;
    readonly recipientAvailableMicros: bigint;
  }>;
}

export interface RestDesks {
  readonly contacts: ContactDesk;
  readonly listCampaigns: ListCampaignDesk;
  readonly codes: OneTimeCodes;
  readonly subAccounts: SubAccountDesk;
  /** Cancels a waiting campaign, within the limits of the API. */
  cancel(account: Account, campaignId: number): Promise<Cancellation | CancellationJudgement>;
  lookUp(account: Account, order: LookupOrder): Promise<LookedUpNumber[]>;
  /** Price of a look-up in this country, in micros of a euro. */
  lookupPriceMicros(country: string): Promise<bigint>;
  editParameters(account: Account, change: ParametersChange): Promise<void>;
}
