// chappe sender list | add | approve | refuse: the senders that accounts may use through the OVH API.
import { createReviews } from '#operations/operator/reviews.ts';
import type { Call, Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const senderList: Command = {
  words: 'sender list',
  summary: 'Lists the senders of all accounts, with those that wait for review (CHAPPE_SENDER_REVIEW).',
  options: { waiting: { type: 'boolean', help: 'only those that wait for review' } },
  run: (call) =>
    withService(call, createReviews, async (reviews, access) => {
      const rows = await reviews.listSenders(access, call.flag('waiting'));
      call.print(
        rows.map(({ createdAtMs, ...row }) => ({ ...row, createdAt: new Date(createdAtMs).toISOString() })),
        rows.map(
          ({ serviceName, name, status, reason, comment }) =>
            `${serviceName}  ${name.padEnd(16)}  ${status.padEnd(8)}  ${comment ?? reason}`,
        ),
      );
      return 0;
    }),
};

export const senderAdd: Command = {
  words: 'sender add',
  positionals: ['SERVICE', 'SENDER'],
  summary: 'Adds an enabled sender to an account.',
  options: {},
  run: (call) =>
    withService(call, createReviews, async (reviews, access) => {
      const [service, sender] = call.positionals as [string, string];
      const { account, name } = await reviews.addSender(access, service, sender);
      call.print({ account, sender: name, status: 'enabled' }, [`${name} added to ${account}`]);
      return 0;
    }),
};

export const senderApprove: Command = {
  words: 'sender approve',
  positionals: ['SERVICE', 'SENDER'],
  summary: 'Enables a waiting or refused sender.',
  options: {},
  run: (call) => decide(call, 'enabled'),
};

export const senderRefuse: Command = {
  words: 'sender refuse',
  positionals: ['SERVICE', 'SENDER'],
  summary: 'Refuses a sender in any state: the account can no longer use it.',
  options: { comment: { type: 'string', value: 'TEXT', help: 'reason, shown to the customer' } },
  run: (call) => decide(call, 'refused'),
};

function decide(call: Call, status: 'enabled' | 'refused'): Promise<number> {
  return withService(call, createReviews, async (reviews, access) => {
    const [service, sender] = call.positionals as [string, string];
    const comment = call.text('comment') ?? null;
    const decision = { account: service, name: sender, status, comment };
    const { account, name } = await reviews.decideSender(access, decision);
    call.print({ account, sender: name, status }, [`${name} is ${status}`]);
    return 0;
  });
}
