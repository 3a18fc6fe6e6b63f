// Calls of the credit: figures, entries of the ledger, orders, prices. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  dayOrInstant,
  instant,
  money,
  nothing,
  ofAccount,
  oneOf,
  optional,
  orNull,
  page,
  paged,
  rowId,
  strict,
  tier,
} from './schemas.ts';

const entryKind = oneOf('top_up', 'adjustment', 'hold', 'charge', 'release');
const quantity = Type.Integer({ minimum: 1, maximum: 10_000_000 });

const order = Type.Object({
  order: rowId,
  /** In OVH credits. */
  quantity: Type.Integer(),
  credit: money,
  withoutTax: money,
  tax: money,
  withTax: money,
  status: oneOf('open', 'paid', 'cancelled'),
  isAutomatic: Type.Boolean(),
  orderedAt: instant,
  decidedAt: orNull(instant),
  /** Path of the form to print and pay. */
  form: Type.String(),
});

const quote = Type.Object({
  quantity: Type.Integer(),
  credit: money,
  discountPercent: Type.Number(),
  withoutTax: money,
  vatPercent: Type.Number(),
  tax: money,
  withTax: money,
});

export const creditCalls = calls({
  'credit.read': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit',
    parameters: strict(ofAccount),
    answer: Type.Object({
      available: money,
      reserved: money,
      balance: money,
      /** Since the begin of the month in UTC. */
      spentThisMonth: money,
      /** The packs that can be ordered. */
      packs: Type.Array(quote),
      alert: orNull(Type.Object({ bound: Type.Number(), tier, email: orNull(Type.String()) })),
      automaticTopUp: Type.Object({ quantity: orNull(Type.Integer()), threshold: Type.Number() }),
    }),
    permission: 'credit.read',
    audited: false,
  },
  'credit.listEntries': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/entries',
    parameters: strict({
      ...ofAccount,
      ...paged,
      kind: optional(entryKind),
      from: optional(dayOrInstant),
      to: optional(dayOrInstant),
    }),
    answer: page(
      Type.Object({
        entry: rowId,
        at: instant,
        kind: entryKind,
        amount: money,
        note: orNull(Type.String()),
        /** Of a hold: at most ten. */
        campaigns: Type.Array(rowId),
        /** Number of messages of a charge or a release; one of them, for a link. */
        messages: Type.Integer(),
        message: orNull(rowId),
        country: orNull(Type.String()),
        segments: orNull(Type.Integer()),
      }),
    ),
    permission: 'credit.read',
    audited: false,
  },
  'credit.listOrders': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/orders',
    parameters: strict({ ...ofAccount, ...paged }),
    answer: page(order),
    permission: 'orders.read',
    audited: false,
  },
  /** Refused with `conflict` if too many orders are open. */
  'credit.order': {
    method: 'POST',
    path: '/console/api/accounts/:account/credit/orders',
    parameters: strict(ofAccount),
    body: strict({ quantity }),
    answer: order,
    permission: 'orders.write',
    audited: true,
  },
  /** `q`: a country (ISO 3166) or the begin of a number. */
  'credit.listPrices': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/prices',
    parameters: strict({ ...ofAccount, q: optional(Type.String({ maxLength: 30 })) }),
    answer: Type.Object({
      rows: Type.Array(Type.Object({ country: Type.String(), tier, price: money })),
      /** In addition, for each segment of a campaign that can be answered. */
      replySurcharge: money,
    }),
    permission: 'credit.read',
    audited: false,
  },
  'credit.update': {
    method: 'PATCH',
    path: '/console/api/accounts/:account/credit',
    parameters: strict(ofAccount),
    body: strict({
      /** Bound 0: no alert. */
      alert: optional(
        strict({
          bound: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
          email: optional(orNull(Type.String({ maxLength: 254 }))),
        }),
      ),
      automaticTopUp: optional(
        strict({ quantity: orNull(quantity), threshold: Type.Number({ minimum: 0, maximum: 10_000_000 }) }),
      ),
    }),
    answer: nothing,
    permission: 'account.write',
    audited: true,
  },
});
