// Accounts that asked to be told when little is left for one of their users are told once for each fall, by mail, by SMS
// or by both. Run by a loop, in any number of processes.

import { usualTemplates, writeAlert } from '#domain/account/user-alert.ts';
import type { Errand } from '#domain/delivery/notification.ts';
import { creditPriceOf, toCredits } from '#domain/money/ovh-credits.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import type { Context } from '#pipeline/context.ts';
import {
  clearUserAlert,
  listWatchedUsers,
  raiseUserAlert,
  type WatchedUser,
} from '#store/accounts/user-alerts.ts';
import { insertErrands } from '#store/platform/notifications.ts';

export async function watchUsers(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  rates: () => RateCard,
): Promise<void> {
  for (const watched of await listWatchedUsers(database.query)) {
    const priceMicros = creditPriceOf(watched, rates());
    const isLow = toCredits(watched.remainingMicros, priceMicros) <= watched.alert.bound;
    if (!isLow && watched.isTold) await clearUserAlert(database.query, watched);
    if (!isLow || watched.isTold) continue;
    const nowMs = clock.now();
    await database.transaction(async (query) => {
      if (!(await raiseUserAlert(query, watched, nowMs))) return;
      const { bucket, accountId: id } = watched;
      await insertErrands(query, { bucket, id }, errandsOf(watched, priceMicros), nowMs);
    });
  }
}

/** To the account's own address when none is named for the mail; by SMS only where a number is. */
function errandsOf(watched: WatchedUser, priceMicros: bigint): Errand[] {
  const { login, alert, remainingMicros, availableMicros, templates, accountEmail } = watched;
  const { subject, mail, sms } = writeAlert(templates ?? usualTemplates, {
    user: login,
    remaining: toCredits(remainingMicros, priceMicros),
    threshold: alert.bound,
    creditsLeft: toCredits(availableMicros, priceMicros),
  });
  const errands: Errand[] = [];
  if (alert.media !== 'sms')
    errands.push({ media: 'mail', recipient: alert.email || accountEmail, subject, text: mail });
  if (alert.media !== 'mail' && alert.number !== '')
    errands.push({ media: 'sms', recipient: alert.number, sender: null, text: sms });
  return errands;
}
