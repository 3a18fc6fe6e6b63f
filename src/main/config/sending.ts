// Settings of messages: texts, validity, retention, reviews.
import type { ReviewPolicy } from '#domain/account/sender.ts';
import { leastDaysKept } from '#domain/delivery/retention.ts';
import type { PurposeGuard } from '#domain/plan/plan.ts';
import { oneOf, optionalText, type Setting, text, wholeNumber } from './setting.ts';

const keepMessagesDays: Setting<number | null> = {
  name: 'CHAPPE_KEEP_MESSAGES_DAYS',
  fallback: '366',
  meaning: `Days after its time that a message, its text, its number and its consequences are kept; they are deleted a few days later. ${leastDaysKept} or more, because a STOP is accepted for so long; 0 keeps them for ever.`,
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    const days = Number(written);
    if (!/^\d{1,5}$/.test(written) || (days !== 0 && days < leastDaysKept))
      throw new Error(`0, or a whole number from ${leastDaysKept} to 99999`);
    return days === 0 ? null : days;
  },
};

export const sendingSettings = {
  stopShortCode: text(
    'CHAPPE_STOP_SHORT_CODE',
    '36180',
    'The short code that replaces XXXXX in the mention "STOP au XXXXX" of French marketing texts.',
  ),
  defaultSender: optionalText(
    'CHAPPE_DEFAULT_SENDER',
    'unset',
    'The sender of texts that do not specify one.',
  ),
  validityMinutes: wholeNumber(
    'CHAPPE_VALIDITY_MINUTES',
    2880,
    [1, 43_200],
    'Minutes after its due time that a message may still be handed to a carrier.',
  ),
  receiptWindowHours: wholeNumber(
    'CHAPPE_RECEIPT_WINDOW',
    72,
    [1, 720],
    'Hours after the end of its validity that a message waits for its receipt; then it ends as unknown.',
  ),
  keepMessagesDays,
  purposeGuard: oneOf<PurposeGuard>(
    'CHAPPE_PURPOSE_GUARD',
    ['note', 'hold', 'refuse'],
    'note',
    'The treatment of a text that reads like advertising and is sent as transactional: noted on its campaign, held until the operator releases it, or refused.',
  ),
  senderReview: oneOf<ReviewPolicy>(
    'CHAPPE_SENDER_REVIEW',
    ['automatic', 'manual'],
    'automatic',
    'Whether senders and templates that customers request through the OVH API are enabled at once, or wait until the operator approves or refuses them.',
  ),
};
