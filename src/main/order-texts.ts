// The operator's texts of credit orders, from the settings. Used by the OVH dialects.

import { readFileSync } from 'node:fs';
import type { OrderTexts } from '#dialects/ovh/pages/order-form.ts';
import type { Config } from './config/settings.ts';

const defaultTerms = `Credit is bought in advance and spent on messages, at the prices of the account that it is added to.
An order is binding when it is paid. Its credit is added to the account as soon as the payment is confirmed.
Credit is not paid back, unless the law asks for it.`;

/** Throws if the file of the terms cannot be read. */
export function readOrderTexts({
  seller,
  payment,
  orderTerms,
}: Pick<Config, 'seller' | 'payment' | 'orderTerms'>): OrderTexts {
  return { seller, payment, terms: orderTerms === null ? defaultTerms : readTerms(orderTerms) };
}

function readTerms(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`CHAPPE_ORDER_TERMS cannot be read: ${(error as Error).message}`);
  }
}
