// Handlers of the operator's calls about accounts. Used by http-family.ts.
import { formatEuro } from '#domain/money/micros.ts';
import { actForAccount } from '#operations/access/operator-access.ts';
import { accountSettings } from '#operations/operator/accounts/setting-table.ts';
import type { operatorAccountCalls } from './contract/operator-accounts.ts';
import { ConsoleRefusal } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { readToday } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { iso, isoOrNull, renderTraffic } from './response.ts';

const euro = (micros: bigint) => formatEuro(micros, 6);
const mostEntries = 20;
const pageSize = 50;

export function operatorAccountHandlers({
  services,
  clock,
  baseUrl,
}: ConsoleOptions): HandlersOf<typeof operatorAccountCalls> {
  const { accounts, overview, ledger } = services.operator;
  return {
    async 'operator.accounts.list'({ access, parameters }) {
      const { q, status, after, limit = pageSize, today } = parameters;
      const page = {
        part: q ?? null,
        status: status ?? null,
        afterId: readKey(after),
        limit,
        todayMs: readToday(today, clock.now()),
      };
      const rows = await overview.listAccounts(access, page);
      return {
        rows: rows.map(({ account: { serviceName, name, email, status, parentId }, ...row }) => ({
          account: serviceName,
          name,
          email,
          status,
          isSubAccount: parentId !== null,
          ...renderBalance(row.balance),
          today: renderTraffic(row.today),
          createdAt: iso(row.createdAtMs),
        })),
        next: rows.length < limit ? null : String(rows.at(-1)!.account.id),
      };
    },
    async 'operator.accounts.read'({ access, parameters: { account: name } }) {
      const { account, balance, keys } = await accounts.show(access, name);
      const { entries } = await ledger.show(access, name, mostEntries);
      const members = await services.members.list(actForAccount(access, account));
      return {
        account: account.serviceName,
        name: account.name,
        email: account.email,
        status: account.status,
        ...renderBalance(balance),
        keys: keys.map(({ id, dialect, identifier, createdAtMs, lastUseAtMs }) => ({
          key: id,
          dialect,
          identifier,
          createdAt: iso(createdAtMs),
          lastUseAt: isoOrNull(lastUseAtMs),
        })),
        settings: accountSettings.map(({ flag, choices, isSecret, sentence, show }) => ({
          setting: flag,
          value: show(account),
          choices: [...choices],
          isSecret,
          sentence,
        })),
        members: members.map(({ name, email, role, lastSeenAtMs }) => ({
          ...{ name, email, role },
          lastSeenAt: isoOrNull(lastSeenAtMs),
        })),
        entries: entries.map(({ id, amountMicros, atMs, ...entry }) => ({
          ...entry,
          entry: id,
          amount: euro(amountMicros),
          at: iso(atMs),
        })),
      };
    },
    async 'operator.accounts.create'({ access, body: { email, name, credit, parent } }) {
      const order = { email: email.trim(), name: name.trim(), credit, callbackUrl: null, parent };
      const { account, octopush, ovh, user, smpp } = await accounts.create(access, order);
      return { account: account.serviceName, octopush, ovh, http2sms: user, smpp };
    },
    async 'operator.accounts.change'({ access, parameters: { account }, body: { settings } }) {
      const { changed } = await accounts.set(access, account, settings);
      return { changed: [...changed] };
    },
    async 'operator.accounts.moveCredit'({ access, parameters: { account }, body }) {
      const { direction, amount, note = '' } = body;
      const balance =
        direction === 'add'
          ? await accounts.addCredit(access, account, amount, note.trim() || null)
          : await accounts.takeCredit(access, account, amount, note);
      return renderBalance(balance);
    },
    async 'operator.accounts.invite'({ access, parameters, body: { email, role } }) {
      const account = await accounts.find(access, parameters.account);
      const order = { email: email.trim(), role };
      const { token, expiresAtMs } = await services.members.invite(actForAccount(access, account), order);
      return { link: `${baseUrl}/console/invite#${token}`, expiresAt: iso(expiresAtMs) };
    },
    async 'operator.accounts.revokeKey'({ access, parameters: { account, key } }) {
      await accounts.revokeKey(access, account, key);
      return {};
    },
    async 'operator.accounts.close'({ access, parameters: { account }, body: { note = '' } }) {
      const wasOpen = await accounts.close(access, account, note.trim() || null);
      if (!wasOpen) throw new ConsoleRefusal('conflict', { detail: 'This account is closed already.' });
      return {};
    },
  };
}

function renderBalance(balance: {
  readonly balanceMicros: bigint;
  readonly heldMicros: bigint;
  readonly availableMicros: bigint;
}) {
  return {
    balance: euro(balance.balanceMicros),
    held: euro(balance.heldMicros),
    available: euro(balance.availableMicros),
  };
}

/** The key of a page: the id of its predecessor's last row. */
function readKey(after: string | undefined): number {
  return after !== undefined && /^\d{1,9}$/.test(after) ? Number(after) : 0;
}
