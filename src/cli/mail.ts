// chappe mail ignored: lists the accepted mails that sent no SMS, with the reason. Their senders get no answer.
import { createIgnoredMails } from '#operations/operator/ignored-mails.ts';
import { type Command, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

export const mailIgnored: Command = {
  words: 'mail ignored',
  summary: 'Lists the latest mails that sent no SMS, newest first, with the reason.',
  options: { limit: { type: 'string', value: 'N', help: 'maximum number (20)' } },
  run: (call) =>
    withService(call, createIgnoredMails, async (mails, access) => {
      const limit = readNumber(call, 'limit', 20, 1, 10_000);
      const rows = (await mails.list(access, limit)).map(({ atMs, ...rest }) => ({
        at: new Date(atMs).toISOString(),
        ...rest,
      }));
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
