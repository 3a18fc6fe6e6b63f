// A contact-list campaign: a request for a list or tag, stored until its recipients are known and the customer confirms.
//
// computing → ready | failed     by a worker
// ready → sending                the customer confirms, once
// sending → sent                 each part became a campaign
// sending → ready                a part was refused (no credit): the other parts wait for another confirmation
// computing | ready | failed → cancelled

import type { Refusal } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';

export type ContactListCampaignStatus = 'computing' | 'ready' | 'failed' | 'sending' | 'sent' | 'cancelled';

/** A submission to the members of a group, each with the values of `placeholders`. */
export interface ContactListOrder extends Omit<Submission, 'recipients'> {
  readonly group: ContactGroup;
}

export interface ContactListCampaign {
  readonly id: number;
  readonly order: ContactListOrder;
  readonly status: ContactListCampaignStatus;
  readonly contacts: number;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly failure: Refusal | null;
}

/** Recipients that become one campaign. */
export interface ContactListCampaignPart {
  readonly number: number;
  readonly recipients: readonly SubmittedRecipient[];
  /** Reserved id of the campaign, so that a part is sent once. */
  readonly campaignId: number;
  readonly isSent: boolean;
}
