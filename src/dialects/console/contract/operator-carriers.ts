// Calls of the operator about links to carriers and routes. Part of contract.ts.

import { Type } from 'typebox';
import { calls, instant, money, nothing, oneOf, optional, orNull, rowId, strict, tier } from './schemas.ts';

const count = Type.Integer({ minimum: 0 });
const carrier = Type.String({ minLength: 1, maxLength: 80 });
const kind = oneOf('smpp', 'http');
const linkState = oneOf('usable', 'down', 'paused', 'disabled', 'not-dispatched');

/** Texts by flag of the option table, as an operator writes them. An absent option keeps its value, or its default. */
const texts = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 20_000 }));

const health = Type.Object({
  process: Type.Object({ id: Type.Integer(), host: Type.String(), pid: Type.Integer() }),
  binds: Type.Array(
    Type.Object({
      index: count,
      state: oneOf('bound', 'binding', 'down', 'stopped'),
      since: instant,
      /** The carrier's or the system's own word for the last failure. */
      reason: orNull(Type.String()),
      retryAt: orNull(instant),
    }),
  ),
  isThrottled: Type.Boolean(),
  inFlight: count,
  window: count,
  /** Requests a second; 0: no limit. */
  perSecond: Type.Number(),
  lastMinute: Type.Object({
    accepted: count,
    refused: count,
    throttled: count,
    postponed: count,
    inDoubt: count,
    receipts: count,
    replies: count,
    p50Ms: orNull(Type.Number()),
    p95Ms: orNull(Type.Number()),
    refusals: Type.Array(Type.Object({ code: Type.String(), times: count })),
  }),
  lastAnswerAt: orNull(instant),
  lastReceiptAt: orNull(instant),
  /** Countries whose messages the carrier lately failed to take. */
  troubledCountries: Type.Array(Type.String()),
});

const encoding = oneOf('gsm7', 'ucs2');
const purpose = oneOf('marketing', 'transactional');
/** Of the routes of one position. */
const choice = oneOf('weight', 'cheapest', 'first');

const route = Type.Object({
  route: Type.Integer(),
  carrier: Type.String(),
  country: orNull(Type.String()),
  /** Digits with which the number begins. */
  prefix: orNull(Type.String()),
  tier: orNull(tier),
  sender: orNull(Type.String()),
  /** Service name. */
  account: orNull(Type.String()),
  encoding: orNull(encoding),
  purpose: orNull(purpose),
  tag: orNull(Type.String()),
  /** Days, times and their zone: mon,tue 08:00-20:00 Europe/Paris. */
  hours: orNull(Type.String()),
  position: Type.Integer(),
  choice,
  weight: Type.Integer(),
  cost: orNull(money),
  allowsLoss: Type.Boolean(),
  /** Replaces the sender. */
  newSender: orNull(Type.String()),
  /** Receipts after which a message is sent again over another carrier: undelivered, or undelivered:004. */
  resendOn: Type.Array(Type.String()),
  /** Carriers after the first one. */
  resendLimit: Type.Integer(),
  /** Seconds. */
  resendWithinS: Type.Integer(),
  /** Seconds until another carrier is tried while this one takes no message; null: after its fourth refusal. */
  patienceS: orNull(Type.Integer()),
});

const routeBody = {
  country: orNull(Type.String({ maxLength: 2 })),
  tier: orNull(tier),
  sender: orNull(Type.String({ maxLength: 20 })),
  position: Type.Integer({ minimum: 1, maximum: 100_000 }),
  weight: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** In euro; null: unknown. */
  cost: orNull(Type.String({ maxLength: 20 })),
  prefix: optional(orNull(Type.String({ maxLength: 20 }))),
  account: optional(orNull(Type.String({ maxLength: 80 }))),
  encoding: optional(orNull(encoding)),
  purpose: optional(orNull(purpose)),
  tag: optional(orNull(Type.String({ maxLength: 250 }))),
  hours: optional(orNull(Type.String({ maxLength: 100 }))),
  /** Of all routes at the position; absent: it stays. */
  choice: optional(choice),
  allowsLoss: optional(Type.Boolean()),
  newSender: optional(orNull(Type.String({ maxLength: 16 }))),
  resendOn: optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 40 })),
  resendLimit: optional(Type.Integer({ minimum: 1, maximum: 3 })),
  resendWithinS: optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  patienceS: optional(orNull(Type.Integer({ minimum: 1, maximum: 3_600 }))),
};

const option = Type.Object({
  flag: Type.String(),
  type: oneOf('text', 'number', 'boolean', 'choice', 'list'),
  choices: Type.Array(Type.String()),
  isRequired: Type.Boolean(),
  isSecret: Type.Boolean(),
  default: orNull(Type.String()),
  /** Completes "must be …". In English, as the sentence: the browser has its own words for the options that it knows. */
  limit: Type.String(),
  sentence: Type.String(),
});

const linkTest = Type.Object({
  result: oneOf('bound', 'reachable', 'refused', 'unreachable', 'misconfigured'),
  /** The carrier's or the system's own word, such as ESME_RINVPASWD. */
  reason: orNull(Type.String()),
  durationMs: count,
});

const ofCarrier = { carrier };

export const operatorCarrierCalls = calls({
  /** With the health that each process reported last: at most two seconds old while it changes. */
  'operator.carriers.list': {
    method: 'GET',
    path: '/console/api/operator/carriers',
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          carrier: Type.String(),
          kind,
          /** The simulated carrier, while there is no other. */
          isSimulated: Type.Boolean(),
          state: linkState,
          description: Type.String(),
          health: Type.Array(health),
        }),
      ),
    }),
    permission: 'carriers.read',
    audited: false,
  },
  /** The option tables of the kinds: the form of a link. */
  'operator.carriers.kinds': {
    method: 'GET',
    path: '/console/api/operator/carrier-kinds',
    answer: Type.Object({ kinds: Type.Array(Type.Object({ kind, options: Type.Array(option) })) }),
    permission: 'carriers.read',
    audited: false,
  },
  'operator.carriers.read': {
    method: 'GET',
    path: '/console/api/operator/carriers/:carrier',
    parameters: strict(ofCarrier),
    answer: Type.Object({
      carrier: Type.String(),
      kind,
      /** Texts by flag; an option without one has its default, or is secret. */
      values: Type.Record(Type.String(), Type.String()),
      /** Options that have a value which is not shown. */
      hidden: Type.Array(Type.String()),
      /** Of an HTTP carrier; they contain a secret. */
      callbacks: orNull(Type.Object({ receipt: Type.String(), reply: Type.String() })),
    }),
    permission: 'carriers.write',
    audited: false,
  },
  /** `value-invalid` has one sentence for each mistake in `mistakes` of the error's fields. */
  'operator.carriers.add': {
    method: 'POST',
    path: '/console/api/operator/carriers',
    body: strict({ kind, carrier, options: texts, addsRoute: Type.Boolean() }),
    answer: Type.Object({ callbacks: orNull(Type.Object({ receipt: Type.String(), reply: Type.String() })) }),
    permission: 'carriers.write',
    audited: true,
  },
  /** `unset` names options that get their default again. */
  'operator.carriers.change': {
    method: 'PATCH',
    path: '/console/api/operator/carriers/:carrier',
    parameters: strict(ofCarrier),
    body: strict({ options: texts, unset: optional(Type.Array(Type.String({ maxLength: 60 }))) }),
    answer: nothing,
    permission: 'carriers.write',
    audited: true,
  },
  /** Connects once, without a message. `carrier`: a stored link, whose other options are used. */
  'operator.carriers.test': {
    method: 'POST',
    path: '/console/api/operator/carrier-tests',
    body: strict({ kind, carrier: optional(carrier), options: texts }),
    answer: linkTest,
    permission: 'carriers.write',
    audited: false,
  },
  /** `drain` waits up to 20 s for the answers, and answers with the messages that are left; then the link stays paused. */
  'operator.carriers.act': {
    method: 'POST',
    path: '/console/api/operator/carriers/:carrier/actions',
    parameters: strict(ofCarrier),
    body: strict({ action: oneOf('pause', 'resume', 'drain', 'enable') }),
    answer: Type.Object({ left: count }),
    permission: 'carriers.write',
    audited: true,
  },
  /** Removes its routes too. */
  'operator.carriers.remove': {
    method: 'DELETE',
    path: '/console/api/operator/carriers/:carrier',
    parameters: strict(ofCarrier),
    answer: nothing,
    permission: 'carriers.write',
    audited: true,
  },
  /** In the order of their evaluation. */
  'operator.routes.list': {
    method: 'GET',
    path: '/console/api/operator/routes',
    answer: Type.Object({ rows: Type.Array(route) }),
    permission: 'routes.read',
    audited: false,
  },
  'operator.routes.add': {
    method: 'POST',
    path: '/console/api/operator/routes',
    body: strict({ carrier, ...routeBody }),
    answer: Type.Object({ route: Type.Integer() }),
    permission: 'routes.write',
    audited: true,
  },
  'operator.routes.change': {
    method: 'PUT',
    path: '/console/api/operator/routes/:route',
    parameters: strict({ route: rowId }),
    body: strict(routeBody),
    answer: nothing,
    permission: 'routes.write',
    audited: true,
  },
  'operator.routes.remove': {
    method: 'DELETE',
    path: '/console/api/operator/routes/:route',
    parameters: strict({ route: rowId }),
    answer: nothing,
    permission: 'routes.write',
    audited: true,
  },
  /** The way of a message now: every route, and why it is taken or not. */
  'operator.routes.explain': {
    method: 'GET',
    path: '/console/api/operator/route-explanations',
    parameters: strict({
      number: Type.String({ minLength: 1, maxLength: 30 }),
      tier: optional(tier),
      sender: optional(Type.String({ maxLength: 20 })),
      account: optional(Type.String({ maxLength: 80 })),
    }),
    answer: Type.Object({
      country: Type.String(),
      /** Of a segment; null: none. */
      price: orNull(money),
      rows: Type.Array(
        Type.Object({
          route,
          verdict: oneOf('taken', 'spare', 'unusable', 'troubled', 'loss', 'other'),
          /** Of `taken`: 0 to 1. */
          share: orNull(Type.Number()),
          /** Of `unusable`. */
          state: orNull(linkState),
          /** Of `other`: the first condition that fails. */
          condition: orNull(
            oneOf('country', 'prefix', 'tier', 'sender', 'account', 'encoding', 'purpose', 'tag', 'hours'),
          ),
          /** Of a segment, by the costs of the carrier; null: unknown. */
          cost: orNull(money),
        }),
      ),
    }),
    permission: 'routes.read',
    audited: false,
  },
});
