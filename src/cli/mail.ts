// chappe mail ignored: the mails that were taken and sent nothing, and why. Their senders are told nothing.
import { listIgnoredMails } from '#store/platform/ignored-mails.ts';
import { type Command, readNumber } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const mailIgnored: Command = {
  words: 'mail ignored',
  summary: 'Lists the latest mails that sent no SMS, newest first, with the reason.',
  options: { limit: { type: 'string', value: 'N', help: 'how many at most (20)' } },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const mails = await listIgnoredMails(database.query, readNumber(call, 'limit', 20, 1, 10_000));
      const rows = mails.map(({ atMs, ...rest }) => ({ at: new Date(atMs).toISOString(), ...rest }));
      call.print(
        rows,
        rows.map(
          (r) =>
            `${r.at}  ${r.remoteAddress}  ${r.account ?? r.login ?? '-'}  ${r.requestId ?? '-'}  ${r.reason}: ${r.detail}`,
        ),
      );
      return 0;
    }),
};
