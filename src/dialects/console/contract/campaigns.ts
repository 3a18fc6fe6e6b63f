// Calls of the list of campaigns, of one campaign and of its report. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  campaignState,
  cause,
  dayOrInstant,
  dialect,
  instant,
  language,
  money,
  nothing,
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

const count = Type.Integer({ minimum: 0 });
const word = (maxLength = 100) => optional(Type.String({ minLength: 1, maxLength }));
const ofCampaign = { ...ofAccount, campaign: rowId };

/** Messages by status. `accepted` waits, `submitted` is with a carrier. */
const counts = Type.Object({
  accepted: count,
  submitted: count,
  delivered: count,
  undelivered: count,
  expired: count,
  rejected: count,
  cancelled: count,
  unknown: count,
});

const facts = {
  campaign: rowId,
  state: campaignState,
  text: Type.String(),
  sender: orNull(Type.String()),
  tag: orNull(Type.String()),
  dialect,
  purpose,
  messages: count,
  segments: count,
  cost: money,
  /** Recipients without a message: refused or opted out at acceptance. */
  skipped: count,
  createdAt: instant,
  /** The time that was asked for. */
  dueAt: instant,
  /** When its last message is due; null: all were due at once. */
  lastDueAt: orNull(instant),
};

/** Time-to-deliver classes: messages up to `upToMs` from the hand-over; null: longer than all others. */
const delay = Type.Object({ upToMs: orNull(count), messages: count });

const share = {
  messages: count,
  segments: count,
  submitted: count,
  finished: count,
  delivered: count,
  cost: money,
};

export const campaignCalls = calls({
  /**
   * Newest first. Campaigns of one message are left out unless `singles` is set. A page can be shorter than `limit` although
   * `next` is set: the search goes on from there.
   */
  'campaigns.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns',
    parameters: strict({
      ...ofAccount,
      ...paged,
      /** States, separated by commas. */
      state: word(100),
      dialect: optional(dialect),
      tag: word(),
      sender: word(),
      /** Part of the text, in any case of letters. */
      text: word(200),
      from: optional(dayOrInstant),
      to: optional(dayOrInstant),
      singles: optional(Type.Boolean()),
    }),
    answer: searchPage(Type.Object(facts)),
    permission: 'history.read',
    audited: false,
  },
  /** Those of `ids` (at most 50, separated by commas) that could be counted in half a second; ask again for the others. */
  'campaigns.count': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaign-counts',
    parameters: strict({ ...ofAccount, ids: Type.String({ pattern: '^\\d{1,15}(,\\d{1,15}){0,49}$' }) }),
    answer: Type.Object({ rows: Type.Array(Type.Object({ campaign: rowId, counts })) }),
    permission: 'history.read',
    audited: false,
  },
  'campaigns.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns/:campaign',
    parameters: strict(ofCampaign),
    answer: Type.Object({
      ...facts,
      counts,
      tier,
      withReplies: Type.Boolean(),
      /** GSM 03.38 class; 0 is flash. */
      messageClass: orNull(Type.Integer()),
      /** Changes that the platform made to the request. */
      notes: Type.Array(Type.String()),
      /** The OVH login that sent it. */
      user: orNull(Type.String()),
      /** The contact list of its recipients. */
      list: orNull(Type.String()),
      /** Of a transactional text that reads like advertising. */
      review: orNull(
        Type.Object({
          state: oneOf('noted', 'held', 'released', 'refused', 'cancelled'),
          cues: Type.Array(Type.String()),
          at: instant,
          decidedAt: orNull(instant),
        }),
      ),
      pause: orNull(Type.Object({ by: Type.String(), at: instant })),
      cancelledAt: orNull(instant),
      /** Messages in chunks that a process has: they leave although the campaign is paused or cancelled. */
      claimed: count,
      /** The first due time of those that wait; null: none waits, or no time is set. */
      nextDueAt: orNull(instant),
      firstSubmittedAt: orNull(instant),
      lastSubmittedAt: orNull(instant),
      firstFinishedAt: orNull(instant),
      lastFinishedAt: orNull(instant),
      can: Type.Object({ pause: Type.Boolean(), resume: Type.Boolean(), cancel: Type.Boolean() }),
      /** The first message; the page of a campaign of one message is the page of the message. */
      firstMessage: rowId,
    }),
    permission: 'history.read',
    audited: false,
  },
  'campaigns.report': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns/:campaign/report',
    parameters: strict(ofCampaign),
    answer: Type.Object({
      at: instant,
      counts,
      /**
       * Messages that left (handed over, or ended before) and that finished in each step of `stepMs` since `from`; empty steps
       * are absent.
       */
      progress: Type.Object({
        from: instant,
        stepMs: Type.Integer(),
        steps: Type.Array(Type.Object({ step: Type.Integer(), left: count, finished: count })),
      }),
      delays: Type.Array(delay),
      /** From the hand-over to the receipt of its delivery; null: none was delivered. */
      percentiles: Type.Object({
        p50Ms: orNull(Type.Number()),
        p90Ms: orNull(Type.Number()),
        p99Ms: orNull(Type.Number()),
      }),
      causes: Type.Array(Type.Object({ cause, messages: count })),
      countries: Type.Array(Type.Object({ country: Type.String(), ...share })),
      carriers: Type.Array(Type.Object({ carrier: orNull(Type.String()), ...share })),
      encodings: Type.Array(
        Type.Object({
          encoding: oneOf('gsm7', 'ucs2'),
          segments: Type.Integer(),
          messages: count,
          cost: money,
        }),
      ),
      /** By the hour since `progress.from`. */
      replies: Type.Array(Type.Object({ hour: Type.Integer(), replies: count, optOuts: count })),
      money: Type.Object({
        /** What the campaign reserved. */
        total: money,
        charged: money,
        released: money,
        held: money,
        countries: Type.Array(
          Type.Object({ country: Type.String(), charged: money, released: money, held: money }),
        ),
      }),
    }),
    permission: 'history.read',
    audited: false,
  },
  'campaigns.listReplies': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns/:campaign/replies',
    parameters: strict({ ...ofCampaign, ...paged }),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          reply: rowId,
          number: orNull(phone),
          text: Type.String(),
          isOptOut: Type.Boolean(),
          message: orNull(rowId),
          at: instant,
        }),
      ),
      next: orNull(Type.String()),
    }),
    permission: 'inbox.read',
    audited: false,
  },
  /** Recipients without a message, by reason and one by one in the order of the submission. */
  'campaigns.listSkipped': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns/:campaign/skipped',
    parameters: strict({ ...ofCampaign, ...paged, reason: word() }),
    answer: Type.Object({
      reasons: Type.Array(Type.Object({ cause, recipients: count })),
      rows: Type.Array(Type.Object({ place: count, number: Type.String(), cause })),
      next: orNull(Type.String()),
    }),
    permission: 'history.read',
    audited: false,
  },
  /** Messages that no carrier has wait until the campaign resumes. `conflict`: it is held, or nothing waits. */
  'campaigns.pause': {
    method: 'POST',
    path: '/console/api/accounts/:account/campaigns/:campaign/pause',
    parameters: strict(ofCampaign),
    answer: nothing,
    permission: 'campaigns.pause',
    audited: true,
  },
  /** `conflict`: it is not paused. */
  'campaigns.resume': {
    method: 'POST',
    path: '/console/api/accounts/:account/campaigns/:campaign/resume',
    parameters: strict(ofCampaign),
    answer: nothing,
    permission: 'campaigns.pause',
    audited: true,
  },
  /** Cancels each message that has not left. */
  'campaigns.cancel': {
    method: 'POST',
    path: '/console/api/accounts/:account/campaigns/:campaign/cancel',
    parameters: strict(ofCampaign),
    answer: Type.Object({
      cancelled: count,
      /** Credit that was given back. */
      released: money,
      /** Messages that a process still had: they leave. */
      claimed: count,
    }),
    permission: 'campaigns.cancel',
    audited: true,
  },
  /** A CSV file with a row for each message (UTF-8 with a mark); the answer is the file, not JSON. */
  'campaigns.export': {
    method: 'GET',
    path: '/console/api/accounts/:account/campaigns/:campaign/export',
    parameters: strict({
      ...ofCampaign,
      language: optional(language),
      /** Numbers without their plus: spreadsheets take one for a formula. */
      spreadsheet: optional(Type.Boolean()),
    }),
    answer: nothing,
    permission: 'history.read',
    audited: false,
  },
});
