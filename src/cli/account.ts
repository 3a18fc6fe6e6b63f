// chappe account create | credit | list: accounts, their keys and their money.

import type { Account } from '#domain/account/account.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import { isEmail } from '#lib/text/email.ts';
import type { Runtime } from '#main/runtime.ts';
import { createAccount } from '#operations/account/accounts/create-account.ts';
import { createAccounts } from '#operations/operator/accounts.ts';
import { findAccount, listAccounts } from '#store/accounts/accounts.ts';
import { audit, keepPartitions, listEntries, readBalance } from '#store/money/ledger.ts';
import { cliActor } from './actor.ts';
import { type Call, type Command, requireText, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const accountCreate: Command = {
  words: 'account create',
  summary: 'Creates an account and prints its keys. They are shown this once: only hashes are kept.',
  options: {
    email: { type: 'string', value: 'EMAIL', help: 'the login of the account' },
    name: { type: 'string', value: 'NAME', help: 'whose it is' },
    credit: { type: 'string', value: 'EUR', help: 'first credit in euro, e.g. 25.50' },
    callback: { type: 'string', value: 'URL', help: 'where receipts, replies and opt-outs are pushed' },
    parent: { type: 'string', value: 'SERVICE', help: 'the account it is a sub-account of' },
  },
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const email = requireText(call, 'email');
      if (!isEmail(email)) throw new UsageError(`--email is "${email}", but must be an e-mail address`);
      const parent = call.text('parent');
      const created = await createAccount(runtime, {
        ...(parent !== undefined && { parent: await requireParent(runtime, parent) }),
        email,
        name: call.text('name') ?? '',
        by: cliActor(),
        creditMicros: readEuro(call, 'credit') ?? 0n,
        callbackUrl: readUrl(call, 'callback'),
      });
      if (created === null) throw new Error(`there is an account with the e-mail ${email} already`);
      const { account, octopush, ovh, user } = created;
      call.print(
        {
          account: account.serviceName,
          octopush: { user_login: octopush.userLogin, api_key: octopush.apiKey },
          ovh: { serviceName: account.serviceName, ...ovh },
          http2sms: { account: account.serviceName, ...user },
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
        ],
      );
      return 0;
    }),
};

export const accountCredit: Command = {
  words: 'account credit',
  positionals: ['[SERVICE]'],
  summary: 'Adds or takes credit, shows entries and balance, or recomputes the books of all accounts.',
  options: {
    add: { type: 'string', value: 'EUR', help: 'credit to add, in euro' },
    take: { type: 'string', value: 'EUR', help: 'credit to take away, never what is held; with --note' },
    note: { type: 'string', value: 'TEXT', help: 'kept with the entry' },
    show: { type: 'boolean', help: 'show the balance and the latest entries' },
    audit: { type: 'boolean', help: 'recompute the books of all accounts; status 1 on a difference' },
  },
  run: (call) =>
    withRuntime(call, async (runtime) => {
      if (call.flag('audit')) return auditBooks(call, runtime);
      const account = await requireAccount(runtime, call.positionals[0]);
      const accounts = createAccounts(runtime);
      const [add, take, note] = [call.text('add'), call.text('take'), call.text('note')];
      if (add !== undefined && take !== undefined)
        throw new UsageError('--add and --take exclude each other');
      if (add !== undefined) await accounts.addCredit(cliActor(), account.serviceName, add, note ?? null);
      else if (take !== undefined)
        await accounts.takeCredit(cliActor(), account.serviceName, take, note ?? '');
      else if (!call.flag('show')) throw new UsageError('say --add EUR, --take EUR, --show or --audit');
      return showCredit(call, runtime, account);
    }),
};

async function showCredit(call: Call, runtime: Runtime, account: Account): Promise<number> {
  const { query } = runtime.database;
  const { balanceMicros, heldMicros, availableMicros } = await readBalance(query, account);
  const entries = await listEntries(query, account, 50);
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

async function auditBooks(call: Call, runtime: Runtime): Promise<number> {
  const differences = await runtime.database.transaction(async (query) => {
    // One view of everything, whatever goes on beside it.
    await query('set transaction isolation level repeatable read, read only');
    await keepPartitions(query);
    return audit(query);
  });
  call.print(
    { balanced: differences.length === 0, differences },
    differences.length === 0
      ? ['the books balance']
      : differences.map((d) => `account ${d.accountId}: ${d.rule}; expected ${d.expected}, found ${d.found}`),
  );
  return differences.length === 0 ? 0 : 1;
}

export const accountList: Command = {
  words: 'account list',
  summary: 'Lists the accounts with what they can spend.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const rows = [];
      for (const account of await listAccounts(runtime.database.query)) {
        const { availableMicros } = await readBalance(runtime.database.query, account);
        const { serviceName, email, name, status } = account;
        rows.push({
          account: serviceName,
          email,
          name,
          status,
          available: formatEuro(availableMicros, 6),
        });
      }
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

/** By service name or e-mail. */
export async function requireAccount(runtime: Runtime, nameOrEmail: string | undefined): Promise<Account> {
  const account = await findAccount(runtime.database.query, nameOrEmail ?? '');
  if (account === null)
    throw new UsageError(`there is no account ${nameOrEmail ?? ''}; see chappe account list`);
  return account;
}

/** An account that may have sub-accounts. */
async function requireParent(runtime: Runtime, nameOrEmail: string): Promise<Account> {
  const parent = await requireAccount(runtime, nameOrEmail);
  if (parent.parentId !== null)
    throw new UsageError(`${nameOrEmail} is a sub-account itself, and has none of its own`);
  return parent;
}

function readEuro(call: Call, option: string): bigint | null {
  const value = call.text(option);
  if (value === undefined) return null;
  const micros = parseEuro(value);
  if (micros === null)
    throw new UsageError(`--${option} is "${value}", but must be an amount in euro such as 25.50`);
  return micros;
}

/** Null when the option was not given. */
export function readUrl(call: Call, option: string): string | null {
  const value = call.text(option);
  if (value === undefined) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new UsageError(`--${option} is "${value}", but must be an http:// or https:// address`);
  return value;
}
