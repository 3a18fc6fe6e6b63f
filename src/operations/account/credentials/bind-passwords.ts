// Finds the account of a system_id and a password of SMPP. Used by the SMPP dialect through the service `credentials`.
// Never distinguishes an unknown system_id from a wrong password.
// Refusals: credentials-wrong, account-not-validated, account-blocked.
import type { Account } from '#domain/account/account.ts';
import { accountUnusable, credentialsWrong } from '#domain/account/account-refusals.ts';
import { newSalt } from '#lib/security/secrets.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type BindCredential,
  findBindCredentials,
  isBindCredentialValid,
} from '#store/accounts/bind-credentials.ts';
import type { JudgePassword } from './password-trials.ts';

interface KnownBind {
  readonly account: Account;
  readonly credentialId: number;
}

export interface BindPasswords {
  authenticate(systemId: string, password: string, address: string): Promise<KnownBind | 'too-many'>;
  /** The current account; null if it cannot be used any more, or the password was revoked. */
  renew(known: { readonly accountId: number; readonly credentialId: number }): Promise<Account | null>;
}

/** An unknown system_id takes as long as a known one. */
const nobody: BindCredential = { id: 0, accountId: 0, salt: newSalt(), hash: newSalt() };

export function createBindPasswords(
  { database: { query } }: Pick<Context, 'database'>,
  judge: JudgePassword,
  accountOf: (id: number) => Account | null | Promise<Account | null>,
): BindPasswords {
  return {
    async authenticate(systemId, password, address) {
      const found = await findBindCredentials(query, systemId);
      const attempt = { name: `smpp ${systemId.toLowerCase()}`, password, address };
      for (const credential of found.length === 0 ? [nobody] : found) {
        const verdict = await judge(attempt, credential);
        if (verdict === 'too-many') return verdict;
        if (!verdict || credential === nobody) continue;
        const account = await accountOf(credential.accountId);
        if (account === null) throw credentialsWrong();
        if (account.status !== 'active') throw accountUnusable(account.status);
        return { account, credentialId: credential.id };
      }
      throw credentialsWrong();
    },
    async renew({ accountId, credentialId }) {
      const [account, isValid] = await Promise.all([
        accountOf(accountId),
        isBindCredentialValid(query, credentialId),
      ]);
      return account?.status === 'active' && isValid ? account : null;
    },
  };
}
