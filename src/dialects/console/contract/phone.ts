// Calls of the simulated phone: texts that the phones of the simulated carrier received, replies, fates, misbehaviour. Part of
// contract.ts. Refused with `conflict` while the simulated carrier does not run in the process that answers.

import { Type } from 'typebox';
import { calls, instant, messageStatus, nothing, optional, orNull, rowId, strict } from './schemas.ts';

const ratio = Type.Number({ minimum: 0, maximum: 1 });

/** `0` switches a fault off; a probability, every n-th message, or a time (ms since the epoch) switches it on. */
const occasion = Type.Union([
  ratio,
  strict({ every: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }),
  strict({ fromMs: Type.Number(), untilMs: Type.Number() }),
]);

const behaviour = {
  latencyMs: Type.Integer({ minimum: 0, maximum: 60_000 }),
  /** Messages a second; 0: no limit. */
  throttlePerSecond: Type.Integer({ minimum: 0, maximum: 100_000 }),
  drop: occasion,
  silent: occasion,
  malformed: occasion,
  garbled: occasion,
  /** command_status of every bind response; 0 accepts. */
  bindStatus: Type.Integer({ minimum: 0, maximum: 0xffff }),
  holdReceipts: Type.Boolean(),
};

export const phoneCalls = calls({
  /**
   * Texts of one account, newest first. With `wait`, answers when there is a text above `after`, or after so many seconds.
   * The same call serves tests of other software: `?to=+33601020304&wait=10`.
   */
  'phone.list': {
    method: 'GET',
    path: '/console/api/phone',
    parameters: strict({
      /** Default: the first account of the person. */
      account: optional(Type.String({ maxLength: 80 })),
      /** One phone; default: all. */
      to: optional(Type.String({ maxLength: 20 })),
      /** The highest `message` that is known already. */
      after: optional(Type.Integer({ minimum: 0 })),
      wait: optional(Type.Integer({ minimum: 0, maximum: 30 })),
      limit: optional(Type.Integer({ minimum: 1, maximum: 200 })),
    }),
    answer: Type.Object({
      account: Type.String(),
      rows: Type.Array(
        Type.Object({
          message: rowId,
          to: Type.String(),
          from: orNull(Type.String()),
          text: Type.String(),
          segments: Type.Integer(),
          status: messageStatus,
          at: instant,
          finishedAt: orNull(instant),
        }),
      ),
      /** For the next `after`. */
      latest: Type.Integer(),
    }),
    permission: 'session',
    audited: false,
  },
  /** The phone that received the message replies, to its sender. */
  'phone.reply': {
    method: 'POST',
    path: '/console/api/phone/reply',
    body: strict({
      account: Type.String({ maxLength: 80 }),
      message: rowId,
      text: Type.String({ minLength: 1, maxLength: 1000 }),
      delaySeconds: optional(Type.Integer({ minimum: 0, maximum: 60 })),
    }),
    answer: nothing,
    permission: 'session',
    audited: false,
  },
  'phone.fates': {
    method: 'GET',
    path: '/console/api/phone/fates',
    answer: Type.Object({
      rows: Type.Array(Type.Object({ ending: Type.String(), fate: Type.String() })),
    }),
    permission: 'session',
    audited: false,
  },
  'phone.readBehaviour': {
    method: 'GET',
    path: '/console/api/operator/phone/behaviour',
    answer: Type.Object({ ...behaviour, waiting: Type.Integer() }),
    permission: 'system.read',
    audited: false,
  },
  'phone.setBehaviour': {
    method: 'PATCH',
    path: '/console/api/operator/phone/behaviour',
    body: Type.Partial(Type.Object(behaviour), { additionalProperties: false }),
    answer: Type.Object({ ...behaviour, waiting: Type.Integer() }),
    permission: 'system.write',
    audited: false,
  },
});
