// Writes the form of an order: seller, buyer, price and means of payment. Used by order-pages.ts. No program parses it.

import { showPrice } from '#dialects/ovh/api/prices.ts';
import { type Html, html } from '#dialects/shared/markup.ts';
import { reductionMicros, withTaxMicros } from '#domain/money/orders.ts';
import type { PlacedOrder } from '#operations/money/orders.ts';
import { renderPage } from './order-page.ts';

/** The operator's texts of orders. */
export interface OrderTexts {
  /** Lines of the seller: name, address and so on. */
  readonly seller: readonly string[];
  /** Lines of the means of payment. */
  readonly payment: readonly string[];
  /** Terms of sale. */
  readonly terms: string;
}

const states = {
  open: 'waiting for payment',
  paid: 'paid, credit added',
  cancelled: 'cancelled',
} as const;

export function renderOrderForm({ order, account }: PlacedOrder, { seller, payment }: OrderTexts): Html {
  const { id, status, orderedAtMs, decidedAtMs } = order;
  const state = order.isOnAccount ? 'on account, credit added' : states[status];
  const decided = decidedAtMs === null ? '' : ` on ${showDay(decidedAtMs)}`;
  return renderPage(
    `Order ${id}`,
    html`
<div class="head">
  <div><h1>Order ${id}</h1><p class="quiet">of ${showDay(orderedAtMs)}</p></div>
  <span class="state ${status}">${state}${decided}</span>
</div>
<div class="parties">
  <div><h2>From</h2>${seller.map((line) => html`<p>${line}</p>`)}</div>
  <div><h2>For</h2>${[account.name, account.email, account.serviceName].filter(Boolean).map((line) => html`<p>${line}</p>`)}</div>
</div>
<h2>What is ordered</h2>
${renderSums(order)}
${renderPayment(order, payment)}
<footer>Sold under the <a href="terms">terms of sale</a>. The credit is on the account as soon as the payment is
confirmed.</footer>
`,
  );
}

function renderSums(order: PlacedOrder['order']): Html {
  const { quantity, originalMicros, discountPercent, withoutTaxMicros, vatPercent, taxMicros } = order;
  const reduction = reductionMicros(order);
  return html`<table>
<thead><tr><th>Item</th><th class="sum">Price</th></tr></thead>
<tbody>
  <tr><td>${showCount(quantity)} SMS credits</td><td class="sum">${showPrice(originalMicros)}</td></tr>
  ${reduction === 0n ? [] : [html`<tr><td>Discount of ${discountPercent} %</td><td class="sum">−${showPrice(reduction)}</td></tr>`]}
</tbody>
<tfoot>
  <tr><td>Total without VAT</td><td class="sum">${showPrice(withoutTaxMicros)}</td></tr>
  <tr><td>VAT ${vatPercent} %</td><td class="sum">${showPrice(taxMicros)}</td></tr>
  <tr class="total"><td>To pay</td><td class="sum">${showPrice(withTaxMicros(order))}</td></tr>
</tfoot>
</table>`;
}

function renderPayment({ id, status, isOnAccount }: PlacedOrder['order'], payment: readonly string[]): Html {
  if (status !== 'open' && !isOnAccount) return html``;
  return html`<h2>How to pay</h2>
${payment.map((line) => html`<p>${line}</p>`)}
<p>Please name the order with your payment: <strong>order ${id}</strong>.</p>`;
}

function showCount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** The day in Paris, with the month as a word. */
function showDay(atMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(atMs);
}
