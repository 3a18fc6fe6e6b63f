// chappe audit list: what operators changed, who and when.
import { listAuditEntries } from '#store/platform/audit-entries.ts';
import { requireAccount } from './account.ts';
import { type Command, readInstant, readNumber } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const auditList: Command = {
  words: 'audit list',
  summary: 'Lists what was changed by whom, newest first. Entries cannot be changed or removed.',
  options: {
    account: { type: 'string', value: 'SERVICE', help: 'changes of this account' },
    action: { type: 'string', value: 'ACTION', help: 'such as rate.set, or rate for all about prices' },
    from: { type: 'string', value: 'INSTANT', help: 'from then on' },
    to: { type: 'string', value: 'INSTANT', help: 'before then' },
    limit: { type: 'string', value: 'N', help: 'how many at most (50)' },
  },
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const account = call.text('account');
      const [action, fromMs, toMs] = [
        call.text('action'),
        readInstant(call, 'from'),
        readInstant(call, 'to'),
      ];
      const entries = await listAuditEntries(runtime.database.query, {
        limit: readNumber(call, 'limit', 50, 1, 100_000),
        ...(account !== undefined && { accountId: (await requireAccount(runtime, account)).id }),
        ...(action !== undefined && { action }),
        ...(fromMs !== null && { fromMs }),
        ...(toMs !== null && { toMs }),
      });
      const rows = entries.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs).toISOString() }));
      const lines = rows.map(
        (r) =>
          `${r.at}  ${r.actor}  ${r.action}  ${r.target}` +
          (r.before === null ? '' : `  before ${JSON.stringify(r.before)}`) +
          (r.after === null ? '' : `  after ${JSON.stringify(r.after)}`),
      );
      call.print(rows, lines.length === 0 ? ['no changes'] : lines);
      return 0;
    }),
};
