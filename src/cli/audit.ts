// chappe audit list: lists the changes of operators with their actor and time.
import { createAuditTrail } from '#operations/operator/audit.ts';
import { type Command, readInstant, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

export const auditList: Command = {
  words: 'audit list',
  summary: 'Lists changes with their author, newest first. Entries cannot be changed or removed.',
  options: {
    account: { type: 'string', value: 'SERVICE', help: 'changes of this account' },
    action: { type: 'string', value: 'ACTION', help: 'an action such as rate.set, or an area such as rate' },
    from: { type: 'string', value: 'INSTANT', help: 'at this time or later' },
    to: { type: 'string', value: 'INSTANT', help: 'before this time' },
    limit: { type: 'string', value: 'N', help: 'maximum number (50)' },
  },
  run: (call) =>
    withService(call, createAuditTrail, async (trail, access) => {
      const entries = await trail.list(access, {
        account: call.text('account'),
        action: call.text('action'),
        fromMs: readInstant(call, 'from'),
        toMs: readInstant(call, 'to'),
        limit: readNumber(call, 'limit', 50, 1, 100_000),
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
