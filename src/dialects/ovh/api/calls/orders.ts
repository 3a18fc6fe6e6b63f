// Answers packs of credit, quotes and orders (docs/dialects/ovh.md#credit-orders-and-alerts). Used by call-table.ts.
// Payments never go through the platform.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { badParameter, OvhRefusal } from '#dialects/ovh/api/errors.ts';
import { toPrice } from '#dialects/ovh/api/prices.ts';
import { orderAddress, termsAddress } from '#dialects/ovh/pages/order-pages.ts';
import type { Account } from '#domain/account/account.ts';
import { type OrderPrices, packQuantities, reductionMicros, withTaxMicros } from '#domain/money/orders.ts';

interface Quantity {
  readonly quantity: number;
}

export const orderAnswers: Answers = {
  'GET /order/sms': answer(async ({ services, customer }) => {
    const accounts = await services.accounts.listOwn(customer);
    return accounts.filter(({ status }) => status === 'active').map(({ serviceName }) => serviceName);
  }),

  'GET /order/sms/{serviceName}': answer(() => ['credits']),

  'GET /order/sms/{serviceName}/credits': answer<Quantity>((call) => {
    const { services, access, input } = call;
    return writeOrder(call, services.orders.quote(access, readPack(input)), null);
  }),

  'POST /order/sms/{serviceName}/credits': answer<Quantity>(async (call) => {
    const { services, access, input } = call;
    const order = await services.orders.place(access, readPack(input));
    if (order === null) throw new OvhRefusal(403, 'There are too many orders that wait for their payment');
    return writeOrder(call, order, order);
  }),
};

function readPack({ quantity }: Quantity): number {
  if (packQuantities.includes(quantity)) return quantity;
  throw badParameter('quantity', `Choose a pack of ${packQuantities.join(', ')}`);
}

/** `placed` is null for a quote, which cannot be paid. */
function writeOrder(
  { services, access, baseUrl }: Call,
  prices: OrderPrices,
  placed: { readonly id: number; readonly token: string } | null,
) {
  const reduction = reductionMicros(prices);
  return {
    orderId: placed?.id ?? null,
    url: placed && orderAddress(baseUrl, placed.token),
    prices: {
      withTax: toPrice(withTaxMicros(prices)),
      withoutTax: toPrice(prices.withoutTaxMicros),
      tax: toPrice(prices.taxMicros),
      originalWithoutTax: toPrice(prices.originalMicros),
      reduction: reduction === 0n ? null : toPrice(reduction),
    },
    details: [writeDetail(access.account, prices)],
    contracts: [{ name: 'Terms of sale', url: termsAddress(baseUrl), content: services.terms }],
  };
}

function writeDetail({ serviceName }: Account, prices: OrderPrices) {
  const { quantity, originalMicros, withoutTaxMicros, discountPercent } = prices;
  const reduction = toPrice(reductionMicros(prices));
  return {
    domain: serviceName,
    description: `${quantity} SMS credits for ${serviceName}`,
    detailType: 'QUANTITY',
    // The line is one pack: its price is in whole cents, the price of a credit need not be.
    quantity: 1,
    cartItemID: null,
    unitPrice: toPrice(originalMicros),
    originalTotalPrice: toPrice(originalMicros),
    reductionTotalPrice: reduction,
    totalPrice: toPrice(withoutTaxMicros),
    reductions:
      discountPercent === 0
        ? []
        : [
            {
              context: 'promotion',
              type: 'percentage',
              description: `${discountPercent} % off for ${quantity} credits`,
              reductionDescription: `${discountPercent} %`,
              price: reduction,
              value: toPrice(withoutTaxMicros),
            },
          ],
  };
}
