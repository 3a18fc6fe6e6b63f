// Passwords for binds of SMPP: 8 characters, because older clients cut longer ones (Kannel), of 47 random bits, kept as a slow
// hash. Used by the creation of accounts and of keys.
import type { Account } from '#domain/account/account.ts';
import { hashCode, newSalt, randomToken } from '#lib/security/secrets.ts';
import { insertBindCredential, readSystemId } from '#store/accounts/bind-credentials.ts';
import type { Query } from '#store/database/database.ts';

export interface NewBindPassword {
  readonly password: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** SMPP 3.4 §5.2.2, without the NUL. */
const passwordLength = 8;
/** SMPP 3.4 §5.2.1, without the NUL. */
const maxSystemIdLength = 15;

export async function newBindPassword(): Promise<NewBindPassword> {
  const password = randomToken(passwordLength);
  const salt = newSalt();
  return { password, salt, hash: await hashCode(password, salt) };
}

/** The service name if clients can send it; otherwise a name with the id of the account. */
export function systemIdOf({ id, serviceName }: Account): string {
  return serviceName.length <= maxSystemIdLength ? serviceName : `smpp-${id}`;
}

/** Returns the system_id: the one that the account has, or a new one. */
export async function insertBindPassword(
  query: Query,
  account: Account,
  { salt, hash }: NewBindPassword,
  nowMs: number,
): Promise<string> {
  const systemId = (await readSystemId(query, account.id)) ?? systemIdOf(account);
  await insertBindCredential(query, { accountId: account.id, systemId, salt, hash }, nowMs);
  return systemId;
}
