// chappe reply list: what phones answered, and what of it found no message.
import { listReplies } from '#store/pipeline/replies.ts';
import { type Command, readNumber } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const replyList: Command = {
  words: 'reply list',
  summary: 'Lists the latest replies of phones, newest first.',
  options: {
    unlinked: { type: 'boolean', help: 'only those that answer no message of the last days' },
    limit: { type: 'string', value: 'N', help: 'at most so many (50)' },
  },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const limit = readNumber(call, 'limit', 50, 1, 10_000);
      const rows = await listReplies(database.query, call.flag('unlinked'), limit);
      call.print(
        rows.map(({ atMs, accountId, ...row }) => ({ ...row, at: new Date(atMs).toISOString() })),
        rows.map(
          (row) =>
            `${new Date(row.atMs).toISOString()}  +${row.msisdn} → ${row.recipient}  ` +
            `${row.serviceName ?? 'nobody'}${row.isOptOut ? '  STOP' : ''}  ${row.text.replace(/\s+/g, ' ')}`,
        ),
      );
      return 0;
    }),
};
