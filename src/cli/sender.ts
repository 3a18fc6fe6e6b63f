// chappe sender list | add | approve | refuse: whom accounts may send as through the OVH API.
import type { Account } from '#domain/account/account.ts';
import { type ReviewStatus, readSenderName, type SenderName } from '#domain/account/sender.ts';
import type { Runtime } from '#main/runtime.ts';
import { insertSender, listAllSenders, updateSender } from '#store/accounts/senders.ts';
import { requireAccount } from './account.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const senderList: Command = {
  words: 'sender list',
  summary: 'Lists the senders of all accounts, with those that wait for your word (CHAPPE_SENDER_REVIEW).',
  options: { waiting: { type: 'boolean', help: 'only those that wait' } },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const rows = await listAllSenders(database.query, call.flag('waiting'));
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
  summary: 'Gives an account a sender, enabled at once.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const { account, sender } = await readCall(runtime, call);
      const isNew = await insertSender(
        runtime.database.query,
        account,
        {
          ...sender,
          referer: 'custom',
          status: 'enabled',
          description: '',
          reason: '',
          code: null,
          codeTries: 0,
        },
        runtime.clock.now(),
      );
      if (!isNew)
        throw new Error(
          `${account.serviceName} has the sender ${sender.name} already; see chappe sender list`,
        );
      call.print({ account: account.serviceName, sender: sender.name, status: 'enabled' }, [
        `${sender.name} added to ${account.serviceName}`,
      ]);
      return 0;
    }),
};

export const senderApprove: Command = {
  words: 'sender approve',
  positionals: ['SERVICE', 'SENDER'],
  summary: 'Enables a sender that waits, or one that was refused.',
  options: {},
  run: (call) => decide(call, 'enabled'),
};

export const senderRefuse: Command = {
  words: 'sender refuse',
  positionals: ['SERVICE', 'SENDER'],
  summary: 'Refuses a sender, whatever it was: nothing leaves from it any more.',
  options: { comment: { type: 'string', value: 'TEXT', help: 'why; its customer reads it' } },
  run: (call) => decide(call, 'refused'),
};

function decide(call: Call, status: ReviewStatus): Promise<number> {
  return withRuntime(call, async (runtime) => {
    const { account, sender } = await readCall(runtime, call);
    const comment = call.text('comment') ?? null;
    const any = ['waiting', 'enabled', 'disabled', 'refused'] as const;
    if (!(await updateSender(runtime.database.query, account, sender.name, { status, comment }, any)))
      throw new UsageError(
        `${account.serviceName} has no sender ${sender.name}; see chappe sender list, or add it with chappe sender add`,
      );
    call.print({ account: account.serviceName, sender: sender.name, status }, [
      `${sender.name} is ${status}`,
    ]);
    return 0;
  });
}

async function readCall(runtime: Runtime, call: Call): Promise<{ account: Account; sender: SenderName }> {
  const [service, written = ''] = call.positionals;
  const account = await requireAccount(runtime, service);
  const sender = readSenderName(written);
  if (sender === null)
    throw new UsageError(
      `"${written}" must have at most 11 characters of letters, digits, blanks and _ - . , & +, or be a number`,
    );
  return { account, sender };
}
