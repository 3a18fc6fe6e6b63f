// Alerts accounts when their available credit falls below their threshold: an alert is stored, mailed once, and sent as an
// SMS if a number is set for it. When the credit rises again the alert is cleared, and the next fall causes another. Run by
// a loop in any number of processes: the process that mails an alert holds its claim.
import { formatEuro } from '#domain/money/micros.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import { costOf } from '#domain/money/rate-card.ts';
import type { Context } from '#pipeline/context.ts';
import {
  claimMails,
  clearAlert,
  clearUnwatched,
  listWatched,
  raiseAlert,
  type StoredAlert,
  saveMail,
  type Watched,
} from '#store/money/credit-alerts.ts';
import { insertNotifications } from '#store/platform/notifications.ts';

export interface CreditWatchOptions {
  readonly processId: number;
  /** The current rates. */
  readonly rates: RatesFor;
  /** Returns the reason of a failure, or null when the mail was sent. */
  readonly mail: (to: string, subject: string, text: string) => Promise<string | null>;
}

const retryMs = 10 * 60_000;

export async function watchCredit(
  context: Pick<Context, 'database' | 'clock'>,
  { processId, rates, mail }: CreditWatchOptions,
): Promise<void> {
  const { query } = context.database;
  const nowMs = context.clock.now();
  for (const watched of await listWatched(query)) {
    const price = rates(watched.id).find('FR', watched.alert.tier);
    if (price === null) continue;
    const boundMicros = costOf(watched.alert.bound, price);
    const isLow = watched.availableMicros < boundMicros;
    if (isLow && !watched.isLow) await raise(context.database, watched, boundMicros, nowMs);
    if (!isLow && watched.isLow) await clearAlert(query, watched, nowMs);
  }
  await clearUnwatched(query, nowMs);
  for (const alert of await claimMails(query, processId, nowMs)) {
    const error = await mail(alert.mailTo, subjectOf(alert), textOf(alert));
    const atMs = context.clock.now();
    const mailedAtMs = error === null ? atMs : null;
    await saveMail(query, alert, processId, { mailedAtMs, error, retryAtMs: atMs + retryMs });
  }
}

async function raise(
  database: Context['database'],
  watched: Watched,
  boundMicros: bigint,
  nowMs: number,
): Promise<void> {
  const { name, alertNumber, availableMicros } = watched;
  await database.transaction(async (query) => {
    if (!(await raiseAlert(query, watched, boundMicros, nowMs)) || alertNumber === null) return;
    const text = `${subjectOf({ availableMicros })}${name === '' ? '' : ` (${name})`}`;
    const sms = { media: 'sms', recipient: alertNumber, sender: null, text } as const;
    await insertNotifications(query, watched, [sms], nowMs);
  });
}

function subjectOf({ availableMicros }: Pick<StoredAlert, 'availableMicros'>): string {
  return `Low SMS credit: ${formatEuro(availableMicros, 2)} EUR`;
}

function textOf({ serviceName, availableMicros, boundMicros }: StoredAlert): string {
  return (
    `The account ${serviceName} can spend ${formatEuro(availableMicros, 2)} EUR.\n` +
    `You asked to be told below ${formatEuro(boundMicros, 2)} EUR.\n`
  );
}
