// Finds the account of a credential. Answers without a query for recent credentials. A change of an account sends a notice;
// without the notice it takes effect after ten seconds.
// Refusals: credentials-wrong, account-not-validated, account-blocked.

import type { Account } from '#domain/account/account.ts';
import { accountUnusable, credentialsWrong } from '#domain/account/account-refusals.ts';
import { ExpiringCache } from '#lib/async/expiring-cache.ts';
import { hashSecretHex } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type CredentialFamily,
  findByCredential,
  findByServiceName,
  readAccount,
} from '#store/accounts/accounts.ts';

export interface AccountCache {
  authenticate(family: CredentialFamily, identifier: string, secret: string): Account | Promise<Account>;
  /** By id, for callbacks; null for an unknown id. */
  byId(id: number): Account | null | Promise<Account | null>;
  /** By its service name. */
  byName(serviceName: string): Account | null | Promise<Account | null>;
  /** Called after a change: cached values can be stale. */
  forget(): void;
}

interface Remembered {
  /** Null: no account has this login. Cached too, so that the response time does not reveal which logins exist. */
  readonly account: Account | null;
  /** SHA-256 of each secret of the account, in hex. */
  readonly secrets: readonly string[];
}

const rememberMs = 10_000;
const maxRemembered = 50_000;

export function createAccountCache(context: Pick<Context, 'database' | 'clock'>): AccountCache {
  const memory = { maxEntries: maxRemembered, expiry: { maxAgeMs: rememberMs, clock: context.clock } };
  const byCredential = new ExpiringCache<string, Remembered>(memory);
  /** A separate cache, so that a flood of invented logins does not evict those of customers. */
  const absent = new ExpiringCache<string, Remembered>(memory);
  const byId = new ExpiringCache<number | string, { readonly account: Account | null }>(memory);

  /** Pending look-ups: after an eviction many requests need the same credential at one instant. */
  const underWay = new Map<string, Promise<Remembered>>();

  async function look(family: CredentialFamily, identifier: string, secret: string): Promise<Account> {
    const key = `${family} ${identifier}`;
    let looking = underWay.get(key);
    if (looking === undefined) {
      looking = read(family, identifier).finally(() => underWay.delete(key));
      underWay.set(key, looking);
    }
    return open(await looking, secret);
  }

  async function read(family: CredentialFamily, identifier: string): Promise<Remembered> {
    const found = await findByCredential(context.database.query, family, identifier);
    const remembered: Remembered = {
      account: found?.account ?? null,
      secrets: found?.secrets.map((s) => s.toString('hex')) ?? [],
    };
    const cache = found === null ? absent : byCredential;
    cache.set(`${family} ${identifier}`, remembered);
    return remembered;
  }

  function recall(
    key: number | string,
    read: () => Promise<Account | null>,
  ): Account | null | Promise<Account | null> {
    const remembered = byId.get(key);
    if (remembered !== undefined) return remembered.account;
    return read().then((account) => {
      byId.set(key, { account });
      return account;
    });
  }

  return {
    authenticate(family, identifier, secret) {
      const key = `${family} ${identifier}`;
      const remembered = byCredential.get(key) ?? absent.get(key);
      return remembered === undefined ? look(family, identifier, secret) : open(remembered, secret);
    },
    byId: (id) => recall(id, () => readAccount(context.database.query, id)),
    byName: (name) => recall(name, () => findByServiceName(context.database.query, name)),
    forget() {
      byCredential.clear();
      absent.clear();
      byId.clear();
    },
  };
}

function open({ account, secrets }: Remembered, secret: string): Account {
  // Hashes are compared, so the time of the comparison reveals nothing about the secret.
  if (!secrets.includes(hashSecretHex(secret)) || account === null) throw credentialsWrong();
  if (account.status === 'active') return account;
  throw accountUnusable(account.status);
}
