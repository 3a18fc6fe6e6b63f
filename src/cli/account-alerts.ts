// chappe account alerts: whose credit is low, and whether they were told.
import { formatEuro } from '#domain/money/micros.ts';
import { listOpenAlerts } from '#store/money/credit-alerts.ts';
import type { Command } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const accountAlerts: Command = {
  words: 'account alerts',
  summary: 'Lists the accounts whose credit is below what they asked to be told of.',
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const rows = (await listOpenAlerts(database.query)).map((alert) => ({
        account: alert.serviceName,
        since: new Date(alert.raisedAtMs).toISOString(),
        available: formatEuro(alert.availableMicros, 2),
        bound: formatEuro(alert.boundMicros, 2),
        mailTo: alert.mailTo,
        mailedAt: alert.mailedAtMs === null ? null : new Date(alert.mailedAtMs).toISOString(),
        error: alert.error,
      }));
      call.print(
        rows,
        rows.map(
          (r) =>
            `${r.account}  since ${r.since}  ${r.available} of ${r.bound} EUR  ${r.mailTo}  ` +
            (r.mailedAt === null
              ? `not mailed${r.error === null ? '' : `: ${r.error}`}`
              : `mailed ${r.mailedAt}`),
        ),
      );
      return 0;
    }),
};
