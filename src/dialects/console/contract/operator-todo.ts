// Calls of the operator about decisions: held campaigns, senders, templates and orders. Part of contract.ts.

import { Type } from 'typebox';
import { calls, instant, money, nothing, oneOf, optional, rowId, strict } from './schemas.ts';

const count = Type.Integer({ minimum: 0 });
const name = Type.String({ minLength: 1, maxLength: 80 });
/** The customer reads it. */
const reason = optional(Type.String({ maxLength: 300 }));
const named = strict({ account: name, name, decision: oneOf('enable', 'refuse'), reason });

export const operatorTodoCalls = calls({
  /** At most 100 of each kind. */
  'operator.todo.read': {
    method: 'GET',
    path: '/console/api/operator/todo',
    answer: Type.Object({
      campaigns: Type.Array(
        Type.Object({
          campaign: rowId,
          account: Type.String(),
          text: Type.String(),
          /** The words that read like advertising. */
          cues: Type.Array(Type.String()),
          messages: count,
          /** Of this account, with such a text, that are stored. */
          flagged: count,
          createdAt: instant,
        }),
      ),
      senders: Type.Array(
        Type.Object({
          account: Type.String(),
          name: Type.String(),
          reason: Type.String(),
          requestedAt: instant,
        }),
      ),
      templates: Type.Array(
        Type.Object({
          account: Type.String(),
          name: Type.String(),
          message: Type.String(),
          reason: Type.String(),
          requestedAt: instant,
        }),
      ),
      /** Paid orders without an invoice. Nothing in `obstacles`: it can be issued. */
      invoices: Type.Array(
        Type.Object({
          order: rowId,
          account: Type.String(),
          /** With tax. */
          total: money,
          paidAt: instant,
          obstacles: Type.Array(oneOf('issuer-missing', 'vat-number-missing', 'buyer-address-missing')),
        }),
      ),
      orders: Type.Array(
        Type.Object({
          order: rowId,
          account: Type.String(),
          credits: count,
          credit: money,
          /** With tax. */
          total: money,
          isOnAccount: Type.Boolean(),
          orderedAt: instant,
        }),
      ),
    }),
    permission: 'reviews.read',
    audited: false,
  },
  /** `release`: it leaves at its requested time, or now. */
  'operator.todo.decideCampaign': {
    method: 'POST',
    path: '/console/api/operator/todo/campaigns/:campaign',
    parameters: strict({ campaign: rowId }),
    body: strict({ decision: oneOf('release', 'refuse'), reason }),
    answer: nothing,
    permission: 'operator-campaigns.write',
    audited: true,
  },
  'operator.todo.decideSender': {
    method: 'POST',
    path: '/console/api/operator/todo/senders',
    body: named,
    answer: nothing,
    permission: 'reviews.write',
    audited: true,
  },
  'operator.todo.decideTemplate': {
    method: 'POST',
    path: '/console/api/operator/todo/templates',
    body: named,
    answer: nothing,
    permission: 'reviews.write',
    audited: true,
  },
  /** `conflict`: the issuer or the buyer is incomplete. */
  'operator.todo.issueInvoice': {
    method: 'POST',
    path: '/console/api/operator/todo/orders/:order/invoice',
    parameters: strict({ order: rowId }),
    answer: Type.Object({ invoice: Type.String() }),
    permission: 'operator-invoices.write',
    audited: true,
  },
  /** `pay` adds the credit to the account, once. */
  'operator.todo.decideOrder': {
    method: 'POST',
    path: '/console/api/operator/todo/orders/:order',
    parameters: strict({ order: rowId }),
    body: strict({ decision: oneOf('pay', 'cancel') }),
    answer: nothing,
    permission: 'credit-orders.write',
    audited: true,
  },
});
