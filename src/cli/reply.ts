// chappe reply list: lists the replies of phones, with those of no account.
import { createOperatorReplies, type OperatorReplies } from '#operations/operator/replies.ts';
import { type Command, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

export const replyList: Command = {
  words: 'reply list',
  summary: 'Lists the latest replies of phones, newest first.',
  options: {
    unlinked: { type: 'boolean', help: 'only replies to no recent message' },
    unmatched: {
      type: 'boolean',
      help: 'only replies that belong to no account: unreadable sender, no text, or a number of no account',
    },
    limit: { type: 'string', value: 'N', help: 'maximum number (50)' },
  },
  run: (call) =>
    withService(call, createOperatorReplies, async (replies, access) => {
      const limit = readNumber(call, 'limit', 50, 1, 10_000);
      const rows = await replies.list(
        access,
        { isUnlinked: call.flag('unlinked'), isUnmatched: call.flag('unmatched') },
        limit,
      );
      call.print(
        rows.map(({ atMs, accountId, ...row }) => ({
          ...row,
          at: new Date(atMs).toISOString(),
          unmatched: accountId === 0 ? reasonOf(row) : null,
        })),
        rows.map(
          (row) =>
            `${new Date(row.atMs).toISOString()}  ${row.msisdn === null ? row.source : `+${row.msisdn}`} → ${row.recipient}  ` +
            `${row.serviceName ?? `no account (${reasonOf(row)})`}${row.isOptOut ? '  STOP' : ''}` +
            `${row.isIncomplete ? '  incomplete' : ''}  ${row.text.replace(/\s+/g, ' ')}`,
        ),
      );
      return 0;
    }),
};

type ListedReply = Awaited<ReturnType<OperatorReplies['list']>>[number];

/** The reason why it belongs to no account. */
function reasonOf({ msisdn, isBinary }: Pick<ListedReply, 'msisdn' | 'isBinary'>): string {
  if (msisdn === null) return 'the sender is not a number that can be read';
  if (isBinary) return 'it is no text';
  return 'it answers no message';
}
