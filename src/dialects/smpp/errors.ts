// The command_status of each refusal (docs/dialects/smpp.md#refusals). Used by the SMPP dialect.

import { WireRefusal } from '#dialects/shared/wire-refusal.ts';
import { type RefusalReason, RefusedError } from '#domain/base/refusals.ts';
import { commandStatus, type StatusName } from '#smpp/protocol/status.ts';

/** A request that SMPP itself refuses. The message names the field and the remedy. */
export class SmppRefusal extends WireRefusal {
  readonly status: number;

  constructor(status: StatusName, message: string) {
    super(message);
    this.status = commandStatus[status];
  }
}

/** Refusals of the platform. SMPP 3.4 §5.1.3 has no status for most of them: ESME_RSUBMITFAIL, with the reason in a TLV. */
const refusalStatuses: Readonly<Record<RefusalReason, StatusName>> = {
  'parameters-missing': 'ESME_RSUBMITFAIL',
  'body-malformed': 'ESME_RINVCMDLEN',
  'body-too-large': 'ESME_RINVMSGLEN',
  'login-missing': 'ESME_RINVSYSID',
  'key-missing': 'ESME_RINVPASWD',
  // Also for an unknown system_id: the answer must not tell which ones exist.
  'credentials-wrong': 'ESME_RINVPASWD',
  'account-not-validated': 'ESME_RBINDFAIL',
  'account-blocked': 'ESME_RBINDFAIL',
  'permission-missing': 'ESME_RSUBMITFAIL',
  'feature-unavailable': 'ESME_RSUBMITFAIL',
  'action-unknown': 'ESME_RINVCMDID',
  'option-invalid': 'ESME_RSUBMITFAIL',
  'draft-name-invalid': 'ESME_RSUBMITFAIL',
  'draft-unknown': 'ESME_RINVMSGID',
  'draft-already-sent': 'ESME_RSUBMITFAIL',
  'draft-unfinished': 'ESME_RSUBMITFAIL',
  'draft-estimating': 'ESME_RMSGQFUL',
  'sub-accounts-too-many': 'ESME_RSUBMITFAIL',
  'transfer-recipient-invalid': 'ESME_RSUBMITFAIL',
  'transfer-recipient-foreign': 'ESME_RSUBMITFAIL',
  'transfer-recipient-blocked': 'ESME_RSUBMITFAIL',
  'transfer-already-open': 'ESME_RMSGQFUL',
  'transfer-token-wrong': 'ESME_RSUBMITFAIL',
  'transfer-too-small': 'ESME_RSUBMITFAIL',
  'text-missing': 'ESME_RINVMSGLEN',
  'recipients-missing': 'ESME_RINVDSTADR',
  'recipients-empty': 'ESME_RINVDSTADR',
  'recipients-too-many': 'ESME_RINVNUMDESTS',
  'tier-missing': 'ESME_RSUBMITFAIL',
  'tier-unknown': 'ESME_RSUBMITFAIL',
  'sender-invalid': 'ESME_RINVSRCADR',
  'send-at-invalid': 'ESME_RINVSCHED',
  'merge-count-mismatch': 'ESME_RSUBMITFAIL',
  'merge-value-too-long': 'ESME_RINVMSGLEN',
  'checksum-missing': 'ESME_RSUBMITFAIL',
  'checksum-mismatch': 'ESME_RSUBMITFAIL',
  'request-already-seen': 'ESME_RSUBMITFAIL',
  'draft-name-taken': 'ESME_RSUBMITFAIL',
  'drafts-too-many': 'ESME_RMSGQFUL',
  'recipients-malformed': 'ESME_RINVDSTADR',
  'text-too-long': 'ESME_RINVMSGLEN',
  'stop-clause-missing': 'ESME_RSUBMITFAIL',
  'number-invalid': 'ESME_RINVDSTADR',
  'number-not-mobile': 'ESME_RINVDSTADR',
  'recipient-opted-out': 'ESME_RINVDSTADR',
  'country-unknown': 'ESME_RINVDSTADR',
  'country-not-covered': 'ESME_RINVDSTADR',
  'tier-not-covered': 'ESME_RINVDSTADR',
  'replies-not-covered': 'ESME_RINVDSTADR',
  'purpose-mismatch': 'ESME_RSUBMITFAIL',
  // It ends within minutes, and the same message can then be sent.
  'transfer-open': 'ESME_RMSGQFUL',
  'credit-ordered': 'ESME_RSUBMITFAIL',
  'credit-insufficient': 'ESME_RSUBMITFAIL',
  internal: 'ESME_RSYSERR',
};

export function statusOf(reason: RefusalReason): number {
  return commandStatus[refusalStatuses[reason]];
}

interface RefusedRequest {
  readonly status: number;
  /** For the log: a RefusalReason, or `wire`. */
  readonly reason: RefusalReason | 'wire';
  /** For the customer. */
  readonly detail: string;
}

/** Null: the error is a fault of the platform. */
export function refusedRequestOf(error: unknown): RefusedRequest | null {
  if (error instanceof SmppRefusal) return { status: error.status, reason: 'wire', detail: error.message };
  if (!(error instanceof RefusedError)) return null;
  const { reason, detail = reason } = error.refusal;
  return { status: statusOf(reason), reason, detail };
}
