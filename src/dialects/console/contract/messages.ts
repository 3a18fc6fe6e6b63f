// Calls of the list of messages and of the page of one message. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  cause,
  dayOrInstant,
  dialect,
  instant,
  messageStatus,
  money,
  ofAccount,
  oneOf,
  optional,
  orNull,
  paged,
  phone,
  purpose,
  rowId,
  searchPage,
  strict,
  tier,
} from './schemas.ts';

const word = (maxLength = 100) => optional(Type.String({ minLength: 1, maxLength }));

const row = Type.Object({
  message: rowId,
  status: messageStatus,
  number: phone,
  /** The name of the contact with this number. */
  contact: orNull(Type.String()),
  text: Type.String(),
  sender: orNull(Type.String()),
  segments: Type.Integer(),
  cost: money,
  acceptedAt: instant,
  /** The latest of hand-over and final status; else the due time. */
  changedAt: instant,
  dueAt: instant,
  finishedAt: orNull(instant),
  campaign: rowId,
  /** Messages of the campaign. */
  campaignMessages: Type.Integer(),
  tag: orNull(Type.String()),
  country: Type.String(),
  dialect,
  carrier: orNull(Type.String()),
  cause: orNull(cause),
});

/**
 * A station of the line of a message. `state` awaited: it has not happened; `until` is the end of the wait. The other members
 * belong to the kinds that are named.
 */
const station = Type.Object({
  kind: oneOf(
    'accepted', // credit is reserved
    'noted', // note: the platform changed the request
    'flagged', // cues: a transactional text that reads like advertising
    'held', // awaited: an operator decides
    'reviewed', // decision
    'due', // waits until its time; isOpening: the sending hours
    'submitted', // carrier, reference, segment
    'resent', // carrier, status, cause: its receipt of failure, after which another carrier gets the message
    'receipt', // awaited until `until`, then unknown
    'charged',
    'released',
    'finished', // status, cause
    'callback', // awaited: it is owed, next attempt at `until`
    'callback-attempt', // attempt, httpStatus, error, durationMs, gaveUp; state failed or done
    'blocked', // awaited: reason why no carrier takes it (blocked); next-try: again at `until`
  ),
  state: oneOf('done', 'failed', 'awaited'),
  at: orNull(instant),
  until: orNull(instant),
  note: optional(Type.String()),
  cues: optional(Type.Array(Type.String())),
  decision: optional(oneOf('released', 'refused', 'cancelled', 'noted')),
  isOpening: optional(Type.Boolean()),
  carrier: optional(Type.String()),
  reference: optional(Type.String()),
  /** From 1. */
  segment: optional(Type.Integer()),
  status: optional(messageStatus),
  cause: optional(cause),
  amount: optional(money),
  attempt: optional(Type.Integer()),
  httpStatus: optional(orNull(Type.Integer())),
  error: optional(orNull(Type.String())),
  durationMs: optional(orNull(Type.Integer())),
  gaveUp: optional(Type.Boolean()),
  /** For `developers.readDelivery`. */
  callback: optional(rowId),
  blocked: optional(
    oneOf(
      'no-dispatcher',
      'no-carrier',
      'no-route',
      'route-down',
      'throttled',
      'next-try',
      'paused',
      'hand-over',
    ),
  ),
});

const messageFilters = {
  /** Statuses, separated by commas. */
  status: word(100),
  from: optional(dayOrInstant),
  to: optional(dayOrInstant),
  tag: word(),
  sender: word(),
  /** ISO 3166 codes, separated by commas. */
  country: word(),
  /** A whole number, or its last digits (at least four). */
  number: word(20),
  /** Part of the text, in any case of letters. */
  text: word(200),
  campaign: optional(rowId),
  /** The `code` of a cause. */
  cause: word(),
  carrier: word(),
  dialect: optional(dialect),
};

export const messageCalls = calls({
  /** Newest first. A page can be shorter than `limit` although `next` is set: the search goes on from there. */
  'messages.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/messages',
    parameters: strict({ ...ofAccount, ...paged, ...messageFilters }),
    answer: searchPage(row),
    permission: 'history.read',
    audited: false,
  },
  /**
   * `:message` is an id, or the ticket or id that a dialect gave. A ticket of a campaign with several messages answers with
   * `conflict` and the campaign in `fields.campaign`.
   */
  'messages.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/messages/:message',
    parameters: strict({ ...ofAccount, message: Type.String({ maxLength: 100 }) }),
    answer: Type.Object({
      message: rowId,
      status: messageStatus,
      number: phone,
      contact: orNull(Type.String()),
      isOptedOut: Type.Boolean(),
      /** For `inbox.read`; null: the number has not replied. */
      conversation: orNull(rowId),
      country: Type.String(),
      sender: orNull(Type.String()),
      purpose,
      tier,
      /** GSM 03.38 class; 0 is flash. */
      messageClass: orNull(Type.Integer()),
      encoding: oneOf('gsm7', 'ucs2'),
      text: Type.String(),
      segments: Type.Integer(),
      cost: money,
      pricePerSegment: money,
      campaign: rowId,
      campaignMessages: Type.Integer(),
      tag: orNull(Type.String()),
      dialect,
      /** The OVH login that sent it. */
      user: orNull(Type.String()),
      acceptedAt: instant,
      dueAt: instant,
      expiresAt: instant,
      finishedAt: orNull(instant),
      cause: orNull(cause),
      carrier: orNull(Type.String()),
      stations: Type.Array(station),
      /** The next and the former message of the account, for the keys [ and ]. */
      older: orNull(rowId),
      newer: orNull(rowId),
    }),
    permission: 'history.read',
    audited: false,
  },
});
