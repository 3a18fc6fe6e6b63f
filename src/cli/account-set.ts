// chappe account set: changes how the requests of an account are planned, and its callback addresses. The options are the table
// of the service.
import { createOperatorAccounts } from '#operations/operator/accounts/service.ts';
import { accountSettings } from '#operations/operator/accounts/setting-table.ts';
import { type Command, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

export const accountSet: Command = {
  words: 'account set',
  positionals: ['SERVICE'],
  summary: 'Changes settings of an account; the others stay.',
  options: Object.fromEntries(
    accountSettings.map(({ flag, placeholder, sentence }) => [
      flag,
      { type: 'string' as const, value: placeholder, help: sentence },
    ]),
  ),
  run: (call) =>
    withService(call, createOperatorAccounts, async (accounts, access) => {
      const texts: Record<string, string> = {};
      for (const { flag } of accountSettings) {
        const text = call.text(flag);
        if (text !== undefined) texts[flag] = text;
      }
      if (Object.keys(texts).length === 0)
        throw new UsageError('no setting is given; see chappe account set --help');
      const { account, changed } = await accounts.set(access, call.positionals[0]!, texts);
      call.print({ account, changed }, [`account ${account} changed`]);
      return 0;
    }),
};
