// An account: the unit that has credit and is billed, with the settings that affect its requests. Used everywhere.

import type { Purpose, Tier } from '#domain/base/campaign.ts';
import { type BillingDetails, noBillingDetails } from '#domain/money/invoices.ts';
import { noReplyPolicy, type ReplyPolicy } from './reply-policy.ts';
import { type AlertTemplates, usualTemplates } from './user-alert.ts';

/** Identifies an account in the database: the number of its shard and its id. */
export interface AccountKey {
  readonly bucket: number;
  readonly id: number;
}

/** Form of numbers in callbacks: `+33612…`, `0033612…` or `33612…`. */
export type NumberFormat = 'plus' | 'zeros' | 'bare';

/** Addresses and formats of an account's callbacks. */
export interface CallbackSettings {
  readonly receiptUrl: string | null;
  readonly replyUrl: string | null;
  readonly optOutUrl: string | null;
  /** Replies and opt-outs are also sent to this e-mail address; null: not. */
  readonly replyEmail: string | null;
  /** Form of numbers in callbacks as a form; JSON callbacks always have the plus. */
  readonly formNumberFormat: NumberFormat;
  /** Key of the optional signature header, or null. */
  readonly signingKey: string | null;
  /** REST: callbacks are JSON; false: a form with the same fields. */
  readonly restPayloadIsJson: boolean;
  /** Address for visits of tracked links. Stored only: links are not tracked. */
  readonly visitUrl: string | null;
  /** Those of these addresses that the customer set, not the operator. They are called only if they are public. */
  readonly customerUrls: readonly string[];
  /** Addresses of single users, by user id. */
  readonly userUrls: Readonly<Record<string, UserUrls>>;
}

/** Callback addresses for one user's messages; null: those of the account. */
export interface UserUrls {
  readonly receiptUrl: string | null;
  readonly optOutUrl: string | null;
}

/** Defaults for all campaigns, which the customer sets and reads. */
export interface CampaignParameters {
  /** The sender of a REST request without one. */
  readonly premiumSender: string | null;
  readonly voiceSender: string | null;
  readonly testNumber: string | null;
  /** Number for SMS about low credit, in addition to the mail; the account pays for them. */
  readonly alertNumber: string | null;
}

/** The threshold of an alert about low credit, and its destination. */
export interface CreditAlert {
  /** In SMS to France of this tier. */
  readonly bound: number;
  readonly tier: Tier;
  /** Null: the e-mail of the account, or of its parent. */
  readonly email: string | null;
}

/** Automatic purchase of credit below a threshold. Both values are OVH credits. */
export interface AutomaticTopUp {
  /** Size of the pack; null: no purchase. */
  readonly quantity: number | null;
  /** The purchase happens when the credit is at or below this. */
  readonly threshold: number;
}

/** How the account sends over binds (docs/dialects/smpp.md#limits). */
export interface SmppSettings {
  /** Binds at the same time in one process of the platform. */
  readonly maxBinds: number;
  /** Requests of one bind without a response, and our deliveries without one. */
  readonly window: number;
  readonly deliveryWindow: number;
  /** 0: no limit. */
  readonly segmentsPerSecond: number;
  /** Addresses or CIDR blocks that may bind; empty: all. */
  readonly allowedAddresses: readonly string[];
  readonly demandsTls: boolean;
  /** The alphabet of data_coding 0. */
  readonly alphabet: 'gsm' | 'latin1';
  readonly tier: Tier;
}

export const defaultSmppSettings: SmppSettings = {
  maxBinds: 4,
  window: 100,
  deliveryWindow: 10,
  segmentsPerSecond: 0,
  allowedAddresses: [],
  demandsTls: false,
  alphabet: 'gsm',
  tier: 'premium',
};

export interface AccountSettings {
  /** ISO 3166 code of the country of national numbers; null refuses them. */
  readonly defaultCountry: string | null;
  /** 153 by the specification; 137 for bill parity with the manual of 2014. */
  readonly concatenatedCharsPerPart: 153 | 137;
  /** Purpose of a REST request without one; `by-text`: decided by its text. */
  readonly defaultPurpose: Purpose | 'by-text';
  /** False: a marketing text without its stop clause is accepted. */
  readonly demandStopClause: boolean;
  /** True: transactional messages skip opted-out recipients too. */
  readonly optOutsCoverTransactional: boolean;
  /** The status of a REST send: 201 by the documents, 200 for clients that accept no other. */
  readonly restSendStatus: 200 | 201;
  /** Legacy JSON: `successs` is always an array, even for one recipient. */
  readonly legacyJsonAlwaysArray: boolean;
  /** Legacy: decodes a text that is percent-encoded twice. */
  readonly legacyDecodeTwice: boolean;
  /** Price of one OVH credit in micros of a euro; null: the price of an SMS to France. */
  readonly creditPriceMicros: number | null;
  /** OVH: the receivers of a job or a batch can be national numbers of the default country. */
  readonly readsNationalReceivers: boolean;
  /** OVH: a job or a batch of class flash is sent as flash; false: as an ordinary SMS. */
  readonly honoursFlash: boolean;
  readonly campaign: CampaignParameters;
  /** Null: no alert. */
  readonly creditAlert: CreditAlert | null;
  readonly automaticTopUp: AutomaticTopUp;
  /** The account buys on credit: an automatic top-up is available immediately. False: an order is created and mailed. */
  readonly buysOnAccount: boolean;
  readonly callbacks: CallbackSettings;
  readonly replyPolicy: ReplyPolicy;
  readonly alertTemplates: AlertTemplates;
  /** The buyer on invoices. */
  readonly billing: BillingDetails;
  /** Null: the account has no password for binds. */
  readonly smpp: SmppSettings | null;
  /** Campaigns written in the console with more messages need another member's approval; 0: all; null: none. */
  readonly approveAbove: number | null;
  /** The customer's name for the account; null: its name. */
  readonly description: string | null;
}

export type AccountStatus = 'active' | 'not-validated' | 'blocked' | 'closed';

export interface Account {
  readonly id: number;
  /** The shard key of all frequently used rows of this account. */
  readonly bucket: number;
  readonly email: string;
  readonly name: string;
  /** OVH's name of the account, `sms-xx12345-1`. */
  readonly serviceName: string;
  readonly status: AccountStatus;
  /** The parent of a sub-account. */
  readonly parentId: number | null;
  readonly settings: AccountSettings;
}

export const defaultSettings: AccountSettings = {
  defaultCountry: 'FR',
  concatenatedCharsPerPart: 153,
  defaultPurpose: 'by-text',
  demandStopClause: true,
  optOutsCoverTransactional: false,
  restSendStatus: 201,
  legacyJsonAlwaysArray: false,
  legacyDecodeTwice: true,
  creditAlert: null,
  automaticTopUp: { quantity: null, threshold: 0 },
  buysOnAccount: false,
  creditPriceMicros: null,
  readsNationalReceivers: false,
  honoursFlash: false,
  campaign: {
    premiumSender: null,
    voiceSender: null,
    testNumber: null,
    alertNumber: null,
  },
  callbacks: {
    receiptUrl: null,
    replyUrl: null,
    optOutUrl: null,
    replyEmail: null,
    formNumberFormat: 'zeros',
    signingKey: null,
    restPayloadIsJson: true,
    visitUrl: null,
    customerUrls: [],
    userUrls: {},
  },
  replyPolicy: noReplyPolicy,
  alertTemplates: usualTemplates,
  billing: noBillingDetails,
  smpp: null,
  approveAbove: null,
  description: null,
};
