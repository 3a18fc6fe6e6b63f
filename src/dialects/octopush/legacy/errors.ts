// Maps refusals to the three-digit codes of the legacy API. Used by routes.ts and response.ts.
// Never returns a code outside the published list: the official Python client looks codes up in a table and crashes on an
// unknown one (docs/dialects/octopush.md#codes).

import type { Tier } from '#domain/base/campaign.ts';
import type { RefusalReason } from '#domain/base/refusals.ts';

/** The published list, also with the codes that this platform never sends. */
export const legacyErrorMeanings = {
  '000': 'success',
  '100': 'no parameters, or they cannot be read',
  '101': 'wrong login or key',
  '102': 'text too long',
  '103': 'no recipients',
  '104': 'not enough credit',
  '105': 'not enough credit, an order is awaiting validation',
  '106': 'bad sender',
  '107': 'text missing',
  '108': 'login missing',
  '109': 'key missing',
  '110': 'recipients missing',
  '111': 'no way of giving recipients chosen',
  '112': 'type missing',
  '113': 'account not validated',
  '114': 'account blocked',
  '115': 'mail-merge field wrong, or not as many values as recipients',
  '116': 'service unavailable',
  '117': 'recipients badly formatted',
  '118': 'test SMS choice missing',
  '119': 'over 160 characters not allowed for this type',
  '120': 'request_id already used',
  '121': 'premium: STOP mention missing',
  '122': 'low cost: opt-out mention missing',
  '123': 'request_sha1 missing',
  '124': 'request_sha1 differs',
  '125': 'undefined error',
  '126': 'another campaign awaits validation',
  '127': 'another campaign is being estimated',
  '128': 'too many attempts',
  '129': 'campaign being built',
  '130': 'campaign not declared finished',
  '131': 'campaign not found',
  '132': 'campaign already sent',
  '133': 'user_batch_id already used',
  '150': 'no country for this prefix',
  '151': 'country not covered',
  '152': 'low cost impossible to this country',
  '153': 'route congested',
  '201': 'option only on request',
  '202': 'wrong sub-account e-mail',
  '203': 'a transfer token is already open',
  '204': 'wrong token',
  '205': 'amount too small',
  '206': 'no campaign during a transfer',
  '207': 'no access to this feature',
  '208': 'wrong SMS type',
  '209': 'you may not send SMS to this user',
  '210': 'e-mail is not one of yours',
  '300': 'lists by API not authorised',
  '301': 'too many lists',
  '302': 'list name taken',
  '303': 'list unknown',
  '304': 'list full',
  '305': 'too many contacts in the request',
  '306': 'action unknown',
  '308': 'file error',
  '500': 'action impossible',
  '501': 'connection error',
} as const;

export type LegacyErrorCode = keyof typeof legacyErrorMeanings;

export const legacyErrorCodes: Readonly<Record<RefusalReason, LegacyErrorCode>> = {
  'parameters-missing': '100',
  'body-malformed': '100',
  'body-too-large': '500',
  'login-missing': '108',
  'key-missing': '109',
  'credentials-wrong': '101',
  'account-not-validated': '113',
  'account-blocked': '114',
  'permission-missing': '207',
  'feature-unavailable': '207',
  'action-unknown': '306',
  'option-invalid': '500',
  'draft-name-invalid': '100',
  'draft-unknown': '131',
  'draft-already-sent': '132',
  'draft-unfinished': '130',
  'draft-estimating': '129',
  'sub-accounts-too-many': '201',
  'transfer-recipient-invalid': '202',
  'transfer-recipient-foreign': '210',
  'transfer-recipient-blocked': '209',
  'transfer-already-open': '203',
  'transfer-token-wrong': '204',
  'transfer-too-small': '205',
  'text-missing': '107',
  'recipients-missing': '110',
  'recipients-empty': '103',
  'recipients-too-many': '305',
  'tier-missing': '112',
  'tier-unknown': '208',
  'sender-invalid': '106',
  // The list has no code for a date; `sms_mode=2` without a usable date counts as a missing parameter.
  'send-at-invalid': '100',
  'merge-count-mismatch': '115',
  'merge-value-too-long': '115',
  'checksum-missing': '123',
  'checksum-mismatch': '124',
  'request-already-seen': '120',
  'draft-name-taken': '133',
  'drafts-too-many': '126',
  'recipients-malformed': '117',
  'text-too-long': '102',
  'stop-clause-missing': '121',
  'number-invalid': '117',
  'number-not-mobile': '117',
  // The list has no code for an opt-out; the clients print 209 as "not allowed to send SMS messages to this user".
  'recipient-opted-out': '209',
  'country-unknown': '150',
  'country-not-covered': '151',
  'tier-not-covered': '152',
  'replies-not-covered': '201',
  // The vendor's code for an alert that it does not recognize as one
  // (docs/dialects/octopush.md#advertising-under-a-transactional-flag).
  'purpose-mismatch': '121',
  'transfer-open': '206',
  'credit-ordered': '105',
  'credit-insufficient': '104',
  internal: '125',
};

/** For a path under /api/ that the vendor's API does not have. */
export const unknownActionCode: LegacyErrorCode = '306';

/** The code of a refusal; two codes depend on the requested tier (docs/dialects/octopush.md#codes). */
export function legacyErrorCode(reason: RefusalReason, tier: Tier | null): LegacyErrorCode {
  if ((reason === 'stop-clause-missing' || reason === 'purpose-mismatch') && tier === 'low_cost')
    return '122';
  if (reason === 'tier-not-covered' && tier !== 'low_cost') return '151';
  return legacyErrorCodes[reason];
}
