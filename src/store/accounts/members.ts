// Members: persons who use the console, with their passwords, second factors and roles in accounts. Used by the members
// services. No bucket: a person can belong to accounts of several.
import {
  defaultPreferences,
  type Member,
  type MemberRole,
  type Preferences,
} from '#domain/account/member.ts';
import {
  boolean,
  bytes,
  instant,
  int4,
  int8,
  json,
  list,
  nullable,
  text,
  word,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const memberRow = {
  id: int4,
  email: nullable(text),
  name: text,
  isOperator: boolean,
  language: nullable(word<'en' | 'fr'>()),
  preferences: json<Partial<Preferences>>(),
  hasPassword: boolean,
  hasTotp: boolean,
  createdAtMs: instant,
};
const columns = `m.id, m.email, m.name, m.is_operator as "isOperator", m.language, m.preferences,
  m.password_hash is not null as "hasPassword", m.totp_sealed is not null as "hasTotp", m.created_at as "createdAtMs"`;

function toMember({ preferences, ...row }: RowOf<typeof memberRow>): Member {
  return { ...row, preferences: { ...defaultPreferences, ...preferences } };
}

const secretRow = {
  passwordHash: nullable(text),
  totpSealed: nullable(bytes),
  totpStep: nullable(int8),
};
const secretColumns = `m.password_hash as "passwordHash", m.totp_sealed as "totpSealed", m.totp_step as "totpStep"`;

export interface MemberSecrets extends RowOf<typeof secretRow> {
  readonly member: Member;
}

const toSecrets = (row: RowOf<typeof memberRow> & RowOf<typeof secretRow>): MemberSecrets => {
  const { passwordHash, totpSealed, totpStep, ...rest } = row;
  return { member: toMember(rest), passwordHash, totpSealed, totpStep };
};

const findByEmail = statement('find_member_by_email', {
  params: { email: text },
  row: { ...memberRow, ...secretRow },
  text: (p) => `select ${columns}, ${secretColumns} from members m where lower(m.email) = lower(${p.email})`,
});

export async function findMemberByEmail(query: Query, email: string): Promise<MemberSecrets | null> {
  const row = await findByEmail.find(query, { email });
  return row && toSecrets(row);
}

const lockOne = statement('lock_member', {
  params: { id: int4 },
  row: { ...memberRow, ...secretRow },
  text: (p) => `select ${columns}, ${secretColumns} from members m where m.id = ${p.id} for update`,
});

/** Locks the member until the end of the transaction. */
export async function lockMember(query: Query, id: number): Promise<MemberSecrets | null> {
  const row = await lockOne.find(query, { id });
  return row && toSecrets(row);
}

const read = statement('read_member', {
  params: { id: int4 },
  row: memberRow,
  text: (p) => `select ${columns} from members m where m.id = ${p.id}`,
});

export async function readMember(query: Query, id: number): Promise<Member | null> {
  const row = await read.find(query, { id });
  return row && toMember(row);
}

const insert = statement('insert_member', {
  params: {
    email: nullable(text),
    name: text,
    isOperator: boolean,
    passwordHash: nullable(text),
    now: instant,
  },
  row: memberRow,
  text: (p) => `
insert into members as m (email, name, is_operator, password_hash, created_at)
values (${p.email}, ${p.name}, ${p.isOperator}, ${p.passwordHash}, ${p.now}) on conflict do nothing returning ${columns}`,
});

export interface NewMember {
  readonly email: string | null;
  readonly name: string;
  readonly isOperator: boolean;
  readonly passwordHash: string | null;
}

/** Null if the e-mail is taken. */
export async function insertMember(query: Query, member: NewMember, nowMs: number): Promise<Member | null> {
  const row = await insert.find(query, { ...member, now: nowMs });
  return row && toMember(row);
}

const updateProfile = statement('update_member_profile', {
  params: {
    id: int4,
    name: nullable(text),
    language: nullable(text),
    preferences: json<Partial<Preferences>>(),
  },
  row: memberRow,
  text: (p) => `
update members m set name = coalesce(${p.name}, m.name), language = coalesce(${p.language}, m.language),
  preferences = m.preferences || ${p.preferences}
where m.id = ${p.id} returning ${columns}`,
});

/** Null leaves a value as it is. */
export async function updateMemberProfile(
  query: Query,
  id: number,
  change: {
    readonly name: string | null;
    readonly language: string | null;
    readonly preferences: Partial<Preferences>;
  },
): Promise<Member | null> {
  const row = await updateProfile.find(query, { id, ...change });
  return row && toMember(row);
}

const setIdentity = statement('set_member_identity', {
  params: { id: int4, email: text, name: text, passwordHash: text },
  text: (p) => `
update members set email = ${p.email}, name = ${p.name}, password_hash = ${p.passwordHash}
where id = ${p.id}`,
});

/** Throws the unique violation of the database if the e-mail is taken: check it first. */
export async function setMemberIdentity(
  query: Query,
  id: number,
  identity: { readonly email: string; readonly name: string; readonly passwordHash: string },
): Promise<void> {
  await setIdentity.run(query, { id, ...identity });
}

const setPassword = statement('set_member_password', {
  params: { id: int4, passwordHash: text },
  text: (p) => `
update members set password_hash = ${p.passwordHash} where id = ${p.id}`,
});

export async function setMemberPassword(query: Query, id: number, passwordHash: string): Promise<void> {
  await setPassword.run(query, { id, passwordHash });
}

const setTotp = statement('set_member_totp', {
  params: { id: int4, totpSealed: nullable(bytes), step: nullable(int8) },
  text: (p) => `update members set totp_sealed = ${p.totpSealed}, totp_step = ${p.step} where id = ${p.id}`,
});

/** `step` is the last used step; null with a secret of null: no second factor. */
export async function setMemberTotp(
  query: Query,
  id: number,
  totpSealed: Buffer | null,
  step: number | null,
): Promise<void> {
  await setTotp.run(query, { id, totpSealed, step });
}

const deleteCodes = statement('delete_recovery_codes', {
  params: { memberId: int4 },
  text: (p) => `delete from member_recovery_codes where member_id = ${p.memberId}`,
});

const insertCodes = statement('insert_recovery_codes', {
  params: { memberId: int4, codes: list(text) },
  text: (p) => `
insert into member_recovery_codes (member_id, code_sha256)
select ${p.memberId}, decode(c, 'hex') from unnest(${p.codes}) as c`,
});

/** Replaces all codes. `hashes` are SHA-256 in hexadecimal. */
export async function replaceRecoveryCodes(
  query: Query,
  memberId: number,
  hashes: readonly string[],
): Promise<void> {
  await deleteCodes.run(query, { memberId });
  if (hashes.length > 0) await insertCodes.run(query, { memberId, codes: hashes });
}

const useCode = statement('use_recovery_code', {
  params: { memberId: int4, codeSha256: bytes },
  row: { memberId: int4 },
  text: (p) => `
delete from member_recovery_codes where member_id = ${p.memberId} and code_sha256 = ${p.codeSha256}
returning member_id as "memberId"`,
});

/** True if the code existed; it is deleted. */
export async function redeemRecoveryCode(
  query: Query,
  memberId: number,
  codeSha256: Buffer,
): Promise<boolean> {
  return (await useCode.find(query, { memberId, codeSha256 })) !== null;
}

const countCodes = statement('count_recovery_codes', {
  params: { memberId: int4 },
  row: { count: int8 },
  text: (p) => `select count(*) as count from member_recovery_codes where member_id = ${p.memberId}`,
});

export async function countRecoveryCodes(query: Query, memberId: number): Promise<number> {
  return (await countCodes.find(query, { memberId }))!.count;
}

const hasOperator = statement('has_operator_with_password', {
  params: {},
  row: { id: int4 },
  text: () => 'select id from members where is_operator and password_hash is not null limit 1',
});

export async function hasOperatorWithPassword(query: Query): Promise<boolean> {
  return (await hasOperator.find(query, {})) !== null;
}

const listAll = statement('list_operators', {
  params: {},
  row: memberRow,
  text: () => `select ${columns} from members m where m.is_operator order by m.id`,
});

export async function listOperators(query: Query): Promise<Member[]> {
  return (await listAll.run(query, {})).map(toMember);
}

const readRole = statement('read_role_of_member', {
  params: { memberId: int4, accountId: int4 },
  row: { role: word<MemberRole>() },
  text: (p) => `
select role from member_accounts where member_id = ${p.memberId} and account_id = ${p.accountId}`,
});

export async function readRoleOfMember(
  query: Query,
  memberId: number,
  accountId: number,
): Promise<MemberRole | null> {
  return (await readRole.find(query, { memberId, accountId }))?.role ?? null;
}

const listRoles = statement('list_accounts_of_member', {
  params: { memberId: int4, limit: int4 },
  row: { serviceName: text, name: text, role: word<MemberRole>() },
  text: (p) => `
select a.service_name as "serviceName", a.name, ma.role from member_accounts ma join accounts a on a.id = ma.account_id
where ma.member_id = ${p.memberId} order by a.name, a.service_name limit ${p.limit}`,
});

export function listAccountsOfMember(
  query: Query,
  memberId: number,
  limit: number,
): Promise<{ readonly serviceName: string; readonly name: string; readonly role: MemberRole }[]> {
  return listRoles.run(query, { memberId, limit });
}

const listFirst = statement('list_first_accounts', {
  params: { part: nullable(text), limit: int4 },
  row: { serviceName: text, name: text },
  text: (p) => `
select service_name as "serviceName", name from accounts
where ${p.part} is null or strpos(lower(service_name), lower(${p.part})) > 0 or strpos(lower(name), lower(${p.part})) > 0
order by name, service_name limit ${p.limit}`,
});

/** Accounts for an operator, by name; those with `part` in their names. */
export function listFirstAccounts(
  query: Query,
  part: string | null,
  limit: number,
): Promise<{ readonly serviceName: string; readonly name: string }[]> {
  return listFirst.run(query, { part, limit });
}

const setRole = statement('set_role_of_member', {
  params: { memberId: int4, accountId: int4, role: text, now: instant },
  text: (p) => `
insert into member_accounts (member_id, account_id, role, created_at)
values (${p.memberId}, ${p.accountId}, ${p.role}, ${p.now})
on conflict (member_id, account_id) do update set role = excluded.role`,
});

export async function setRoleOfMember(
  query: Query,
  membership: { readonly memberId: number; readonly accountId: number; readonly role: MemberRole },
  nowMs: number,
): Promise<void> {
  await setRole.run(query, { ...membership, now: nowMs });
}

const deleteRole = statement('delete_role_of_member', {
  params: { memberId: int4, accountId: int4 },
  text: (p) => `delete from member_accounts where member_id = ${p.memberId} and account_id = ${p.accountId}`,
});

export async function deleteRoleOfMember(query: Query, memberId: number, accountId: number): Promise<void> {
  await deleteRole.run(query, { memberId, accountId });
}

const setOperator = statement('set_member_operator', {
  params: { id: int4, isOperator: boolean },
  text: (p) => `update members set is_operator = ${p.isOperator} where id = ${p.id}`,
});

export async function setMemberOperator(query: Query, id: number, isOperator: boolean): Promise<void> {
  await setOperator.run(query, { id, isOperator });
}

export interface AccountMember {
  readonly id: number;
  readonly email: string | null;
  readonly name: string;
  readonly role: MemberRole;
  /** Of the console and of mails; null: not chosen. */
  readonly language: 'en' | 'fr' | null;
  readonly hasTotp: boolean;
  readonly sinceMs: number;
  readonly lastSeenAtMs: number | null;
}

const listMembers = statement('list_members_of_account', {
  params: { accountId: int4 },
  row: {
    id: int4,
    email: nullable(text),
    name: text,
    role: word<MemberRole>(),
    language: nullable(word<'en' | 'fr'>()),
    hasTotp: boolean,
    sinceMs: instant,
    lastSeenAtMs: nullable(instant),
  },
  text: (p) => `
select m.id, m.email, m.name, ma.role, m.language, m.totp_sealed is not null as "hasTotp", ma.created_at as "sinceMs",
  (select max(s.last_seen_at) from member_sessions s where s.member_id = m.id) as "lastSeenAtMs"
from member_accounts ma join members m on m.id = ma.member_id
where ma.account_id = ${p.accountId} order by m.name, m.id`,
});

export function listMembersOfAccount(query: Query, accountId: number): Promise<AccountMember[]> {
  return listMembers.run(query, { accountId });
}

const lockOwners = statement('lock_owners_of_account', {
  params: { accountId: int4 },
  row: { memberId: int4 },
  text: (p) => `
select member_id as "memberId" from member_accounts where account_id = ${p.accountId} and role = 'owner'
order by member_id for update`,
});

/** Ids of the owners, locked until the end of the transaction, so that two removals cannot leave none. */
export async function lockOwnersOfAccount(query: Query, accountId: number): Promise<number[]> {
  return (await lockOwners.run(query, { accountId })).map(({ memberId }) => memberId);
}
