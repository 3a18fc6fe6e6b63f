// Settings of credit orders.
import type { PackDiscount } from '#domain/money/orders.ts';
import { lines, optionalText, type Setting } from './setting.ts';

const vatPercent: Setting<number> = {
  name: 'CHAPPE_VAT_PERCENT',
  fallback: '20',
  meaning: 'The value added tax on ordered credit, in percent.',
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    if (!/^\d{1,2}(\.\d{1,2})?$/.test(written)) throw new Error('a percentage such as 20 or 5.5');
    return Number(written);
  },
};

const packDiscounts: Setting<readonly PackDiscount[]> = {
  name: 'CHAPPE_PACK_DISCOUNTS',
  fallback: 'unset: none',
  meaning:
    'Discounts on large orders of credit, as credits:percent separated by commas: 1000:2,10000:5.5 takes 2 % off from 1,000 credits on.',
  read(value) {
    if (value === undefined || value === '') return [];
    return value.split(',').map((step) => {
      const [, quantity, percent] = /^\s*(\d{1,9}):(\d{1,2}(?:\.\d{1,2})?)\s*$/.exec(step) ?? [];
      if (quantity === undefined) throw new Error('steps such as 1000:2,10000:5.5');
      return { fromQuantity: Number(quantity), percent: Number(percent) };
    });
  },
};

export const moneySettings = {
  vatPercent,
  packDiscounts,
  seller: lines(
    'CHAPPE_SELLER',
    'The operator of this platform',
    'The seller of credit, on the forms of orders: name, address, registration, with | between the lines.',
  ),
  payment: lines(
    'CHAPPE_PAYMENT',
    'Ask the operator of this platform how to pay.',
    'The way to pay an order of credit, on its form: for example the bank account, with | between the lines.',
  ),
  orderTerms: optionalText(
    'CHAPPE_ORDER_TERMS',
    'unset: a few general sentences',
    'File of the terms of sale (plain text, UTF-8) of credit orders.',
  ),
};
