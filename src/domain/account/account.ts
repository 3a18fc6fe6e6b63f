// An account: who owns credit and is billed, with the settings that decide how its requests are judged.

import type { Purpose, Tier } from '#domain/base/campaign.ts';
import { noReplyPolicy, type ReplyPolicy } from './reply-policy.ts';
import { type AlertTemplates, usualTemplates } from './user-alert.ts';

/** Identifies an account in the database: the number of its shard and its id. */
export interface AccountKey {
  readonly bucket: number;
  readonly id: number;
}

/** How numbers are written in pushes: `+33612…`, `0033612…` or `33612…`. */
export type NumberFormat = 'plus' | 'zeros' | 'bare';

/** Where and how an account wants to be called back. */
export interface CallbackSettings {
  readonly receiptUrl: string | null;
  readonly replyUrl: string | null;
  readonly optOutUrl: string | null;
  /** Replies and opt-outs are forwarded to this e-mail address as well, or null. */
  readonly replyEmail: string | null;
  /** How numbers are written in form pushes; JSON pushes always carry the plus. */
  readonly formNumberFormat: NumberFormat;
  /** Key of the optional signature header, or null. */
  readonly signingKey: string | null;
  /** REST: pushes are JSON; false: the same members as a form. */
  readonly restPayloadIsJson: boolean;
  /** Where visits of tracked links would be told. Kept for the customer; links are not tracked. */
  readonly visitUrl: string | null;
  /** Those of these addresses that the customer set, not the operator: they are called only where they are public. */
  readonly customerUrls: readonly string[];
  /** Of users with addresses of their own, by their ids. */
  readonly userUrls: Readonly<Record<string, UserUrls>>;
}

/** Where what one user sends is told, in place of the account's own addresses; null: at those. */
export interface UserUrls {
  readonly receiptUrl: string | null;
  readonly optOutUrl: string | null;
}

/** What a customer may set for all of his campaigns, and read back. */
export interface CampaignParameters {
  /** The sender of a REST send that names none. */
  readonly premiumSender: string | null;
  readonly voiceSender: string | null;
  readonly testNumber: string | null;
  /** Where an alert of low credit goes by SMS, beside the mail; the account pays for it. */
  readonly alertNumber: string | null;
}

/** Below which credit an account is told, and where. */
export interface CreditAlert {
  /** As a number of SMS to France in this tier. */
  readonly bound: number;
  readonly tier: Tier;
  /** Null: the e-mail of the account, or of its parent. */
  readonly email: string | null;
}

/** Credit that is bought by itself when little is left. Both in OVH's credits. */
export interface AutomaticTopUp {
  /** Of a pack; null: none is bought. */
  readonly quantity: number | null;
  /** It is bought when no more than this is left. */
  readonly threshold: number;
}

export interface AccountSettings {
  /** ISO 3166 code that national numbers are read with; null refuses them. */
  readonly defaultCountry: string | null;
  /** 153 by the specification; 137 gives bill parity with the manual of 2014. */
  readonly concatenatedCharsPerPart: 153 | 137;
  /** What a REST request without a purpose means; `by-text`: what its text reads like. */
  readonly defaultPurpose: Purpose | 'by-text';
  /** False: a marketing text without its stop clause is let through instead of refused. */
  readonly demandStopClause: boolean;
  /** True: transactional messages skip opted-out recipients too. */
  readonly optOutsCoverTransactional: boolean;
  /** The status of a REST send: 201 by the documents, 200 for clients that know only that. */
  readonly restSendStatus: 200 | 201;
  /** Legacy JSON: `successs` is always an array, even for one recipient. */
  readonly legacyJsonAlwaysArray: boolean;
  /** Legacy: decode a text that arrives percent-encoded twice. */
  readonly legacyDecodeTwice: boolean;
  /** What one OVH credit is, in micros of a euro; null: the price of an SMS to France. */
  readonly creditPriceMicros: number | null;
  /** OVH: receivers that a job or a batch names may be national numbers of the default country. */
  readonly readsNationalReceivers: boolean;
  /** OVH: a job or a batch of class flash is one; false: it is an SMS like any other. */
  readonly honoursFlash: boolean;
  readonly campaign: CampaignParameters;
  /** Null: the account is not told. */
  readonly creditAlert: CreditAlert | null;
  readonly automaticTopUp: AutomaticTopUp;
  /** The operator lets it buy on account: what is bought by itself is there at once. False: an order is made and mailed. */
  readonly buysOnAccount: boolean;
  readonly callbacks: CallbackSettings;
  readonly replyPolicy: ReplyPolicy;
  readonly alertTemplates: AlertTemplates;
  /** What its customer calls it; null: its name. */
  readonly description: string | null;
}

export type AccountStatus = 'active' | 'not-validated' | 'blocked' | 'closed';

export interface Account {
  readonly id: number;
  /** The shard key of everything hot that belongs to this account. */
  readonly bucket: number;
  readonly email: string;
  readonly name: string;
  /** OVH's name of the account, `sms-xx12345-1`. */
  readonly serviceName: string;
  readonly status: AccountStatus;
  /** The account this one is a sub-account of. */
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
  description: null,
};
