// Calls for developers: keys, callback settings, the delivery log. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  dayOrInstant,
  instant,
  nothing,
  ofAccount,
  oneOf,
  optional,
  orNull,
  page,
  paged,
  phone,
  rowId,
  strict,
} from './schemas.ts';

const keyDialect = oneOf('octopush', 'ovh', 'http2sms', 'smpp');
/** Such as `octopush-12`. */
const keyId = Type.String({ minLength: 3, maxLength: 40 });
const url = orNull(Type.String({ maxLength: 2000 }));

const attempt = Type.Object({
  id: rowId,
  callback: rowId,
  at: instant,
  /** From 1. */
  attempt: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
  httpStatus: orNull(Type.Integer()),
  /** In words; null: delivered. */
  error: orNull(Type.String()),
  gaveUp: Type.Boolean(),
  /** Of the slowest request; null: it is not measured. */
  durationMs: orNull(Type.Integer()),
  /** The begin of the body of the last failure, for a week. */
  answer: orNull(Type.String()),
  /** One of the messages. */
  message: orNull(rowId),
});

/** Equal requests of about a second are one row. */
export const refusedRequest = Type.Object({
  refusal: rowId,
  at: instant,
  dialect: Type.String(),
  method: Type.String(),
  /** Without its query, and with dots for the digits of numbers. */
  path: Type.String(),
  status: Type.Integer(),
  /** Of the catalogue of refusals; null: one that only the dialect has. */
  reason: orNull(Type.String()),
  detail: Type.String(),
  /** The login, application key or account that the request named. */
  identifier: orNull(Type.String()),
  address: Type.String(),
  times: Type.Integer({ minimum: 1 }),
});

const callbackSettings = {
  receiptUrl: url,
  replyUrl: url,
  optOutUrl: url,
  replyEmail: orNull(Type.String({ maxLength: 254 })),
  formNumberFormat: oneOf('plus', 'zeros', 'bare'),
  restPayloadIsJson: Type.Boolean(),
};

export const developerCalls = calls({
  'keys.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/keys',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          key: keyId,
          dialect: keyDialect,
          /** The login, application key, user or system_id; no secret. */
          identifier: Type.String(),
          createdAt: instant,
          /** Null: never, or the dialect does not record it. */
          lastUseAt: orNull(instant),
        }),
      ),
    }),
    permission: 'keys.read',
    audited: false,
  },
  /** The values are shown once: only hashes are stored. */
  'keys.create': {
    method: 'POST',
    path: '/console/api/accounts/:account/keys',
    parameters: strict(ofAccount),
    body: strict({ dialect: keyDialect }),
    answer: Type.Object({
      dialect: keyDialect,
      /** Name as in the dialect (`user_login`, `applicationKey`, `system_id`) and value. */
      values: Type.Array(
        Type.Object({ name: Type.String(), value: Type.String(), isSecret: Type.Boolean() }),
      ),
    }),
    permission: 'keys.write',
    audited: true,
  },
  'keys.revoke': {
    method: 'DELETE',
    path: '/console/api/accounts/:account/keys/:key',
    parameters: strict({ ...ofAccount, key: keyId }),
    answer: nothing,
    permission: 'keys.write',
    audited: true,
  },
  'callbacks.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/callbacks',
    parameters: strict(ofAccount),
    answer: Type.Object({
      ...callbackSettings,
      hasSigningKey: Type.Boolean(),
      /** Pending callbacks: failed before, and all; at most 1,000 are counted. */
      failing: Type.Integer({ maximum: 1000 }),
      pending: Type.Integer({ maximum: 1000 }),
      /** Of the oldest that failed before. */
      failingSince: orNull(instant),
      nextAttemptAt: orNull(instant),
    }),
    permission: 'callbacks.read',
    audited: false,
  },
  /** An absent field is not changed. Refused with `option-invalid` for an address that must not be called. */
  'callbacks.update': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/callbacks',
    parameters: strict(ofAccount),
    body: Type.Partial(Type.Object(callbackSettings), { additionalProperties: false }),
    answer: nothing,
    permission: 'callbacks.write',
    audited: true,
  },
  /** A new key for the signature header; shown once. */
  'callbacks.renewSigningKey': {
    method: 'POST',
    path: '/console/api/accounts/:account/callbacks/signing-key',
    parameters: strict(ofAccount),
    answer: Type.Object({ signingKey: Type.String() }),
    permission: 'callbacks.write',
    audited: true,
  },
  /** Pushes an example to the stored address, as the others. Refused with `conflict` if there is none. */
  'callbacks.test': {
    method: 'POST',
    path: '/console/api/accounts/:account/callbacks/test',
    parameters: strict(ofAccount),
    body: strict({
      kind: oneOf('receipt', 'reply', 'opt-out'),
      dialect: oneOf('octopush-legacy', 'octopush-rest', 'ovh'),
    }),
    answer: Type.Object({
      request: Type.Object({
        method: Type.String(),
        url: Type.String(),
        contentType: Type.String(),
        body: Type.String(),
        isSigned: Type.Boolean(),
      }),
      result: oneOf('delivered', 'failed', 'unreachable'),
      /** Null: the address did not answer. */
      httpStatus: orNull(Type.Integer()),
      /** In words; null: delivered. */
      reason: orNull(Type.String()),
      durationMs: orNull(Type.Integer()),
      /** The begin of the body of a failure. */
      answer: orNull(Type.String()),
    }),
    permission: 'callbacks.replay',
    audited: true,
  },
  /** Newest first, of a week; at most 1,000 are kept. */
  'refused.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/refused-requests',
    parameters: strict({ ...ofAccount, ...paged, reason: optional(Type.String({ maxLength: 60 })) }),
    answer: page(refusedRequest),
    permission: 'refused-requests.read',
    audited: false,
  },
  /** The log of attempts, newest first. */
  'deliveries.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/deliveries',
    parameters: strict({
      ...ofAccount,
      ...paged,
      result: optional(oneOf('delivered', 'failed', 'given-up')),
      from: optional(dayOrInstant),
      to: optional(dayOrInstant),
      message: optional(rowId),
    }),
    answer: page(attempt),
    permission: 'callbacks.read',
    audited: false,
  },
  /** All attempts of one callback, and when the next one is due. */
  'deliveries.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/deliveries/:callback',
    parameters: strict({ ...ofAccount, callback: rowId }),
    answer: Type.Object({
      attempts: Type.Array(attempt),
      /** Null: nothing is pending. */
      nextAttemptAt: orNull(instant),
      messages: Type.Array(Type.Object({ message: rowId, number: phone })),
    }),
    permission: 'callbacks.read',
    audited: false,
  },
  /** How many receipts `deliveries.replay` would push again. */
  'deliveries.countReplay': {
    method: 'GET',
    path: '/console/api/accounts/:account/deliveries-replay',
    parameters: strict({ ...ofAccount, since: dayOrInstant }),
    answer: Type.Object({ messages: Type.Integer({ maximum: 10_000 }) }),
    permission: 'callbacks.read',
    audited: false,
  },
  /**
   * Pushes receipts again, as they are now: of one attempt, one message, or of all that were given up since an instant (at most
   * 10,000 a call).
   */
  'deliveries.replay': {
    method: 'POST',
    path: '/console/api/accounts/:account/deliveries-replay',
    parameters: strict(ofAccount),
    body: strict({
      attempt: optional(rowId),
      message: optional(rowId),
      since: optional(dayOrInstant),
    }),
    answer: Type.Object({ messages: Type.Integer() }),
    permission: 'callbacks.replay',
    audited: true,
  },
});
