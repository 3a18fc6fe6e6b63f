// chappe order list | show | confirm | cancel: credit that customers ordered, and whether it was paid.
import { formatEuro } from '#domain/money/micros.ts';
import { withTaxMicros } from '#domain/money/orders.ts';
import type { Runtime } from '#main/runtime.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import {
  cancelOrder,
  findOrder,
  listOrders,
  type OrderStatus,
  payOrder,
  type StoredOrder,
} from '#store/money/orders.ts';
import { type Call, type Command, readNumber, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

const statuses: readonly OrderStatus[] = ['open', 'paid', 'cancelled'];

export const orderList: Command = {
  words: 'order list',
  summary: 'Lists orders of credit, the newest first: those that wait for their payment, or others.',
  options: {
    status: { type: 'string', value: 'STATUS', help: `${statuses.join(', ')}, or all; open when left out` },
    limit: { type: 'string', value: 'N', help: 'at most so many; 100 when left out' },
  },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const limit = readNumber(call, 'limit', 100, 1, 100_000);
      const orders = await listOrders(database.query, { status: readStatus(call), limit });
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

function readStatus(call: Call): OrderStatus | null {
  const written = call.text('status') ?? 'open';
  if (written === 'all') return null;
  const status = statuses.find((known) => known === written);
  if (status === undefined)
    throw new UsageError(`--status is "${written}", but must be one of ${statuses.join(', ')}, all`);
  return status;
}

export const orderShow: Command = {
  words: 'order show',
  positionals: ['ID'],
  summary: 'Shows an order of credit, and the end of the address of its form.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const order = await requireOrder(call, runtime);
      const account = await readAccount(runtime.database.query, order.accountId);
      const shown = { account: account!.serviceName, email: account!.email, ...describe(order) };
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
  summary: 'An order was paid: its credit is added to the account, once.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const { query } = runtime.database;
      const order = await requireOrder(call, runtime);
      const availableMicros = await payOrder(query, order, runtime.clock.now());
      if (availableMicros === null) throw await decidedBefore(runtime, order);
      const added = formatEuro(order.creditMicros, 6);
      const available = formatEuro(availableMicros, 6);
      call.print({ order: order.id, status: 'paid', added, available }, [
        `order ${order.id} paid: ${formatEuro(order.creditMicros, 2)} EUR of credit added, ` +
          `${formatEuro(availableMicros, 2)} EUR available`,
      ]);
      return 0;
    }),
};

export const orderCancel: Command = {
  words: 'order cancel',
  positionals: ['ID'],
  summary: 'An order will not be paid: it is closed, and nothing is added.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const order = await requireOrder(call, runtime);
      if (!(await cancelOrder(runtime.database.query, order, runtime.clock.now())))
        throw await decidedBefore(runtime, order);
      call.print({ order: order.id, status: 'cancelled' }, [`order ${order.id} cancelled`]);
      return 0;
    }),
};

async function requireOrder(call: Call, { database }: Runtime): Promise<StoredOrder> {
  const written = call.positionals[0] ?? '';
  const order = /^\d{1,15}$/.test(written) ? await findOrder(database.query, Number(written)) : null;
  if (order === null)
    throw new UsageError(`there is no order ${written}; see chappe order list --status all`);
  return order;
}

async function decidedBefore({ database }: Runtime, { id }: StoredOrder): Promise<Error> {
  const order = (await findOrder(database.query, id))!;
  return new Error(`order ${id} was ${order.status} on ${isoOf(order.decidedAtMs)} already`);
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

function describe(order: StoredOrder) {
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
