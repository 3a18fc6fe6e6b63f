// Handlers of the credit: figures, entries, orders, prices, alert and automatic top-up. Used by http-family.ts.
import { dayOf, isReverseCharge, readVatNumber } from '#domain/money/invoices.ts';
import { type OrderPrices, packQuantities } from '#domain/money/orders.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { AccountStatement } from '#operations/money/account-statements.ts';
import type { Services } from '#operations/services.ts';
import type { creditCalls } from './contract/credit.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { readFrom, readUntil } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, euros, iso, isoOrNull, readKey } from './response.ts';

const usualLimit = 50;

export function creditHandlers({ services }: ConsoleOptions): HandlersOf<typeof creditCalls> {
  const { accountLedger, accounts, accountStatements, invoices, orders } = services;
  return {
    async 'credit.read'({ access }) {
      const figures = await accountLedger.read(access);
      const { creditAlert, automaticTopUp, billing } = (await accounts.read(access)).account.settings;
      return {
        available: euros(figures.availableMicros),
        reserved: euros(figures.heldMicros),
        balance: euros(figures.balanceMicros),
        spentThisMonth: euros(figures.spentThisMonthMicros),
        packs: figures.packs.map(renderQuote),
        alert: creditAlert && { bound: creditAlert.bound, tier: creditAlert.tier, email: creditAlert.email },
        automaticTopUp: { quantity: automaticTopUp.quantity, threshold: automaticTopUp.threshold },
        billing: { name: billing.name, address: [...billing.address], vatNumber: billing.vatNumber },
      };
    },
    async 'credit.listEntries'({ access, parameters }) {
      const { limit = usualLimit, kind } = parameters;
      const filter = {
        kind: kind ?? null,
        from: readFrom('from', parameters.from),
        to: readUntil('to', parameters.to),
      };
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await accountLedger.listEntries(access, filter, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return {
        rows: rows.map(({ id, atMs, amountMicros, messageId, campaigns, ...row }) => ({
          ...row,
          entry: id,
          at: iso(atMs),
          amount: euros(amountMicros),
          message: messageId,
          campaigns: [...campaigns],
        })),
        next,
      };
    },
    async 'credit.listOrders'({ access, parameters }) {
      const { limit = usualLimit } = parameters;
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await accountLedger.listOrders(access, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map(renderOrder), next };
    },
    async 'credit.order'({ access, body: { quantity } }) {
      if (!packQuantities.includes(quantity))
        throw new ConsoleRefusal('request-invalid', {
          detail: `A pack has one of these sizes: ${packQuantities.join(', ')}.`,
          fields: { quantity: 'not-allowed' },
        });
      const placed = await orders.place(access, quantity);
      if (placed === null)
        throw new ConsoleRefusal('conflict', {
          detail: 'Too many orders are open. Pay or cancel some first.',
        });
      return renderOrder(placed);
    },
    async 'credit.listInvoices'({ access, parameters }) {
      const { limit = usualLimit } = parameters;
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await invoices.list(access, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map(renderInvoiceRow), next };
    },
    async 'credit.readInvoice'({ access, parameters: { number } }) {
      const found = await invoices.read(access, number);
      if (found === null) throw notFound();
      return renderInvoice(found);
    },
    async 'credit.readStatement'({ access, parameters: { month } }) {
      const found = await accountStatements.read(access, month);
      if (found === null) throw notFound();
      return renderStatement(found, access.account.name || access.account.serviceName);
    },
    async 'credit.listPrices'({ access, parameters: { q } }) {
      const { rates, replySurchargeMicros } = await accountLedger.listPrices(access);
      const country = q === undefined ? null : countryOf(q);
      return {
        rows: rates
          .filter((rate) => country === null || rate.country === country)
          .map((rate) => ({ country: rate.country, tier: rate.tier, price: euros(rate.priceMicros) })),
        replySurcharge: euros(replySurchargeMicros),
      };
    },
    async 'credit.update'({ access, body: { alert, automaticTopUp, billing } }) {
      await accounts.editParameters(access, {
        ...(alert !== undefined && { alert }),
        ...(automaticTopUp !== undefined && { topUp: automaticTopUp }),
        ...(billing !== undefined && { billing: readBilling(billing) }),
      });
      return {};
    },
  };
}

/** A country's code, or that of a number. Text that is neither is compared with the codes and finds nothing. */
function countryOf(q: string): string {
  const written = q.trim();
  if (/^[a-z]{2}$/i.test(written)) return written.toUpperCase();
  const read = readMsisdn(written, null);
  return read.ok ? read.country : written;
}

function renderQuote(prices: OrderPrices): Answer<'credit.read'>['packs'][number] {
  const { quantity, discountPercent, vatPercent, creditMicros, withoutTaxMicros, taxMicros } = prices;
  return {
    quantity,
    discountPercent,
    vatPercent,
    credit: euros(creditMicros),
    withoutTax: euros(withoutTaxMicros),
    tax: euros(taxMicros),
    withTax: euros(withoutTaxMicros + taxMicros),
  };
}

interface ShownOrder {
  readonly id: number;
  readonly token: string;
  readonly quantity: number;
  readonly creditMicros: bigint;
  readonly withoutTaxMicros: bigint;
  readonly taxMicros: bigint;
  readonly isAutomatic: boolean;
  readonly status: 'open' | 'paid' | 'cancelled';
  readonly orderedAtMs: number;
  readonly decidedAtMs: number | null;
}

function renderOrder(order: ShownOrder): Answer<'credit.order'> {
  const { id, token, quantity, isAutomatic, status, withoutTaxMicros, taxMicros } = order;
  return {
    order: id,
    quantity,
    credit: euros(order.creditMicros),
    withoutTax: euros(withoutTaxMicros),
    tax: euros(taxMicros),
    withTax: euros(withoutTaxMicros + taxMicros),
    status,
    isAutomatic,
    orderedAt: iso(order.orderedAtMs),
    decidedAt: isoOrNull(order.decidedAtMs),
    form: `/orders/${token}`,
  };
}

type Invoice = NonNullable<Awaited<ReturnType<Services['invoices']['read']>>>;

function renderInvoiceRow(invoice: Invoice): Answer<'credit.listInvoices'>['rows'][number] {
  const { number, kind, issuedOn, orderId, invoiceNumber, withoutTaxMicros, taxMicros } = invoice;
  return {
    ...{ number, kind, issuedOn, order: orderId, invoice: invoiceNumber },
    withoutTax: euros(withoutTaxMicros),
    tax: euros(taxMicros),
    withTax: euros(withoutTaxMicros + taxMicros),
  };
}

function renderInvoice(invoice: Invoice): Answer<'credit.readInvoice'> {
  const { issuer, buyer, reason, quantity, discountPercent, vatPercent } = invoice;
  return {
    ...renderInvoiceRow(invoice),
    ...{ reason, quantity, discountPercent, vatPercent },
    original: euros(invoice.originalMicros),
    isReverseCharge: isReverseCharge(invoice),
    paidOn: invoice.paidAtMs === null ? null : dayOf(invoice.paidAtMs, issuer),
    issuer: {
      ...{ name: issuer.name, address: [...issuer.address], vatNumber: issuer.vatNumber },
      ...{ registration: issuer.registration, mentions: [...issuer.mentions] },
    },
    buyer: { ...buyer, address: [...buyer.address] },
  };
}

function renderStatement(statement: AccountStatement, name: string): Answer<'credit.readStatement'> {
  const { month, isComplete, hasMoreMovements } = statement;
  return {
    ...{ name, month, isComplete, hasMoreMovements },
    from: iso(statement.fromMs),
    to: iso(statement.toMs),
    opening: euros(statement.openingMicros),
    purchases: euros(statement.purchasesMicros),
    consumption: euros(statement.consumptionMicros),
    lookups: euros(statement.lookupsMicros),
    corrections: euros(statement.correctionsMicros),
    closing: euros(statement.closingMicros),
    byCountry: statement.consumption.map(({ amountMicros, ...row }) => ({
      ...row,
      price: euros(amountMicros),
    })),
    movements: statement.movements.map(({ id, atMs, amountMicros, orderId, kind, note }) => ({
      ...{ entry: id, at: iso(atMs), kind, amount: euros(amountMicros), order: orderId, note },
    })),
  };
}

/** Refuses a VAT number that is none. Empty lines are left out. */
function readBilling(billing: {
  readonly name: string | null;
  readonly address: readonly string[];
  readonly vatNumber: string | null;
}) {
  const vatNumber = billing.vatNumber === null ? null : readVatNumber(billing.vatNumber);
  if (billing.vatNumber !== null && vatNumber === null)
    throw new ConsoleRefusal('request-invalid', {
      detail: 'A VAT number is a country and its digits, such as FR00000000000.',
      fields: { 'billing.vatNumber': 'malformed' },
    });
  return { ...billing, vatNumber, address: billing.address.flatMap((line) => line.trim() || []) };
}
