// chappe send: sends one SMS from the command line, and with --wait shows its result.
import type { AccountKey } from '#domain/account/account.ts';
import { isFinal, type MessageStatus } from '#domain/base/message.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { createLog } from '#lib/observability/log.ts';
import type { RunningProcess } from '#main/running-process.ts';
import { type Runtime, startRuntime } from '#main/runtime.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { readDemo } from '#operations/operator/accounts/demo-account.ts';
import { createOperatorAccounts } from '#operations/operator/accounts/service.ts';
import { createLedger } from '#operations/operator/ledger.ts';
import { createOperatorMessages } from '#operations/operator/messages.ts';
import { createSystem } from '#operations/operator/system.ts';
import { cliActor } from './actor.ts';
import { type Call, type Command, readNumber, requireText, UsageError } from './command.ts';

export const send: Command = {
  words: 'send',
  summary: 'Sends one SMS, through a running "chappe serve" or, without one, from this command.',
  options: {
    to: { type: 'string', value: 'NUMBER', help: 'the recipient, e.g. +33601020304' },
    text: { type: 'string', value: 'TEXT', help: 'the text' },
    sender: { type: 'string', value: 'SENDER', help: 'the sender: 3 to 11 letters and digits, or a number' },
    purpose: { type: 'string', value: 'PURPOSE', help: 'transactional (default) or marketing' },
    account: {
      type: 'string',
      value: 'SERVICE',
      help: 'account that pays (the only account, or the demo account)',
    },
    wait: { type: 'boolean', help: 'wait for the receipt; exit status 0 only if the SMS was delivered' },
    timeout: { type: 'string', value: 'SECONDS', help: 'maximum wait (60)' },
  },
  async run(call) {
    const runtime = await startRuntime(call.config, createLog(call.config.logLevel), { mayCreate: false });
    try {
      return await sendOne(call, runtime);
    } finally {
      await runtime.stop();
    }
  },
};

async function sendOne(call: Call, runtime: Runtime): Promise<number> {
  const submission = readSubmission(call);
  const access = operatorAccess(cliActor());
  const accounts = await createLedger(runtime).listAccounts(access);
  const usual = accounts.length === 1 ? accounts[0]!.account.serviceName : (await readDemo(runtime))?.login;
  const name = call.text('account') ?? usual;
  if (name === undefined)
    throw new UsageError(
      accounts.length === 0
        ? 'there is no account yet; see chappe account create'
        : 'there are several accounts: say which one pays with --account; see chappe account list',
    );
  const account = await createOperatorAccounts(runtime).find(access, name);
  if (account.status !== 'active')
    throw new Error(
      `the account ${account.serviceName} is ${account.status} and sends nothing: name another with --account, or see chappe account set --status`,
    );
  const hasDispatcher = await createSystem(runtime).isDispatching(access);
  const roles = hasDispatcher ? [] : (['dispatch', 'callbacks'] as const);
  // Imported late: see serve.ts.
  const { startProcess } = await import('#main/main.ts');
  const running = await startProcess(
    { ...call.config, roles, httpPort: 0, operationsPort: 0 },
    runtime,
    (reason) => {
      throw new Error(reason);
    },
  );
  try {
    const report = await running.submit(account, submission).catch((error: unknown) => {
      if (error instanceof RefusedError)
        throw new Error(`refused (${error.refusal.reason}): ${error.message}`);
      throw error;
    });
    const seconds = readNumber(call, 'timeout', 60, 1, 86_400);
    const waits = call.flag('wait') || !hasDispatcher;
    const message = await follow(
      runtime,
      access,
      running,
      account,
      report.campaignId!,
      call.flag('wait'),
      waits ? seconds : 0,
    );
    call.print({ campaign: report.campaignId, message: message.id, status: message.status }, [
      `message ${message.id}: ${message.status}`,
      `see: npx chappe message show ${message.id}`,
    ]);
    return call.flag('wait') && message.status !== 'delivered' ? 1 : 0;
  } finally {
    await running.stop();
  }
}

function readSubmission(call: Call): Submission {
  const purpose = call.text('purpose') ?? 'transactional';
  if (purpose !== 'transactional' && purpose !== 'marketing')
    throw new UsageError(`--purpose is "${purpose}", but must be transactional or marketing`);
  return {
    ...submissionDefaults,
    dialect: 'cli',
    text: requireText(call, 'text'),
    recipients: [{ number: requireText(call, 'to') }],
    sender: call.text('sender') ?? null,
    purpose,
    stopClause: purpose === 'marketing' ? 'appended' : 'none',
  };
}

/** Waits until the message is with a carrier or, with `toItsEnd`, until its final status; at most `seconds`. */
async function follow(
  runtime: Runtime,
  access: OperatorAccess,
  running: RunningProcess,
  account: AccountKey,
  campaignId: number,
  toItsEnd: boolean,
  seconds: number,
): Promise<{ id: number; status: MessageStatus }> {
  const messages = createOperatorMessages(runtime);
  const untilMs = runtime.clock.now() + seconds * 1000;
  for (;;) {
    const message = await messages.readFirst(access, account, campaignId);
    const isThere = isFinal(message.status) || (!toItsEnd && message.status !== 'accepted');
    if (isThere || runtime.clock.now() >= untilMs) return message;
    await running.whenBound();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
