// The cause of a failed message or recipient in words, from the error that is stored with it. Used by the operator's view of
// a campaign. A carrier's own code is repeated: only its documentation explains it.
import type { MessageStatus } from '#domain/base/message.ts';
import type { RefusalReason } from '#domain/base/refusals.ts';

/** SMPP 3.4 §5.1.3, the statuses with which carriers refuse a message. */
const smppStatuses: Readonly<Record<string, string>> = {
  ESME_RINVMSGLEN: 'its text is too long for the carrier',
  ESME_RINVSRCADR: 'the carrier does not allow its sender',
  ESME_RINVDSTADR: 'the carrier does not accept its number',
  ESME_RINVSRCTON: 'the carrier does not allow the type of its sender',
  ESME_RINVSRCNPI: 'the carrier does not allow the type of its sender',
  ESME_RINVDSTTON: 'the carrier does not accept the type of its number',
  ESME_RINVDSTNPI: 'the carrier does not accept the type of its number',
  ESME_RINVDCS: 'the carrier does not accept its alphabet',
  ESME_RINVEXPIRY: 'the carrier does not accept its validity',
  ESME_RINVSCHED: 'the carrier does not accept its time',
  ESME_RINVESMCLASS: 'the carrier does not accept its kind',
  ESME_RSUBMITFAIL: 'the carrier could not take it',
  ESME_RSYSERR: 'the carrier has a fault',
  ESME_RMSGQFUL: "the carrier's queue is full",
  ESME_RTHROTTLED: 'the carrier asks for a lower rate',
  ESME_RINVSERTYP: 'the carrier does not know its service type',
  ESME_RX_R_APPN: 'the carrier rejects it',
  ESME_RX_P_APPN: 'the carrier has a lasting fault',
  ESME_RX_T_APPN: 'the carrier has a fault',
};

const withoutError: Partial<Readonly<Record<MessageStatus, string>>> = {
  undelivered: 'the carrier could not deliver it',
  expired: 'its validity ended before it was delivered',
  rejected: 'the carrier rejected it',
  cancelled: 'it was cancelled by the account',
  unknown: 'no receipt came in time',
};

/** Null for a message that has not failed. */
export function causeOf(status: MessageStatus, error: string | null): string | null {
  const usual = withoutError[status];
  if (usual === undefined) return null;
  if (error === null || error === '' || /^0+$/.test(error)) return usual;
  const known = smppStatuses[error];
  if (known !== undefined) return `${known} (${error})`;
  // The platform's own words; a carrier writes a code.
  return / /.test(error) ? error : `${usual} (code ${error} of the carrier)`;
}

const recipientReasons: Partial<Readonly<Record<RefusalReason, string>>> = {
  'number-invalid': 'it is no telephone number',
  'number-not-mobile': 'the line takes no SMS',
  'recipient-opted-out': 'the recipient opted out of this account',
  'country-unknown': 'no country has its prefix',
  'country-not-covered': 'there is no price for its country',
  'tier-not-covered': 'there is no price for its country in this tier',
  'replies-not-covered': 'no reply number can be answered from its country',
  'merge-value-too-long': 'a value of a merge field is too long',
  'text-too-long': 'its text is too long',
};

/** The next try would fail too: the carrier does not accept the number, or the recipient opted out. */
export function isLastingFailure(error: string | null): boolean {
  return error !== null && /^(ESME_RINVDST(ADR|TON|NPI)$|ESME_RX_P_APPN$|opted out)/.test(error);
}

/** Of a recipient for whom no message was made. */
export function recipientCause(reason: string): string {
  return recipientReasons[reason as RefusalReason] ?? reason.replaceAll('-', ' ');
}

/** For the catalogue of causes and remedies of the console. */
export interface Cause {
  /** `smpp:<status name>`, `receipt:<message status>`, or a word of the platform. */
  readonly code: string;
  /** The carrier's own code; null: none. */
  readonly text: string | null;
}

const platformCauses: readonly (readonly [RegExp, string])[] = [
  [/^its validity ran out/, 'validity'],
  [/^sent \d+ times/, 'no-answer'],
  [/^no receipt came/, 'no-receipt'],
  [/^opted out/, 'opted-out'],
  [/^refused by the operator/, 'refused-by-operator'],
];

/** Null for a message that has not failed. */
export function causeCodeOf(status: MessageStatus, error: string | null): Cause | null {
  if (withoutError[status] === undefined) return null;
  if (error === null || error === '' || /^0+$/.test(error))
    return { code: status === 'cancelled' ? 'cancelled' : `receipt:${status}`, text: null };
  if (/^ESME_|^0x[\da-f]{8}$/i.test(error)) return { code: `smpp:${error}`, text: error };
  const known = platformCauses.find(([form]) => form.test(error));
  return known === undefined ? { code: `receipt:${status}`, text: error } : { code: known[1], text: null };
}

/**
 * Narrows messages to a cause, as a pattern of SQL's `~` on the stored error; null: messages without an error. Undefined:
 * there is no such cause.
 */
export function errorPatternOf(
  code: string,
): { readonly status?: MessageStatus; readonly error: string | null } | undefined {
  if (code === 'cancelled') return { status: 'cancelled', error: null };
  const known = platformCauses.find(([, name]) => name === code);
  if (known !== undefined) return { error: known[0].source.replace('\\d', '[0-9]') };
  const [, kind, value] = /^(smpp|receipt):(\w+)$/.exec(code) ?? [];
  if (kind === 'smpp') return { error: `^${value}$` };
  return kind === 'receipt' && value !== undefined && withoutError[value as MessageStatus] !== undefined
    ? {
        status: value as MessageStatus,
        error: '^(?!ESME_|0x|its validity|sent [0-9]|no receipt|opted out|refused by)',
      }
    : undefined;
}
