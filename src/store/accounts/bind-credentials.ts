// Passwords for binds of SMPP: rows of `credentials` with a salt, because a password of 8 characters needs a slow hash. Used by
// authentication and the accounts services. A system_id can have several passwords, so that one can be replaced.
import { bytes, instant, int4, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface BindCredential {
  readonly id: number;
  readonly accountId: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const insert = statement('insert_bind_credential', {
  params: { accountId: int4, systemId: text, hash: bytes, salt: bytes, now: instant },
  text: (p) => `
insert into credentials (account_id, dialect, identifier, secret_sha256, salt, created_at)
values (${p.accountId}, 'smpp', ${p.systemId}, ${p.hash}, ${p.salt}, ${p.now})`,
});

export async function insertBindCredential(
  query: Query,
  credential: Omit<BindCredential, 'id'> & { readonly systemId: string },
  nowMs: number,
): Promise<void> {
  await insert.run(query, { ...credential, now: nowMs });
}

const find = statement('find_bind_credentials', {
  params: { systemId: text },
  row: { id: int4, accountId: int4, salt: bytes, hash: bytes },
  text: (p) => `
select id, account_id as "accountId", salt, secret_sha256 as hash from credentials
where dialect = 'smpp' and lower(identifier) = lower(${p.systemId}) and salt is not null and revoked_at is null
order by id`,
});

/** The valid passwords of a system_id, oldest first. */
export function findBindCredentials(query: Query, systemId: string): Promise<BindCredential[]> {
  return find.run(query, { systemId });
}

const check = statement('is_bind_credential_valid', {
  params: { id: int4 },
  row: { id: int4 },
  text: (p) => `select id from credentials where id = ${p.id} and revoked_at is null`,
});

/** False if it was revoked. */
export async function isBindCredentialValid(query: Query, id: number): Promise<boolean> {
  return (await check.find(query, { id })) !== null;
}

const readId = statement('read_system_id', {
  params: { accountId: int4 },
  row: { identifier: text },
  text: (p) => `
select identifier from credentials where account_id = ${p.accountId} and dialect = 'smpp' order by id desc limit 1`,
});

/** The system_id of an account; null if it never had one. */
export async function readSystemId(query: Query, accountId: number): Promise<string | null> {
  return (await readId.find(query, { accountId }))?.identifier ?? null;
}
