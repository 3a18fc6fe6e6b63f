// chappe order list | show | confirm | cancel: credit orders of customers and their payment.
import { formatEuro } from '#domain/money/micros.ts';
import { withTaxMicros } from '#domain/money/orders.ts';
import { issueInvoice } from '#operations/money/invoices/issue.ts';
import { createOperatorOrders, type OrderDetails, orderStatuses } from '#operations/operator/orders.ts';
import { type Command, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

const createOrders = (runtime: Parameters<typeof createOperatorOrders>[0]) =>
  createOperatorOrders(runtime, { issueInvoice });

export const orderList: Command = {
  words: 'order list',
  summary: 'Lists orders of credit, newest first: by default those that wait for payment.',
  options: {
    status: {
      type: 'string',
      value: 'STATUS',
      help: `${orderStatuses.join(', ')} or all (open)`,
    },
    limit: { type: 'string', value: 'N', help: 'maximum number of orders (100)' },
  },
  run: (call) =>
    withService(call, createOrders, async (service, access) => {
      const limit = readNumber(call, 'limit', 100, 1, 100_000);
      const orders = await service.list(access, call.text('status') ?? 'open', limit);
      const rows = orders.map((order) => ({ account: order.serviceName, ...describe(order) }));
      call.print(
        rows,
        rows.map(
          (r) =>
            `${r.order}  ${r.orderedAt}  ${r.status.padEnd(9)}  ${r.account}  ${String(r.credits).padStart(7)} credits  ` +
            `${r.toPay.padStart(10)} EUR${r.automatic ? '  automatic' : ''}${r.onAccount ? ', on account' : ''}`,
        ),
      );
      return 0;
    }),
};

export const orderShow: Command = {
  words: 'order show',
  positionals: ['ID'],
  summary: 'Shows an order of credit, with the path of its order form.',
  options: {},
  run: (call) =>
    withService(call, createOrders, async (orders, access) => {
      const { order, serviceName, email } = await orders.show(access, call.positionals[0]!);
      const shown = { account: serviceName, email, ...describe(order) };
      call.print(
        shown,
        Object.entries(shown)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => `${name.padEnd(12)} ${value}`),
      );
      return 0;
    }),
};

export const orderConfirm: Command = {
  words: 'order confirm',
  positionals: ['ID'],
  summary: 'Confirms the payment of an order: adds its credit to the account, once.',
  options: {},
  run: (call) =>
    withService(call, createOrders, async (orders, access) => {
      const { order, availableMicros, invoice } = await orders.confirm(access, call.positionals[0]!);
      const added = formatEuro(order.creditMicros, 6);
      const available = formatEuro(availableMicros, 6);
      const number = 'number' in invoice ? invoice.number : null;
      const missing = 'problems' in invoice ? invoice.problems : [];
      const shown = { order: order.id, status: 'paid', added, available, invoice: number };
      call.print({ ...shown, ...(missing.length > 0 && { invoiceMissing: missing }) }, [
        `order ${order.id} paid: ${formatEuro(order.creditMicros, 2)} EUR of credit added, ` +
          `${formatEuro(availableMicros, 2)} EUR available`,
        number === null ? `no invoice was issued: ${missing.join('; ')}` : `invoice ${number}`,
        ...(number === null ? [`afterwards: chappe invoice issue ${order.id}`] : []),
      ]);
      return 0;
    }),
};

export const orderCancel: Command = {
  words: 'order cancel',
  positionals: ['ID'],
  summary: 'Closes an order without payment; no credit is added.',
  options: {},
  run: (call) =>
    withService(call, createOrders, async (orders, access) => {
      const order = await orders.cancel(access, call.positionals[0]!);
      call.print({ order: order.id, status: 'cancelled' }, [`order ${order.id} cancelled`]);
      return 0;
    }),
};

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function describe(order: OrderDetails['order']) {
  return {
    order: order.id,
    status: order.status,
    automatic: order.isAutomatic,
    onAccount: order.isOnAccount,
    credits: order.quantity,
    credit: formatEuro(order.creditMicros, 6),
    withoutTax: formatEuro(order.withoutTaxMicros, 2),
    tax: formatEuro(order.taxMicros, 2),
    toPay: formatEuro(withTaxMicros(order), 2),
    orderedAt: isoOf(order.orderedAtMs),
    decidedAt: isoOf(order.decidedAtMs),
    form: `/orders/${order.token}`,
  };
}
