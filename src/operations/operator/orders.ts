// Orders of credit, for the operator: listed, confirmed when they are paid, or cancelled. Used by `chappe order`.
// Refuses, as OperatorRefusal: an unknown order or status. Throws OperatorConflict: an order that was decided before.
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import {
  cancelOrder,
  findOrder,
  listOrders,
  type OrderStatus,
  payOrder,
  type StoredOrder,
} from '#store/money/orders.ts';

export const orderStatuses: readonly OrderStatus[] = ['open', 'paid', 'cancelled'];

export interface OrderDetails {
  readonly order: StoredOrder;
  readonly serviceName: string;
  readonly email: string;
}

export interface PaidOrder {
  readonly order: StoredOrder;
  /** Available credit after the change. */
  readonly availableMicros: bigint;
  /** The number of the invoice, or the reasons why none was issued. */
  readonly invoice: { readonly number: string } | { readonly problems: readonly string[] };
}

export interface OperatorOrdersNeeds {
  /** Issues the invoice of the locked, paid order. */
  readonly issueInvoice: (query: Query, order: StoredOrder, nowMs: number) => Promise<PaidOrder['invoice']>;
}

export interface OperatorOrders {
  /** Newest first. `status` is one of orderStatuses, or `all`. */
  list(access: OperatorAccess, status: string, limit: number): ReturnType<typeof listOrders>;
  show(access: OperatorAccess, id: string): Promise<OrderDetails>;
  /** The order was paid: adds its credit to the account, once, and issues the invoice if its data is complete. */
  confirm(access: OperatorAccess, id: string): Promise<PaidOrder>;
  /** The order will not be paid: nothing is added. */
  cancel(access: OperatorAccess, id: string): Promise<StoredOrder>;
}

export function createOperatorOrders(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  { issueInvoice }: OperatorOrdersNeeds,
): OperatorOrders {
  return {
    async list(access, status, limit) {
      authorize(access, 'credit-orders.read');
      return listOrders(database.query, { status: readStatus(status), limit });
    },

    async show(access, id) {
      authorize(access, 'credit-orders.read');
      const order = await requireOrder(database.query, id);
      const { serviceName, email } = (await readAccount(database.query, order.accountId))!;
      return { order, serviceName, email };
    },

    async confirm(access, id) {
      authorize(access, 'credit-orders.write');
      return database.transaction(async (query) => {
        const order = await requireOrder(query, id);
        const nowMs = clock.now();
        const availableMicros = await payOrder(query, order, nowMs);
        if (availableMicros === null) throw await decidedBefore(query, order);
        const invoice = await issueInvoice(query, { ...order, decidedAtMs: nowMs }, nowMs);
        const after = {
          credit: formatEuro(order.creditMicros, 6),
          ...('number' in invoice && { invoice: invoice.number }),
        };
        const target = `order ${order.id}`;
        const change = { action: 'order.paid', target, after, accountId: order.accountId };
        await auditChange(query, access, change, nowMs);
        return { order, availableMicros, invoice };
      });
    },

    async cancel(access, id) {
      authorize(access, 'credit-orders.write');
      return database.transaction(async (query) => {
        const order = await requireOrder(query, id);
        if (!(await cancelOrder(query, order, clock.now()))) throw await decidedBefore(query, order);
        const target = `order ${order.id}`;
        const change = { action: 'order.cancelled', target, accountId: order.accountId };
        await auditChange(query, access, change, clock.now());
        return order;
      });
    },
  };
}

/** Null: all. */
function readStatus(written: string): OrderStatus | null {
  if (written === 'all') return null;
  const status = orderStatuses.find((known) => known === written);
  if (status !== undefined) return status;
  throw new OperatorRefusal(`"${written}" is not a status of orders: ${orderStatuses.join(', ')}, all`);
}

async function requireOrder(query: Query, written: string): Promise<StoredOrder> {
  const order = /^\d{1,15}$/.test(written) ? await findOrder(query, Number(written)) : null;
  if (order !== null) return order;
  throw new OperatorRefusal(`there is no order ${written}; see chappe order list --status all`);
}

async function decidedBefore(query: Query, { id }: StoredOrder): Promise<OperatorConflict> {
  const { status, decidedAtMs } = (await findOrder(query, id))!;
  return new OperatorConflict(`order ${id} was ${status} on ${new Date(decidedAtMs!).toISOString()} already`);
}
