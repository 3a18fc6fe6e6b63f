// Handlers of the operator's calls about decisions. Used by http-family.ts through operator-routes.ts.
import { formatEuro } from '#domain/money/micros.ts';
import type { operatorTodoCalls } from './contract/operator-todo.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso } from './response.ts';

const euro = (micros: bigint) => formatEuro(micros, 6);
const most = 100;
const statusOf = { enable: 'enabled', refuse: 'refused' } as const;

export function operatorTodoHandlers({ services }: ConsoleOptions): HandlersOf<typeof operatorTodoCalls> {
  const { campaigns, reviews, orders, invoices } = services.operator;
  return {
    async 'operator.todo.read'({ access }) {
      const held = await campaigns.list(access, true, most);
      const senders = await reviews.listSenders(access, true);
      const templates = await reviews.listTemplates(access, true);
      const open = await orders.list(access, 'open', most);
      const missing = await invoices.listMissing(access, most);
      return {
        campaigns: held.map(({ campaignId, serviceName, text, cues, messageCount, ...row }) => ({
          ...{ campaign: campaignId, account: serviceName, text, cues: [...(cues ?? [])] },
          ...{ messages: messageCount, flagged: row.flaggedOfAccount, createdAt: iso(row.createdAtMs) },
        })),
        senders: senders.slice(0, most).map(({ serviceName, name, reason, createdAtMs }) => ({
          ...{ account: serviceName, name, reason, requestedAt: iso(createdAtMs) },
        })),
        templates: templates.slice(0, most).map(({ serviceName, name, message, reason, changedAtMs }) => ({
          ...{ account: serviceName, name, message, reason, requestedAt: iso(changedAtMs) },
        })),
        invoices: missing.map(({ order, account, obstacles }) => ({
          ...{ order: order.id, account, obstacles: [...obstacles] },
          total: euro(order.withoutTaxMicros + order.taxMicros),
          paidAt: iso(order.decidedAtMs ?? order.orderedAtMs),
        })),
        orders: open.map(({ id, serviceName, quantity, creditMicros, ...order }) => ({
          ...{ order: id, account: serviceName, credits: quantity, credit: euro(creditMicros) },
          total: euro(order.withoutTaxMicros + order.taxMicros),
          isOnAccount: order.isOnAccount,
          orderedAt: iso(order.orderedAtMs),
        })),
      };
    },
    async 'operator.todo.decideCampaign'({ access, parameters, body: { decision, reason = null } }) {
      const id = String(parameters.campaign);
      if (decision === 'release') await campaigns.release(access, id);
      else await campaigns.refuse(access, id, reason);
      return {};
    },
    async 'operator.todo.decideSender'({ access, body: { account, name, decision, reason } }) {
      const comment = reason?.trim() || null;
      await reviews.decideSender(access, { account, name, status: statusOf[decision], comment });
      return {};
    },
    async 'operator.todo.decideTemplate'({ access, body: { account, name, decision, reason } }) {
      const comment = reason?.trim() || null;
      await reviews.decideTemplate(access, { account, name, status: statusOf[decision], comment });
      return {};
    },
    async 'operator.todo.issueInvoice'({ access, parameters }) {
      return { invoice: (await invoices.issue(access, String(parameters.order))).number };
    },
    async 'operator.todo.decideOrder'({ access, parameters, body: { decision } }) {
      const id = String(parameters.order);
      if (decision === 'pay') await orders.confirm(access, id);
      else await orders.cancel(access, id);
      return {};
    },
  };
}
