// chappe account show | close | key new | key revoke: shows or closes an account, adds or revokes its keys.
// The rules are in operations/operator/accounts/service.ts.
import { formatEuro } from '#domain/money/micros.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import type { NewKey } from '#operations/operator/accounts/keys.ts';
import { createOperatorAccounts, type OperatorAccounts } from '#operations/operator/accounts/service.ts';
import { type Call, type Command, requireText } from './command.ts';
import { withService } from './with-runtime.ts';

function withAccounts(
  call: Call,
  work: (accounts: OperatorAccounts, name: string, access: OperatorAccess) => Promise<number>,
): Promise<number> {
  return withService(call, createOperatorAccounts, (accounts, access) =>
    work(accounts, call.positionals[0]!, access),
  );
}

export const accountShow: Command = {
  words: 'account show',
  positionals: ['SERVICE'],
  summary: 'Shows an account: its status, its credit and the ids of its keys.',
  options: {},
  run: (call) =>
    withAccounts(call, async (accounts, name, access) => {
      const { account, balance, keys } = await accounts.show(access, name);
      const { balanceMicros, heldMicros, availableMicros } = balance;
      const rows = keys.map(({ createdAtMs, lastUseAtMs, ...key }) => ({
        ...key,
        createdAt: new Date(createdAtMs).toISOString(),
        lastUseAt: lastUseAtMs === null ? null : new Date(lastUseAtMs).toISOString(),
      }));
      call.print(
        {
          account: account.serviceName,
          email: account.email,
          name: account.name,
          status: account.status,
          balance: formatEuro(balanceMicros, 6),
          held: formatEuro(heldMicros, 6),
          available: formatEuro(availableMicros, 6),
          keys: rows,
        },
        [
          `account    ${account.serviceName}`,
          `e-mail     ${account.email}`,
          `name       ${account.name}`,
          `status     ${account.status}`,
          `balance    ${formatEuro(balanceMicros, 2)} EUR, ${formatEuro(heldMicros, 2)} EUR of it held`,
          '',
          ...(rows.length === 0 ? ['no keys'] : []),
          ...rows.map(
            (key) =>
              `${key.id.padEnd(16)}  ${key.identifier.padEnd(30)}  made ${key.createdAt}` +
              (key.lastUseAt === null ? '' : `, last used ${key.lastUseAt}`),
          ),
        ],
      );
      return 0;
    }),
};

export const accountClose: Command = {
  words: 'account close',
  positionals: ['SERVICE'],
  summary: 'Closes an account: its keys are refused. Accepted messages are still sent; no data is deleted.',
  options: { note: { type: 'string', value: 'TEXT', help: 'stored in the audit trail' } },
  run: (call) =>
    withAccounts(call, async (accounts, name, access) => {
      const isClosed = await accounts.close(access, name, call.text('note') ?? null);
      call.print({ account: name, status: 'closed' }, [
        `${name} ${isClosed ? 'is closed' : 'was closed before'}`,
      ]);
      return 0;
    }),
};

export const accountKeyNew: Command = {
  words: 'account key new',
  positionals: ['SERVICE'],
  summary: 'Creates a key and prints it. It is shown only now. Existing keys stay valid.',
  options: { dialect: { type: 'string', value: 'DIALECT', help: 'octopush, ovh, http2sms or smpp' } },
  run: (call) =>
    withAccounts(call, async (accounts, name, access) => {
      const key = await accounts.addKey(access, name, requireText(call, 'dialect'));
      call.print(...renderKey(key));
      return 0;
    }),
};

export const accountKeyRevoke: Command = {
  words: 'account key revoke',
  positionals: ['SERVICE', 'KEY'],
  summary: 'Revokes a key at once. KEY is its id (account show) or the leaked key itself.',
  options: {},
  run: (call) =>
    withAccounts(call, async (accounts, name, access) => {
      const id = await accounts.revokeKey(access, name, call.positionals[1]!);
      call.print({ revoked: id }, [`${id} is revoked`]);
      return 0;
    }),
};

/** Keys in the form of `account create`: the document and the lines. */
function renderKey(key: NewKey): [document: unknown, lines: string[]] {
  if (key.dialect === 'octopush')
    return [
      { octopush: { user_login: key.userLogin, api_key: key.apiKey } },
      [`Octopush login          ${key.userLogin}`, `Octopush API key        ${key.apiKey}`],
    ];
  if (key.dialect === 'http2sms')
    return [
      { http2sms: { account: key.serviceName, login: key.login, password: key.password } },
      [`http2sms login          ${key.login}`, `http2sms password       ${key.password}`],
    ];
  if (key.dialect === 'smpp')
    return [
      { smpp: { system_id: key.systemId, password: key.password } },
      [`SMPP system_id          ${key.systemId}`, `SMPP password           ${key.password}`],
    ];
  const { dialect: _, ...ovh } = key;
  return [
    { ovh },
    [
      `OVH application key     ${key.applicationKey}`,
      `OVH application secret  ${key.applicationSecret}`,
      `OVH consumer key        ${key.consumerKey}`,
    ],
  ];
}
