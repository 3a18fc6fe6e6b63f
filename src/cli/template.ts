// chappe template list | approve | refuse: texts that customers have approved through the OVH API.
import type { ReviewStatus } from '#domain/account/sender.ts';
import { decideTemplate, listAllTemplates } from '#store/campaigns/message-templates.ts';
import { requireAccount } from './account.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const templateList: Command = {
  words: 'template list',
  summary: 'Lists the templates of all accounts, with those that wait for your word (CHAPPE_SENDER_REVIEW).',
  options: { waiting: { type: 'boolean', help: 'only those that wait' } },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const rows = await listAllTemplates(database.query, call.flag('waiting'));
      call.print(
        rows.map(({ changedAtMs, ...row }) => ({ ...row, changedAt: new Date(changedAtMs).toISOString() })),
        rows.map(
          ({ serviceName, name, status, activity, message }) =>
            `${serviceName}  ${name.padEnd(16)}  ${status.padEnd(8)}  ${activity}  ${message}`,
        ),
      );
      return 0;
    }),
};

export const templateApprove: Command = {
  words: 'template approve',
  positionals: ['SERVICE', 'NAME'],
  summary: 'Enables a template that waits, or one that was refused.',
  options: {},
  run: (call) => decide(call, 'enabled'),
};

export const templateRefuse: Command = {
  words: 'template refuse',
  positionals: ['SERVICE', 'NAME'],
  summary: 'Refuses a template; its customer may mend it and ask again.',
  options: { comment: { type: 'string', value: 'TEXT', help: 'why; its customer reads it' } },
  run: (call) => decide(call, 'refused'),
};

function decide(call: Call, status: ReviewStatus): Promise<number> {
  return withRuntime(call, async (runtime) => {
    const [service, name = ''] = call.positionals;
    const account = await requireAccount(runtime, service);
    const decision = { status, comment: call.text('comment') ?? '' };
    if (!(await decideTemplate(runtime.database.query, account, name, decision)))
      throw new UsageError(`${account.serviceName} has no template ${name}; see chappe template list`);
    call.print({ account: account.serviceName, template: name, status }, [`${name} is ${status}`]);
    return 0;
  });
}
