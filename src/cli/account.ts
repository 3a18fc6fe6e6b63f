// chappe account create | credit | list: accounts, their keys and their money.
import { formatEuro } from '#domain/money/micros.ts';
import type { Runtime } from '#main/runtime.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { createOperatorAccounts } from '#operations/operator/accounts/service.ts';
import { createLedger, type Ledger } from '#operations/operator/ledger.ts';
import { type Call, type Command, requireText, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

/** Number of entries that are shown. */
const mostEntries = 50;

export const accountCreate: Command = {
  words: 'account create',
  summary:
    'Creates an account and prints its keys. The keys are shown only now: the platform stores their hashes.',
  options: {
    email: { type: 'string', value: 'EMAIL', help: 'the login of the account' },
    name: { type: 'string', value: 'NAME', help: 'name of the customer' },
    credit: { type: 'string', value: 'EUR', help: 'first credit in euro, e.g. 25.50' },
    callback: { type: 'string', value: 'URL', help: 'address of callbacks: receipts, replies and opt-outs' },
    parent: {
      type: 'string',
      value: 'SERVICE',
      help: 'parent account; the new account becomes its sub-account',
    },
  },
  run: (call) =>
    withService(call, createOperatorAccounts, async (accounts, access) => {
      const created = await accounts.create(access, {
        email: requireText(call, 'email'),
        name: call.text('name') ?? '',
        credit: call.text('credit'),
        callbackUrl: readUrl(call, 'callback'),
        parent: call.text('parent'),
      });
      const { account, octopush, ovh, user, smpp } = created;
      call.print(
        {
          account: account.serviceName,
          octopush: { user_login: octopush.userLogin, api_key: octopush.apiKey },
          ovh: { serviceName: account.serviceName, ...ovh },
          http2sms: { account: account.serviceName, ...user },
          smpp: { system_id: smpp.systemId, password: smpp.password },
        },
        [
          `account                 ${account.serviceName}`,
          `Octopush login          ${octopush.userLogin}`,
          `Octopush API key        ${octopush.apiKey}`,
          `OVH application key     ${ovh.applicationKey}`,
          `OVH application secret  ${ovh.applicationSecret}`,
          `OVH consumer key        ${ovh.consumerKey}`,
          `http2sms login          ${user.login}`,
          `http2sms password       ${user.password}`,
          `SMPP system_id          ${smpp.systemId}`,
          `SMPP password           ${smpp.password}`,
        ],
      );
      return 0;
    }),
};

export const accountCredit: Command = {
  words: 'account credit',
  positionals: ['[SERVICE]'],
  summary: 'Adds or removes credit, shows entries and balance, or checks the ledger of all accounts.',
  options: {
    add: { type: 'string', value: 'EUR', help: 'credit to add, in euro' },
    take: {
      type: 'string',
      value: 'EUR',
      help: 'credit to remove, at most the available credit; needs --note',
    },
    note: { type: 'string', value: 'TEXT', help: 'stored with the entry' },
    show: { type: 'boolean', help: 'show the balance and the latest entries' },
    audit: { type: 'boolean', help: 'compute the ledger of all accounts again; status 1 on a difference' },
  },
  run: (call) =>
    withService(call, createBoth, async ({ accounts, ledger }, access) => {
      if (call.flag('audit')) return auditLedger(call, ledger, access);
      const name = call.positionals[0] ?? '';
      const [add, take, note] = [call.text('add'), call.text('take'), call.text('note')];
      if (add !== undefined && take !== undefined)
        throw new UsageError('--add and --take exclude each other');
      if (add !== undefined) await accounts.addCredit(access, name, add, note ?? null);
      else if (take !== undefined) await accounts.takeCredit(access, name, take, note ?? '');
      else if (!call.flag('show')) throw new UsageError('give --add EUR, --take EUR, --show or --audit');
      return showCredit(call, ledger, access, name);
    }),
};

function createBoth(runtime: Runtime) {
  return { accounts: createOperatorAccounts(runtime), ledger: createLedger(runtime) };
}

async function showCredit(call: Call, ledger: Ledger, access: OperatorAccess, name: string): Promise<number> {
  const { account, balance, entries } = await ledger.show(access, name, mostEntries);
  const { balanceMicros, heldMicros, availableMicros } = balance;
  call.print(
    {
      account: account.serviceName,
      balance: formatEuro(balanceMicros, 6),
      held: formatEuro(heldMicros, 6),
      available: formatEuro(availableMicros, 6),
      entries: entries.map((e) => ({
        ...e,
        amountMicros: undefined,
        atMs: undefined,
        amount: formatEuro(e.amountMicros, 6),
        at: new Date(e.atMs).toISOString(),
      })),
    },
    [
      `balance    ${formatEuro(balanceMicros, 2)} EUR`,
      `held       ${formatEuro(heldMicros, 2)} EUR for messages under way and quotas of users`,
      `available  ${formatEuro(availableMicros, 2)} EUR`,
      '',
      ...entries.map(
        (e) =>
          `${new Date(e.atMs).toISOString()}  ${e.kind.padEnd(10)} ${formatEuro(e.amountMicros, 4).padStart(14)}  ` +
          (e.note ?? (e.campaigns ? count(e.campaigns, 'campaign') : count(e.messages, 'message'))),
      ),
    ],
  );
  return 0;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

async function auditLedger(call: Call, ledger: Ledger, access: OperatorAccess): Promise<number> {
  const differences = await ledger.audit(access);
  call.print(
    { balanced: differences.length === 0, differences },
    differences.length === 0
      ? ['the ledger is consistent']
      : differences.map((d) => `account ${d.accountId}: ${d.rule}; expected ${d.expected}, found ${d.found}`),
  );
  return differences.length === 0 ? 0 : 1;
}

export const accountList: Command = {
  words: 'account list',
  summary: 'Lists the accounts with their available credit.',
  options: {},
  run: (call) =>
    withService(call, createLedger, async (ledger, access) => {
      const rows = (await ledger.listAccounts(access)).map(({ account, balance }) => ({
        account: account.serviceName,
        email: account.email,
        name: account.name,
        status: account.status,
        available: formatEuro(balance.availableMicros, 6),
      }));
      call.print(
        rows,
        rows.length === 0
          ? ['no accounts; see chappe account create']
          : rows.map(
              (r) =>
                `${r.account}  ${r.email.padEnd(30)} ${r.available.padStart(14)} EUR  ${r.status}  ${r.name}`,
            ),
      );
      return 0;
    }),
};

/** Null if the option is absent. */
function readUrl(call: Call, option: string): string | null {
  const value = call.text(option);
  if (value === undefined) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new UsageError(`--${option} is "${value}", but must be an http:// or https:// address`);
  return value;
}
