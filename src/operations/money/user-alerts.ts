// Alerts accounts when the quota of a user falls below its threshold: once for each fall, by mail, by SMS or both. Run by a
// loop in any number of processes.

import { usualTemplates, writeAlert } from '#domain/account/user-alert.ts';
import type { Notification } from '#domain/delivery/notification.ts';
import { creditPriceOf, toCredits } from '#domain/money/ovh-credits.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import type { Context } from '#pipeline/context.ts';
import {
  clearUserAlert,
  listWatchedUsers,
  raiseUserAlert,
  type WatchedUser,
} from '#store/accounts/user-alerts.ts';
import { insertNotifications } from '#store/platform/notifications.ts';

export async function watchUsers(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  rates: RatesFor,
): Promise<void> {
  for (const watched of await listWatchedUsers(database.query)) {
    const priceMicros = creditPriceOf(watched, rates(watched.accountId));
    const account = { bucket: watched.bucket, id: watched.accountId };
    const isLow = toCredits(watched.remainingMicros, priceMicros) <= watched.alert.bound;
    if (!isLow && watched.isTold) await clearUserAlert(database.query, account, watched.userId);
    if (!isLow || watched.isTold) continue;
    const nowMs = clock.now();
    await database.transaction(async (query) => {
      if (!(await raiseUserAlert(query, account, watched.userId, nowMs))) return;
      await insertNotifications(query, account, notificationsOf(watched, priceMicros), nowMs);
    });
  }
}

/** By mail to the account's address if no other is set; by SMS only if a number is set. */
function notificationsOf(watched: WatchedUser, priceMicros: bigint): Notification[] {
  const { login, alert, remainingMicros, availableMicros, templates, accountEmail } = watched;
  const { subject, mail, sms } = writeAlert(templates ?? usualTemplates, {
    user: login,
    remaining: toCredits(remainingMicros, priceMicros),
    threshold: alert.bound,
    creditsLeft: toCredits(availableMicros, priceMicros),
  });
  const notifications: Notification[] = [];
  if (alert.media !== 'sms')
    notifications.push({ media: 'mail', recipient: alert.email || accountEmail, subject, text: mail });
  if (alert.media !== 'mail' && alert.number !== '')
    notifications.push({ media: 'sms', recipient: alert.number, sender: null, text: sms });
  return notifications;
}
