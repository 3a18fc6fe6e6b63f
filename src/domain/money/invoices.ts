// Invoices and credit notes of paid orders of credit: the parties, the amounts and the numbers. Used by the invoice services.
// Pure. An issued document never changes: a mistake is corrected by a credit note and another invoice.
import { renderLocalTime, zoneOffset } from '#lib/time/zoned-time.ts';
import type { OrderPrices } from './orders.ts';

/** The party that sells credit, as the law names it on an invoice. */
export interface Issuer {
  readonly name: string;
  readonly address: readonly string[];
  /** Of the register of companies, such as `SIREN 000 000 000 RCS Paris`. Null: not registered. */
  readonly registration: string | null;
  /** Null: not liable to value added tax. */
  readonly vatNumber: string | null;
  /** Lines below the sums: terms of payment, penalties, the reason of an exemption. */
  readonly mentions: readonly string[];
  /** IANA zone of the days and years of invoices. */
  readonly timeZone: string;
  /** The begin of the numbers: `INV-` gives INV-2026-00001. */
  readonly invoicePrefix: string;
  readonly creditNotePrefix: string;
}

/** The party that buys credit. */
export interface Buyer {
  readonly name: string;
  readonly address: readonly string[];
  readonly vatNumber: string | null;
  readonly email: string;
  readonly serviceName: string;
}

/** The buyer's data that an account stores; the name of the account and its e-mail complete them. */
export interface BillingDetails {
  /** Null: the name of the account. */
  readonly name: string | null;
  readonly address: readonly string[];
  readonly vatNumber: string | null;
  /** Tax on the orders of this account, in percent. Null: CHAPPE_VAT_PERCENT. */
  readonly vatPercent: number | null;
}

export const noBillingDetails: BillingDetails = {
  name: null,
  address: [],
  vatNumber: null,
  vatPercent: null,
};

export type InvoiceKind = 'invoice' | 'credit_note';

/** Positive also in a credit note. */
export interface InvoiceAmounts {
  readonly withoutTaxMicros: bigint;
  readonly vatPercent: number;
  readonly taxMicros: bigint;
  /** The credit that the invoice sold, or that the credit note took back. */
  readonly creditMicros: bigint;
}

/** VAT numbers of the European Union, the United Kingdom and Switzerland: a country and 2 to 13 characters. */
const vatNumberForm = /^[A-Z]{2}[0-9A-Z+*]{2,13}$/;

/** Without spaces, points and hyphens, in capitals; null if it is none. */
export function readVatNumber(written: string): string | null {
  const number = written.replace(/[\s.-]/g, '').toUpperCase();
  return vatNumberForm.test(number) ? number : null;
}

/** The text in front of the number: numbers count from 1 in each series. */
export function seriesOf(kind: InvoiceKind, issuer: Issuer, nowMs: number): string {
  const prefix = kind === 'invoice' ? issuer.invoicePrefix : issuer.creditNotePrefix;
  return `${prefix}${dayOf(nowMs, issuer).slice(0, 4)}-`;
}

export function numberOf(series: string, position: number): string {
  return series + String(position).padStart(5, '0');
}

/** Such as 2026-11-30, in the zone of the issuer. */
export function dayOf(atMs: number, { timeZone }: Pick<Issuer, 'timeZone'>): string {
  return renderLocalTime(atMs, zoneOffset(timeZone)).slice(0, 10);
}

/** Reasons why an issuer cannot invoice these amounts, as sentences with their remedies. */
export function issuerProblems(issuer: Issuer | null, amounts: Pick<InvoiceAmounts, 'vatPercent'>): string[] {
  if (issuer === null)
    return [
      'the issuer of invoices is not set; set it with chappe invoice issuer --name NAME --address LINES',
    ];
  const problems: string[] = [];
  if (issuer.vatNumber === null && amounts.vatPercent > 0)
    problems.push(
      'the issuer has no VAT number, but the order has value added tax; set it with chappe invoice issuer --vat-number NUMBER',
    );
  return problems;
}

/** Why an order has no invoice; the operator mends it with the setting that the sentence above names. */
export type InvoiceObstacle = 'issuer-missing' | 'vat-number-missing' | 'buyer-address-missing';

export function invoiceObstacles(
  issuer: Issuer | null,
  buyer: Buyer,
  amounts: Pick<InvoiceAmounts, 'vatPercent'>,
): InvoiceObstacle[] {
  const obstacles: InvoiceObstacle[] = [];
  if (issuerProblems(issuer, amounts).length > 0)
    obstacles.push(issuer === null ? 'issuer-missing' : 'vat-number-missing');
  if (buyerProblems(buyer).length > 0) obstacles.push('buyer-address-missing');
  return obstacles;
}

export function buyerProblems(buyer: Buyer): string[] {
  if (buyer.address.length > 0) return [];
  return [
    `the account ${buyer.serviceName} has no billing address; set it with chappe account set ${buyer.serviceName} --billing-address LINES`,
  ];
}

export function buyerOf(account: {
  readonly name: string;
  readonly email: string;
  readonly serviceName: string;
  readonly settings: { readonly billing: BillingDetails };
}): Buyer {
  const { name, address, vatNumber } = account.settings.billing;
  const { email, serviceName } = account;
  return {
    name: name ?? (account.name === '' ? email : account.name),
    address,
    vatNumber,
    email,
    serviceName,
  };
}

/** Prefixes of VAT numbers in the EU; EL is Greece, XI Northern Ireland (Directive 2006/112/EC, article 215). */
const memberStates: ReadonlySet<string> = new Set(
  'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI'.split(' '),
);

/** Without tax because the buyer owes it in another member state (Directive 2006/112/EC, article 196). */
export function isReverseCharge(invoice: {
  readonly taxMicros: bigint;
  readonly issuer: Pick<Issuer, 'vatNumber'>;
  readonly buyer: Pick<Buyer, 'vatNumber'>;
}): boolean {
  const countryOf = (vatNumber: string | null) => {
    const prefix = vatNumber?.slice(0, 2).toUpperCase() ?? '';
    return memberStates.has(prefix) ? prefix : null;
  };
  const [from, to] = [countryOf(invoice.issuer.vatNumber), countryOf(invoice.buyer.vatNumber)];
  return invoice.taxMicros === 0n && from !== null && to !== null && from !== to;
}

/**
 * The lines of an invoice over the part of an order that credit notes have not taken back. The amounts are exact; the price
 * before the discount is rounded to cents and the quantity to whole credits.
 */
export function restOfOrder(
  order: OrderPrices,
  taken: readonly InvoiceAmounts[],
): InvoiceAmounts & Pick<OrderPrices, 'quantity' | 'originalMicros' | 'discountPercent'> {
  const { vatPercent, discountPercent, quantity, originalMicros } = order;
  const rest = (name: 'withoutTaxMicros' | 'taxMicros' | 'creditMicros') =>
    taken.reduce((left, note) => left - note[name], order[name]);
  const creditMicros = rest('creditMicros');
  const shareOf = (whole: bigint) => (whole * creditMicros + order.creditMicros / 2n) / order.creditMicros;
  return {
    quantity: Number(shareOf(BigInt(quantity))),
    originalMicros: taken.length === 0 ? originalMicros : shareOf(originalMicros / centMicros) * centMicros,
    discountPercent,
    withoutTaxMicros: rest('withoutTaxMicros'),
    vatPercent,
    taxMicros: rest('taxMicros'),
    creditMicros,
  };
}

/** The fields of the buyer that a change sets to another value, before and after. */
export function billingDifference(
  before: BillingDetails,
  change: Partial<BillingDetails>,
): { readonly before: Partial<BillingDetails>; readonly after: Partial<BillingDetails> } | null {
  const changed = Object.entries(change).filter(
    ([name, value]) => JSON.stringify(before[name as keyof BillingDetails]) !== JSON.stringify(value),
  );
  if (changed.length === 0) return null;
  return {
    before: Object.fromEntries(changed.map(([name]) => [name, before[name as keyof BillingDetails]])),
    after: Object.fromEntries(changed),
  };
}

/**
 * The amounts of a credit note over `withoutTaxMicros` of an invoice of which `beforeMicros` are credited already; null if
 * the rest of the invoice is smaller, or nothing is credited. Tax and credit are the shares of the sum so far minus the
 * shares before, so that notes over the whole invoice add up to it exactly, whatever their number.
 */
export function creditNoteAmounts(
  invoice: InvoiceAmounts,
  beforeMicros: bigint,
  withoutTaxMicros: bigint,
): InvoiceAmounts | null {
  const sumMicros = beforeMicros + withoutTaxMicros;
  if (withoutTaxMicros <= 0n || sumMicros > invoice.withoutTaxMicros) return null;
  const shareOf = (whole: bigint, unit: bigint) => {
    const upTo = (part: bigint) =>
      ((whole / unit) * part + invoice.withoutTaxMicros / 2n) / invoice.withoutTaxMicros;
    return (upTo(sumMicros) - upTo(beforeMicros)) * unit;
  };
  return {
    withoutTaxMicros,
    vatPercent: invoice.vatPercent,
    taxMicros: shareOf(invoice.taxMicros, centMicros),
    creditMicros: shareOf(invoice.creditMicros, 1n),
  };
}

/** Amounts of invoices are whole cents; credit has micros. */
const centMicros = 10_000n;
