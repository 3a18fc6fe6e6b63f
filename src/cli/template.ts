// chappe template list | approve | refuse: texts that customers submit for approval through the OVH API.
import { createReviews } from '#operations/operator/reviews.ts';
import type { Call, Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const templateList: Command = {
  words: 'template list',
  summary: 'Lists the templates of all accounts, with those that wait for review (CHAPPE_SENDER_REVIEW).',
  options: { waiting: { type: 'boolean', help: 'only those that wait for review' } },
  run: (call) =>
    withService(call, createReviews, async (reviews, access) => {
      const rows = await reviews.listTemplates(access, call.flag('waiting'));
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
  summary: 'Enables a waiting or refused template.',
  options: {},
  run: (call) => decide(call, 'enabled'),
};

export const templateRefuse: Command = {
  words: 'template refuse',
  positionals: ['SERVICE', 'NAME'],
  summary: 'Refuses a template; the customer can correct it and submit it again.',
  options: { comment: { type: 'string', value: 'TEXT', help: 'reason, shown to the customer' } },
  run: (call) => decide(call, 'refused'),
};

function decide(call: Call, status: 'enabled' | 'refused'): Promise<number> {
  return withService(call, createReviews, async (reviews, access) => {
    const [service, template] = call.positionals as [string, string];
    const comment = call.text('comment') ?? null;
    const decision = { account: service, name: template, status, comment };
    const { account, name } = await reviews.decideTemplate(access, decision);
    call.print({ account, template: name, status }, [`${name} is ${status}`]);
    return 0;
  });
}
