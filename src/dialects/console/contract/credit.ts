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

const invoiceRow = {
  number: Type.String(),
  kind: oneOf('invoice', 'credit_note'),
  /** In the zone of the issuer: 2026-11-30. */
  issuedOn: Type.String(),
  order: rowId,
  /** Of a credit note: the invoice that it corrects. */
  invoice: orNull(Type.String()),
  /** Amounts are positive, also those of a credit note. */
  withoutTax: money,
  tax: money,
  withTax: money,
};

const party = {
  name: Type.String(),
  address: Type.Array(Type.String()),
  vatNumber: orNull(Type.String()),
};

const billing = {
  /** Null: the name of the account. */
  name: orNull(Type.String({ minLength: 1, maxLength: 200 })),
  address: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 6 }),
  vatNumber: orNull(Type.String({ maxLength: 30 })),
};

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
      /** The buyer on invoices. */
      billing: Type.Object(billing),
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
  'credit.listInvoices': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/invoices',
    parameters: strict({ ...ofAccount, ...paged }),
    answer: page(Type.Object(invoiceRow)),
    permission: 'invoices.read',
    audited: false,
  },
  'credit.readInvoice': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/invoices/:number',
    parameters: strict({ ...ofAccount, number: Type.String({ maxLength: 60 }) }),
    answer: Type.Object({
      ...invoiceRow,
      reason: orNull(Type.String()),
      /** In OVH credits. */
      quantity: Type.Integer(),
      /** Before the discount. */
      original: money,
      discountPercent: Type.Number(),
      vatPercent: Type.Number(),
      /** The buyer owes the tax in another country. */
      isReverseCharge: Type.Boolean(),
      /** In the zone of the issuer. Null: on account. */
      paidOn: orNull(Type.String()),
      issuer: Type.Object({
        ...party,
        registration: orNull(Type.String()),
        mentions: Type.Array(Type.String()),
      }),
      buyer: Type.Object({ ...party, email: Type.String(), serviceName: Type.String() }),
    }),
    permission: 'invoices.read',
    audited: false,
  },
  /** `month`: 2026-11, in UTC. 404: no month, or one that has not begun. */
  'credit.readStatement': {
    method: 'GET',
    path: '/console/api/accounts/:account/credit/statements/:month',
    parameters: strict({ ...ofAccount, month: Type.String({ maxLength: 7 }) }),
    answer: Type.Object({
      name: Type.String(),
      month: Type.String(),
      from: instant,
      to: instant,
      /** False: the sums are those up to now. */
      isComplete: Type.Boolean(),
      opening: money,
      purchases: money,
      /** Positive, as the look-ups. */
      consumption: money,
      lookups: money,
      /** With their sign. */
      corrections: money,
      closing: money,
      byCountry: Type.Array(
        Type.Object({
          country: orNull(Type.String()),
          tier: orNull(tier),
          messages: Type.Integer(),
          segments: Type.Integer(),
          price: money,
        }),
      ),
      movements: Type.Array(
        Type.Object({
          entry: rowId,
          at: instant,
          kind: oneOf('top_up', 'adjustment'),
          amount: money,
          order: orNull(rowId),
          note: orNull(Type.String()),
        }),
      ),
      hasMoreMovements: Type.Boolean(),
    }),
    permission: 'statements.read',
    audited: false,
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
      billing: optional(strict(billing)),
    }),
    answer: nothing,
    permission: 'account.write',
    audited: true,
  },
});
