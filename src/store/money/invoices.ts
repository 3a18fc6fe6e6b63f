// Invoices and credit notes: numbered, inserted and read. Used by the invoice services. A document never changes: there is no
// update and no deletion, and a trigger refuses both.
import type { Buyer, InvoiceAmounts, InvoiceKind, Issuer } from '#domain/money/invoices.ts';
import {
  float8,
  instant,
  int4,
  int8,
  json,
  list,
  micros,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const next = statement('take_invoice_number', {
  params: { series: text, now: instant },
  row: { position: int4, issuedAtMs: instant },
  // The conflict waits for the transaction that holds the row: a number is used or never given.
  text: (p) => `
insert into invoice_series as s (series, last_number, last_issued_at) values (${p.series}, 1, ${p.now})
on conflict (series) do update set last_number = s.last_number + 1,
  last_issued_at = greatest(s.last_issued_at, excluded.last_issued_at)
returning s.last_number as position, s.last_issued_at as "issuedAtMs"`,
});

/**
 * The next position of a series and the instant of issue, which never decreases within the series. Locks the series until
 * the end of the transaction: call it as late as possible, after every other lock.
 */
export async function takeInvoiceNumber(
  query: Query,
  series: string,
  nowMs: number,
): Promise<{ readonly position: number; readonly issuedAtMs: number }> {
  return (await next.find(query, { series, now: nowMs }))!;
}

const columnTypes = {
  accountId: int4,
  kind: word<InvoiceKind>(),
  number: text,
  issuedOn: text,
  issuedAtMs: instant,
  orderId: int8,
  /** Of a credit note. */
  invoiceNumber: nullable(text),
  reason: nullable(text),
  quantity: int4,
  originalMicros: micros,
  discountPercent: float8,
  withoutTaxMicros: micros,
  vatPercent: float8,
  taxMicros: micros,
  creditMicros: micros,
  paidAtMs: nullable(instant),
  issuer: json<Issuer>(),
  buyer: json<Buyer>(),
};
const row = { id: int8, ...columnTypes };
const columns = `i.id, i.account_id as "accountId", i.kind, i.number, i.issued_on as "issuedOn",
  i.issued_at as "issuedAtMs", i.order_id as "orderId", i.invoice_number as "invoiceNumber", i.reason, i.quantity,
  i.original_micros as "originalMicros", i.discount_percent as "discountPercent",
  i.without_tax_micros as "withoutTaxMicros", i.vat_percent as "vatPercent", i.tax_micros as "taxMicros",
  i.credit_micros as "creditMicros", i.paid_at as "paidAtMs", i.issuer, i.buyer`;

export type StoredInvoice = RowOf<typeof row>;
export type NewInvoice = Omit<StoredInvoice, 'id'> & InvoiceAmounts;

const insert = statement('insert_invoice', {
  params: columnTypes,
  row,
  text: (p) => `
insert into invoices as i (account_id, kind, number, issued_on, issued_at, order_id, invoice_number, reason, quantity,
  original_micros, discount_percent, without_tax_micros, vat_percent, tax_micros, credit_micros, paid_at, issuer, buyer)
values (${p.accountId}, ${p.kind}, ${p.number}, ${p.issuedOn}, ${p.issuedAtMs}, ${p.orderId}, ${p.invoiceNumber},
  ${p.reason}, ${p.quantity}, ${p.originalMicros}, ${p.discountPercent}, ${p.withoutTaxMicros}, ${p.vatPercent},
  ${p.taxMicros}, ${p.creditMicros}, ${p.paidAtMs}, ${p.issuer}, ${p.buyer})
returning ${columns}`,
});

export async function insertInvoice(query: Query, invoice: NewInvoice): Promise<StoredInvoice> {
  return (await insert.find(query, invoice))!;
}

const findByNumber = statement('find_invoice', {
  params: { number: text },
  row,
  text: (p) => `select ${columns} from invoices i where i.number = ${p.number}`,
});

export function findInvoice(query: Query, number: string): Promise<StoredInvoice | null> {
  return findByNumber.find(query, { number });
}

const lock = statement('lock_invoice', {
  params: { number: text },
  row,
  text: (p) => `select ${columns} from invoices i where i.number = ${p.number} for update`,
});

/** The same, locked until the end of the transaction: its credit notes come one after the other. */
export function lockInvoice(query: Query, number: string): Promise<StoredInvoice | null> {
  return lock.find(query, { number });
}

const listOfOrder = statement('list_invoices_of_order', {
  params: { orderId: int8 },
  row,
  text: (p) => `select ${columns} from invoices i where i.order_id = ${p.orderId} order by i.id`,
});

/** The invoices of an order and their credit notes, in the order of their issue. */
export function listInvoicesOfOrder(query: Query, orderId: number): Promise<StoredInvoice[]> {
  return listOfOrder.run(query, { orderId });
}

const listPage = statement('list_invoices', {
  params: { accountId: nullable(int4), beforeId: int8, limit: int4 },
  row,
  text: (p) => `
select ${columns} from invoices i
where (${p.accountId} is null or i.account_id = ${p.accountId}) and i.id < ${p.beforeId}
order by i.id desc limit ${p.limit}`,
});

/** Newest first. `accountId` null: of all accounts. */
export function listInvoices(
  query: Query,
  filter: { readonly accountId: number | null; readonly beforeId: number; readonly limit: number },
): Promise<StoredInvoice[]> {
  return listPage.run(query, filter);
}

const listInvoiced = statement('list_invoiced_orders', {
  params: { orderIds: list(int8) },
  row: { orderId: int8 },
  text: (p) => `select distinct order_id as "orderId" from invoices where order_id = any(${p.orderIds})`,
});

/** Those of these orders that have an invoice, also a credited one. */
export async function listInvoicedOrders(query: Query, orderIds: readonly number[]): Promise<Set<number>> {
  return new Set((await listInvoiced.run(query, { orderIds })).map(({ orderId }) => orderId));
}
