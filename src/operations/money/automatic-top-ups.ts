// Buys a pack of credit for accounts with an automatic top-up when their available credit falls to the threshold: on
// account if the operator allows it, otherwise by an order whose form is mailed. Run by a loop in any number of processes.
//
// Promises: one pack for each fall of the credit, whatever the concurrency; the order, its credit, the mail and the record
// of the top-up are one transaction.

import { formatEuro } from '#domain/money/micros.ts';
import { orderToken, type PriceList, priceOrder, withTaxMicros, withVat } from '#domain/money/orders.ts';
import { creditPriceOf, fromCredits } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import type { Query } from '#store/database/database.ts';
import {
  clearTopUp,
  clearUnwantedTopUps,
  listToppedUp,
  noteOrder,
  raiseTopUp,
  type ToppedUp,
} from '#store/money/automatic-top-ups.ts';
import { hasOpenAutomaticOrder, insertOrder, payOrder, type StoredOrder } from '#store/money/orders.ts';
import { insertNotifications } from '#store/platform/notifications.ts';

export interface AutomaticBuyingOptions {
  /** The current list. */
  readonly rates: RatesFor;
  readonly priceList: PriceList;
  /** The address of an order's form. */
  readonly formAddress: (token: string) => string;
  /** Issues the invoice of the locked, paid order, if its data is complete. */
  readonly issueInvoice: (query: Query, order: StoredOrder, nowMs: number) => Promise<unknown>;
}

type Needs = Pick<Context, 'database' | 'clock'>;

export async function buyAutomatically(context: Needs, options: AutomaticBuyingOptions): Promise<void> {
  const { query } = context.database;
  for (const account of await listToppedUp(query)) {
    const priceMicros = creditPriceOf(account, options.rates(account.id));
    const thresholdMicros = fromCredits(account.threshold, priceMicros) ?? 0n;
    const isLow = account.availableMicros <= thresholdMicros;
    if (isLow && !account.isRaised) await buy(context, account, { priceMicros, thresholdMicros }, options);
    if (!isLow && account.isRaised) await clearTopUp(query, account, context.clock.now());
  }
  await clearUnwantedTopUps(query, context.clock.now());
}

async function buy(
  { database, clock }: Needs,
  account: ToppedUp,
  { priceMicros, thresholdMicros }: { readonly priceMicros: bigint; readonly thresholdMicros: bigint },
  { priceList, formAddress, issueInvoice }: AutomaticBuyingOptions,
): Promise<void> {
  const { quantity, isOnAccount, mailTo } = account;
  const nowMs = clock.now();
  await database.transaction(async (query) => {
    // The last order is not paid: the customer has its form.
    if (await hasOpenAutomaticOrder(query, account)) return;
    if (!(await raiseTopUp(query, account, thresholdMicros, nowMs))) return;
    const prices = priceOrder(quantity, priceMicros, withVat(priceList, account.vatPercent));
    const token = orderToken(account.bucket, randomToken(43));
    const order = await insertOrder(query, account, { token, prices, isAutomatic: true, isOnAccount }, nowMs);
    await noteOrder(query, account, order.id);
    if (isOnAccount) {
      await payOrder(query, order, nowMs);
      await issueInvoice(query, order, nowMs);
    }
    const text = textOf(order, account, formAddress(token));
    const mail = { media: 'mail', recipient: mailTo, subject: subjectOf(order), text } as const;
    await insertNotifications(query, account, [mail], nowMs);
  });
}

function subjectOf({ id, quantity, isOnAccount }: StoredOrder): string {
  return isOnAccount ? `${quantity} SMS credits added: order ${id}` : `${quantity} SMS credits: order ${id}`;
}

function textOf(order: StoredOrder, { serviceName }: ToppedUp, address: string): string {
  const { quantity, isOnAccount } = order;
  const done = isOnAccount
    ? `${quantity} credits were added to it on account.`
    : `${quantity} credits were ordered for it. They are added as soon as the order is paid.`;
  return (
    `The credit of the account ${serviceName} has fallen to the threshold that was set for it.\n${done}\n\n` +
    `To pay: ${formatEuro(withTaxMicros(order), 2)} EUR\nThe order, to be printed: ${address}\n`
  );
}
