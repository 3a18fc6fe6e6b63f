// Issues the invoice of a paid order in the transaction that paid it, or later. Used by the services of invoices and, as a
// need, by the operator's orders and the automatic top-up.
// Promises: at most one invoice of an order is in force, and numbers have no gap. Locks the series last.
import {
  buyerOf,
  buyerProblems,
  dayOf,
  type InvoiceKind,
  type Issuer,
  issuerProblems,
  numberOf,
  restOfOrder,
  seriesOf,
} from '#domain/money/invoices.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import type { Query } from '#store/database/database.ts';
import {
  insertInvoice,
  listInvoicesOfOrder,
  type NewInvoice,
  type StoredInvoice,
  takeInvoiceNumber,
} from '#store/money/invoices.ts';
import type { StoredOrder } from '#store/money/orders.ts';
import { readPlatformSetting } from '#store/platform/platform-settings.ts';

/** Key of the issuer in the settings of the platform. */
export const issuerKey = 'invoice_issuer';

/** `isNew` false: the invoice existed. */
export type Issued =
  | { readonly number: string; readonly isNew: boolean }
  | { readonly problems: readonly string[] };

/**
 * Issues the invoice of an order that is paid and locked by this transaction. Returns the existing number if one is in force,
 * and the problems as sentences if the issuer or the buyer is incomplete: a payment is confirmed without an invoice rather
 * than refused.
 */
export async function issueInvoice(query: Query, order: StoredOrder, nowMs: number): Promise<Issued> {
  const documents = await listInvoicesOfOrder(query, order.id);
  const existing = invoiceInForce(documents);
  if (existing !== null) return { number: existing.number, isNew: false };
  const issuer = await readPlatformSetting<Issuer>(query, issuerKey);
  const buyer = buyerOf((await readAccount(query, order.accountId))!);
  const problems = [...issuerProblems(issuer, order), ...buyerProblems(buyer)];
  if (issuer === null || problems.length > 0) return { problems };
  const { number } = await insertNumbered(query, 'invoice', nowMs, {
    accountId: order.accountId,
    orderId: order.id,
    invoiceNumber: null,
    reason: null,
    ...restOfOrder(order, takenBack(documents)),
    paidAtMs: order.isOnAccount ? null : (order.decidedAtMs ?? nowMs),
    issuer,
    buyer,
  });
  return { number, isNew: true };
}

/** Takes the number and inserts the document. The last lock of a transaction. */
export async function insertNumbered(
  query: Query,
  kind: InvoiceKind,
  nowMs: number,
  facts: Omit<NewInvoice, 'kind' | 'number' | 'issuedOn' | 'issuedAtMs'>,
): Promise<StoredInvoice> {
  const series = seriesOf(kind, facts.issuer, nowMs);
  const { position, issuedAtMs } = await takeInvoiceNumber(query, series, nowMs);
  return insertInvoice(query, {
    ...facts,
    kind,
    number: numberOf(series, position),
    issuedOn: dayOf(issuedAtMs, facts.issuer),
    issuedAtMs,
  });
}

/**
 * The last invoice of an order; null if there is none, or if credit notes cancelled the last one completely and left credit of
 * the order: that part is still paid, so that it can be invoiced again with corrected data.
 */
function invoiceInForce(documents: readonly StoredInvoice[]): StoredInvoice | null {
  const last = documents.findLast(({ kind }) => kind === 'invoice') ?? null;
  if (last === null) return null;
  const notes = documents.filter(({ invoiceNumber }) => invoiceNumber === last.number);
  const isCancelled = notes.length > 0 && sumOf(notes, 'withoutTaxMicros') === last.withoutTaxMicros;
  return isCancelled && sumOf(notes, 'creditMicros') < last.creditMicros ? null : last;
}

/** Credit notes that took the credit of their part. */
function takenBack(documents: readonly StoredInvoice[]): StoredInvoice[] {
  return documents.filter(({ kind, creditMicros }) => kind === 'credit_note' && creditMicros > 0n);
}

export function sumOf(
  documents: readonly StoredInvoice[],
  amount: 'withoutTaxMicros' | 'creditMicros',
): bigint {
  return documents.reduce((sum, document) => sum + document[amount], 0n);
}
