// The needs of the services and jobs of a process: settings, functions of other subjects and of the dialects. Used by
// services.ts, jobs.ts and main, which provides it.
import type { ReviewPolicy } from '#domain/account/sender.ts';
import type { CapabilitiesByDialect } from '#domain/base/dialect-capabilities.ts';
import type { CallbackTransports } from '#domain/delivery/callback.ts';
import type { ReceivedReply, SentMessage } from '#domain/delivery/history.ts';
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import type { Terms } from '#domain/delivery/retention.ts';
import type { PriceList } from '#domain/money/orders.ts';
import type { PurposeGuard } from '#domain/plan/plan.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { JoinSubmittedParts } from '#pipeline/join-submitted-parts.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { ContentSums } from '#store/recipients/file-contents.ts';
import type { CredentialCaches } from './account/credentials/service.ts';
import type { DocumentAddress } from './audience/documents.ts';
import type { CarrierLinks } from './operator/carriers/service.ts';

/** Sends a mail of the platform. Returns the reason of a failure, or null when it was sent. */
export type SendMail = (to: string, subject: string, text: string) => Promise<string | null>;

/** The format of an export: the columns of the dialect that ordered it. */
export interface ExportFormat {
  readonly sentHeader: string;
  renderSent(message: SentMessage): string;
  /** Leaves out messages that are not due. */
  isWaiting(message: SentMessage, nowMs: number): boolean;
  readonly receivedHeader: string;
  renderReceived(reply: ReceivedReply): string;
}

export interface ServiceNeeds {
  readonly dialects: CapabilitiesByDialect;
  readonly submit: SubmitCampaign;
  readonly joinParts: JoinSubmittedParts;
  readonly credentials: CredentialCaches;
  readonly seal: Seal;
  readonly findLookupConnector: () => Promise<LookupConnector | null>;
  readonly exportFormat: ExportFormat;
  readonly carrierLinks: CarrierLinks;
  /** Sends the test of a callback. Never rejects. */
  readonly sendCallback: CallbackTransports['http'];
  /** The address of a document of this platform, from its path; null for every other URL. */
  readonly readDocumentUrl: (url: string) => DocumentAddress | null;
  readonly fetchUrl: (url: string) => AsyncIterable<Uint8Array>;
  /** The public address of the form of a credit order. */
  readonly orderFormUrl: (token: string) => string;
  /** The public address of a page of the console, from its path below `/console`. */
  readonly consoleUrl: (path: string) => string;
  /** Wakes the loops of this process, or by a notice those of others. */
  readonly wakeDispatch: () => void;
  readonly wakeBatches: () => void;
  readonly wakeContactListCampaigns: () => void;
  readonly settings: {
    readonly allowPrivateCallbacks: boolean;
    readonly senderReview: ReviewPolicy;
    readonly hasMailRelay: boolean;
    readonly priceList: PriceList;
    readonly documentMaxBytes: number;
    readonly documentLifeMs: number;
    readonly documentSums: ContentSums;
    readonly retention: Terms;
    /** Facts that plans have (pipeline/submit-campaign.ts), for the composer of the console. */
    readonly stopShortCode: string;
    readonly defaultSender: string | null;
    readonly purposeGuard: PurposeGuard;
    readonly validityMinutes: number;
  };
}
