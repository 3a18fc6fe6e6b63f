// Calls of the home page of an account and of the search over everything. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  campaignState,
  cause,
  instant,
  messageStatus,
  money,
  nothing,
  ofAccount,
  oneOf,
  optional,
  orNull,
  phone,
  rowId,
  strict,
} from './schemas.ts';

const count = Type.Integer({ minimum: 0 });

const campaignLine = Type.Object({
  campaign: rowId,
  state: campaignState,
  text: Type.String(),
  sender: orNull(Type.String()),
  tag: orNull(Type.String()),
  messages: count,
  /** With a final status. */
  finished: count,
  createdAt: instant,
  dueAt: instant,
});

/** What wants a decision or a repair, most urgent first. Words and buttons are chosen by `kind`. */
const attention = Type.Object({
  kind: oneOf(
    'callbacks-failing',
    'credit-low',
    'campaign-held',
    'sender-waiting',
    'template-waiting',
    'stop-rate-high',
    'refused-rate-high',
    'order-open',
    'approval-waiting',
    'approval-given',
    'approval-refused',
  ),
  /** Begin of the state. */
  since: orNull(instant),
  /** Number of cases: callbacks owed, campaigns, senders. */
  count: orNull(count),
  /** A name to show: endpoint, sender, order. */
  name: orNull(Type.String()),
  campaign: orNull(rowId),
  /** The draft whose approval the reader decides about, or asked for. */
  draft: orNull(Type.String()),
  /** Of stop-rate-high and refused-rate-high, 0 to 1. */
  ratio: orNull(Type.Number()),
  amount: orNull(money),
  /** Of a held campaign: the words that read like advertising. */
  cues: optional(Type.Array(Type.String())),
});

const traffic = Type.Object({
  at: instant,
  accepted: count,
  delivered: count,
  undelivered: count,
  rejected: count,
  expired: count,
  unknown: count,
});

export const homeCalls = calls({
  'home.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/home',
    parameters: strict({ ...ofAccount, period: optional(oneOf('day', 'week', 'month')) }),
    answer: Type.Object({
      /** Of the last 24 h. */
      figures: Type.Object({
        accepted: count,
        finished: count,
        delivered: count,
        /** Submitted to a carrier, without a receipt yet. */
        withoutReceipt: count,
        waiting: count,
        /** Of those waiting: for a decision of the operator. */
        held: count,
        available: money,
        /** Reserved for accepted messages. */
        reserved: money,
        /** Of the last 7 days, for a day. */
        spentPerDay: money,
        /** Days that the credit lasts at this pace; null: nothing was spent. */
        daysLeft: orNull(Type.Number()),
      }),
      /** Of the last 24 h, by 15 minutes: lines of the figures. */
      lines: Type.Array(traffic),
      period: oneOf('day', 'week', 'month'),
      stepMs: Type.Integer(),
      traffic: Type.Array(traffic),
      /** There are too many messages to count them now: lines, traffic or counts are missing. Ask for a shorter period. */
      isIncomplete: Type.Boolean(),
      attention: Type.Array(attention),
      running: Type.Array(campaignLine),
      /** The next three. */
      scheduled: Type.Array(campaignLine),
      replies: Type.Array(
        Type.Object({
          reply: rowId,
          number: phone,
          contact: orNull(Type.String()),
          text: Type.String(),
          isOptOut: Type.Boolean(),
          at: instant,
        }),
      ),
      /** Of the period, largest first, at most eight. */
      causes: Type.Array(Type.Object({ cause, messages: count })),
      /** For the three steps of a new account. */
      firstSteps: Type.Object({
        hasSent: Type.Boolean(),
        hasKey: Type.Boolean(),
        hasCallback: Type.Boolean(),
      }),
    }),
    permission: 'history.read',
    audited: false,
  },
  /** Whole numbers for this session and account, for an hour; for editors and owners they are always whole. */
  'account.showNumbers': {
    method: 'POST',
    path: '/console/api/accounts/:account/show-numbers',
    parameters: strict(ofAccount),
    answer: nothing,
    permission: 'history.read',
    audited: true,
  },
  /** At most eight of each kind. `account`: whose messages, campaigns and contacts are searched. */
  search: {
    method: 'GET',
    path: '/console/api/search',
    parameters: strict({
      q: Type.String({ minLength: 1, maxLength: 200 }),
      account: optional(Type.String({ maxLength: 80 })),
    }),
    answer: Type.Object({
      accounts: Type.Array(Type.Object({ account: Type.String(), name: Type.String() })),
      messages: Type.Array(
        Type.Object({
          message: rowId,
          status: messageStatus,
          number: phone,
          text: Type.String(),
          acceptedAt: instant,
        }),
      ),
      campaigns: Type.Array(
        Type.Object({
          campaign: rowId,
          text: Type.String(),
          sender: orNull(Type.String()),
          tag: orNull(Type.String()),
          messages: count,
          /** Set if it has one message only: its page is the page of the message. */
          message: orNull(rowId),
          createdAt: instant,
        }),
      ),
      contacts: Type.Array(Type.Object({ number: phone, name: Type.String() })),
      /** The number that was typed, if it is one. */
      number: orNull(
        Type.Object({
          number: phone,
          isOptedOut: Type.Boolean(),
          /** For `inbox.read`. */
          conversation: orNull(rowId),
        }),
      ),
    }),
    permission: 'session',
    audited: false,
  },
});
