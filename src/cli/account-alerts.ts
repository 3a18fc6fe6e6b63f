// chappe account alerts: lists the accounts with low credit, and whether their mail was sent.
import { formatEuro } from '#domain/money/micros.ts';
import { createLedger } from '#operations/operator/ledger.ts';
import type { Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const accountAlerts: Command = {
  words: 'account alerts',
  summary: 'Lists the accounts with credit below their alert threshold.',
  options: {},
  run: (call) =>
    withService(call, createLedger, async (ledger, access) => {
      const rows = (await ledger.listAlerts(access)).map((alert) => ({
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
