// Calls of the operator about the installation: failing callbacks, the audit trail, the system, retention and personal data,
// sending hours and reply numbers. Part of contract.ts.

import { Type } from 'typebox';
import { refusedRequest } from './developers.ts';
import {
  calls,
  dayOrInstant,
  instant,
  money,
  nothing,
  oneOf,
  optional,
  orNull,
  page,
  paged,
  strict,
} from './schemas.ts';

const count = Type.Integer({ minimum: 0 });
const number = Type.String({ minLength: 1, maxLength: 30 });
const account = Type.String({ maxLength: 80 });

export const queueDepths = Type.Object({
  messagesDue: count,
  messagesScheduled: count,
  /** Of campaigns that wait for a review. */
  messagesHeld: count,
  oldestDueAt: orNull(instant),
  callbacks: count,
  oldestCallbackAt: orNull(instant),
});

/** The proof of an erasure: rows by table, without the number. */
const erasure = Type.Object({
  erasure: Type.Integer(),
  actor: Type.String(),
  reason: Type.String(),
  requestedAt: instant,
  /** Null: rows that are in use are erased by a later round. */
  completedAt: orNull(instant),
  /** HMAC-SHA-256 of the number with the key of the installation. */
  numberHash: Type.String(),
  cancelled: count,
  erased: Type.Record(Type.String(), count),
  open: Type.Record(Type.String(), count),
  kept: Type.Record(Type.String(), count),
});

const files = Type.Array(
  Type.Object({ account: Type.String(), kind: oneOf('document', 'list'), name: Type.String() }),
);

const replyNumber = Type.Object({
  number: Type.String(),
  kind: oneOf('short-code', 'virtual'),
  /** Empty: all. */
  countries: Type.Array(Type.String()),
  /** Null: of the pool. */
  account: orNull(Type.String()),
});

export const operatorSystemCalls = calls({
  /** Those with the most failing callbacks first, at most 100. */
  'operator.deliveries.list': {
    method: 'GET',
    path: '/console/api/operator/deliveries',
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          account: Type.String(),
          name: Type.String(),
          receiptUrl: orNull(Type.String()),
          pending: count,
          /** Of them, tried at least once. */
          failing: count,
          failingSince: orNull(instant),
          nextAttemptAt: orNull(instant),
          /** Messages, in the last seven days. */
          givenUp: count,
          last: orNull(
            Type.Object({ at: instant, httpStatus: orNull(Type.Integer()), error: orNull(Type.String()) }),
          ),
        }),
      ),
    }),
    permission: 'operator-callbacks.read',
    audited: false,
  },
  /** Of all accounts and of none, newest first, of a week. */
  'operator.refused.list': {
    method: 'GET',
    path: '/console/api/operator/refused-requests',
    parameters: strict({ ...paged, reason: optional(Type.String({ maxLength: 60 })) }),
    answer: page(Type.Intersect([refusedRequest, Type.Object({ account: orNull(Type.String()) })])),
    permission: 'operator-callbacks.read',
    audited: false,
  },
  /** Mails that sent no message, newest first. */
  'operator.ignoredMails.list': {
    method: 'GET',
    path: '/console/api/operator/ignored-mails',
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          mail: Type.Integer(),
          at: instant,
          from: Type.String(),
          address: Type.String(),
          account: orNull(Type.String()),
          reason: Type.String(),
          detail: Type.String(),
        }),
      ),
    }),
    permission: 'ignored-mails.read',
    audited: false,
  },
  /** Newest first. */
  'operator.audit.list': {
    method: 'GET',
    path: '/console/api/operator/audit',
    parameters: strict({
      ...paged,
      account: optional(account),
      /** `rate.set`, or the subject before its dot. */
      action: optional(Type.String({ maxLength: 60 })),
      /** `cli:alice`, or the kind before its colon. */
      actor: optional(Type.String({ maxLength: 300 })),
      from: optional(dayOrInstant),
      to: optional(dayOrInstant),
    }),
    answer: page(
      Type.Object({
        entry: Type.Integer(),
        at: instant,
        actor: Type.String(),
        account: orNull(Type.String()),
        action: Type.String(),
        target: Type.String(),
        before: orNull(Type.Record(Type.String(), Type.Unknown())),
        after: orNull(Type.Record(Type.String(), Type.Unknown())),
        address: orNull(Type.String()),
      }),
    ),
    permission: 'audit.read',
    audited: false,
  },
  'operator.system.read': {
    method: 'GET',
    path: '/console/api/operator/system',
    answer: Type.Object({
      version: Type.String(),
      processes: Type.Array(
        Type.Object({
          process: Type.Integer(),
          host: Type.String(),
          pid: Type.Integer(),
          roles: Type.Array(Type.String()),
          startedAt: instant,
          leaseUntil: instant,
          /** It did not renew its lease in time. */
          isExpired: Type.Boolean(),
        }),
      ),
      database: Type.Object({
        version: Type.String(),
        sizeBytes: count,
        /** Milliseconds that its clock is ahead of this process. */
        offsetMs: Type.Integer(),
        tables: Type.Array(
          Type.Object({ table: Type.String(), sizeBytes: count, rows: count, partitions: count }),
        ),
      }),
      queues: queueDepths,
      settings: Type.Array(
        Type.Object({
          name: Type.String(),
          /** Null: a secret that is set. */
          value: orNull(Type.String()),
          isDefault: Type.Boolean(),
          /** In English. */
          meaning: Type.String(),
        }),
      ),
    }),
    permission: 'system.read',
    audited: false,
  },
  'operator.retention.read': {
    method: 'GET',
    path: '/console/api/operator/retention',
    answer: Type.Object({
      /** Null: for ever. */
      keepDays: orNull(count),
      /** Shortest that may be set. */
      leastDays: count,
      /** Messages that were due before are deleted by the next round; null: none is. */
      deletesBefore: orNull(instant),
      receiptWindowMs: count,
      tables: Type.Array(
        Type.Object({ table: Type.String(), sizeBytes: count, rows: count, partitions: count }),
      ),
    }),
    permission: 'system.read',
    audited: false,
  },
  /** The number is in the body: addresses of requests can be logged by proxies. The reading is recorded. */
  'operator.person.show': {
    method: 'POST',
    path: '/console/api/operator/person',
    body: strict({ number }),
    answer: Type.Object({
      number: Type.String(),
      tables: Type.Array(Type.Object({ table: Type.String(), rows: count })),
      files,
      erasures: Type.Array(erasure),
    }),
    permission: 'personal-data.read',
    audited: true,
  },
  /** Rows that are in use are erased by a later round. */
  'operator.person.erase': {
    method: 'POST',
    path: '/console/api/operator/person/erase',
    body: strict({ number, reason: Type.String({ maxLength: 500 }) }),
    answer: Type.Object({ erasure, files }),
    permission: 'personal-data.erase',
    audited: true,
  },
  'operator.hours.list': {
    method: 'GET',
    path: '/console/api/operator/hours',
    parameters: strict({ year: optional(Type.Integer({ minimum: 2000, maximum: 2100 })) }),
    answer: Type.Object({
      year: Type.Integer(),
      rows: Type.Array(
        Type.Object({
          country: Type.String(),
          timeZones: Type.Array(Type.String()),
          /** Sunday first, in minutes of the local day; null: closed. */
          week: Type.Array(orNull(Type.Object({ open: count, close: count }))),
          /** Days, such as 2026-12-25. */
          holidays: Type.Array(Type.String()),
        }),
      ),
    }),
    permission: 'system.read',
    audited: false,
  },
  'operator.numbers.list': {
    method: 'GET',
    path: '/console/api/operator/numbers',
    answer: Type.Object({
      rows: Type.Array(replyNumber),
      /** Of a segment of a campaign with replies. */
      surcharge: money,
    }),
    permission: 'reply-numbers.read',
    audited: false,
  },
  'operator.numbers.add': {
    method: 'POST',
    path: '/console/api/operator/numbers',
    body: strict({
      number,
      countries: Type.Array(Type.String({ minLength: 2, maxLength: 2 }), { maxItems: 250 }),
      account: optional(account),
    }),
    answer: nothing,
    permission: 'reply-numbers.write',
    audited: true,
  },
  /** Null: back to the pool. */
  'operator.numbers.assign': {
    method: 'PATCH',
    path: '/console/api/operator/numbers/:number',
    parameters: strict({ number }),
    body: strict({ account: orNull(account) }),
    answer: nothing,
    permission: 'reply-numbers.write',
    audited: true,
  },
  /** Replies to what was sent from it are still recorded. */
  'operator.numbers.remove': {
    method: 'DELETE',
    path: '/console/api/operator/numbers/:number',
    parameters: strict({ number }),
    answer: nothing,
    permission: 'reply-numbers.write',
    audited: true,
  },
  'operator.numbers.setSurcharge': {
    method: 'PUT',
    path: '/console/api/operator/numbers-surcharge',
    body: strict({ amount: Type.String({ maxLength: 20 }) }),
    answer: nothing,
    permission: 'reply-numbers.write',
    audited: true,
  },
});
