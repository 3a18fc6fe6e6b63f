// Sessions of the console. Used by the members services. Found by the hash of the token in the cookie; the token itself is
// never stored.
import { boolean, bytes, instant, int2, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const row = {
  id: int8,
  memberId: int4,
  isComplete: boolean,
  codeFailures: int2,
  isLong: boolean,
  canSetPassword: boolean,
  totpPending: nullable(bytes),
  showsNumbersOf: nullable(int4),
  showsNumbersUntilMs: nullable(instant),
  createdAtMs: instant,
  lastSeenAtMs: instant,
  expiresAtMs: instant,
  address: text,
  agent: text,
};
const columns = `s.id, s.member_id as "memberId", s.is_complete as "isComplete", s.code_failures as "codeFailures",
  s.is_long as "isLong", s.can_set_password as "canSetPassword", s.totp_pending as "totpPending",
  s.shows_numbers_of as "showsNumbersOf", s.shows_numbers_until as "showsNumbersUntilMs", s.created_at as "createdAtMs",
  s.last_seen_at as "lastSeenAtMs", s.expires_at as "expiresAtMs", s.address, s.agent`;

export type StoredSession = RowOf<typeof row>;

const find = statement('find_member_session', {
  params: { tokenSha256: bytes, now: instant },
  row,
  text: (p) => `
select ${columns} from member_sessions s where s.token_sha256 = ${p.tokenSha256} and s.expires_at > ${p.now}`,
});

/** Null for an unknown token or an expired session. */
export function findSession(query: Query, tokenSha256: Buffer, nowMs: number): Promise<StoredSession | null> {
  return find.find(query, { tokenSha256, now: nowMs });
}

const deleteExpired = statement('delete_expired_member_sessions', {
  params: { now: instant },
  text: (p) => `delete from member_sessions where expires_at <= ${p.now}`,
});

const insertParams = {
  tokenSha256: bytes,
  memberId: int4,
  isComplete: boolean,
  isLong: boolean,
  canSetPassword: boolean,
  expiresAt: instant,
  address: text,
  agent: text,
};

const insert = statement('insert_member_session', {
  params: { ...insertParams, now: instant },
  row,
  text: (p) => `
insert into member_sessions as s (token_sha256, member_id, is_complete, is_long, can_set_password, created_at,
  last_seen_at, expires_at, address, agent)
values (${p.tokenSha256}, ${p.memberId}, ${p.isComplete}, ${p.isLong}, ${p.canSetPassword}, ${p.now}, ${p.now},
  ${p.expiresAt}, ${p.address}, ${p.agent}) returning ${columns}`,
});

export interface NewSession {
  readonly tokenSha256: Buffer;
  readonly memberId: number;
  readonly isComplete: boolean;
  readonly isLong: boolean;
  readonly canSetPassword: boolean;
  readonly expiresAtMs: number;
  readonly address: string;
  readonly agent: string;
}

/** Deletes expired sessions of everybody first. */
export async function insertSession(
  query: Query,
  { expiresAtMs, ...session }: NewSession,
  nowMs: number,
): Promise<StoredSession> {
  await deleteExpired.run(query, { now: nowMs });
  return (await insert.find(query, { ...session, expiresAt: expiresAtMs, now: nowMs }))!;
}

const see = statement('see_member_session', {
  params: { id: int8, now: instant, expiresAt: instant },
  text: (p) => `
update member_sessions set last_seen_at = ${p.now}, expires_at = ${p.expiresAt} where id = ${p.id}`,
});

export async function noteSessionUse(
  query: Query,
  id: number,
  nowMs: number,
  expiresAtMs: number,
): Promise<void> {
  await see.run(query, { id, now: nowMs, expiresAt: expiresAtMs });
}

const fail = statement('count_wrong_code', {
  params: { id: int8 },
  row: { failures: int2 },
  text: (p) => `
update member_sessions set code_failures = code_failures + 1 where id = ${p.id} returning code_failures as failures`,
});

/** Counts a wrong code of the second factor; returns the number of wrong codes. */
export async function countWrongCode(query: Query, id: number): Promise<number> {
  return (await fail.find(query, { id }))?.failures ?? Number.POSITIVE_INFINITY;
}

const setPending = statement('set_pending_totp', {
  params: { id: int8, totpPending: nullable(bytes) },
  text: (p) => `update member_sessions set totp_pending = ${p.totpPending} where id = ${p.id}`,
});

export async function setPendingTotp(query: Query, id: number, totpPending: Buffer | null): Promise<void> {
  await setPending.run(query, { id, totpPending });
}

const showNumbers = statement('show_numbers_in_session', {
  params: { id: int8, accountId: int4, until: instant },
  text: (p) => `
update member_sessions set shows_numbers_of = ${p.accountId}, shows_numbers_until = ${p.until} where id = ${p.id}`,
});

export async function showNumbersInSession(
  query: Query,
  id: number,
  accountId: number,
  untilMs: number,
): Promise<void> {
  await showNumbers.run(query, { id, accountId, until: untilMs });
}

const remove = statement('delete_member_session', {
  params: { id: int8, memberId: int4 },
  row: { id: int8 },
  text: (p) => `delete from member_sessions where id = ${p.id} and member_id = ${p.memberId} returning id`,
});

/** False if the member has no such session. */
export async function deleteSession(query: Query, memberId: number, id: number): Promise<boolean> {
  return (await remove.find(query, { id, memberId })) !== null;
}

const removeOthers = statement('delete_other_member_sessions', {
  params: { memberId: int4, keptId: nullable(int8) },
  row: { id: int8 },
  text: (p) => `
delete from member_sessions where member_id = ${p.memberId} and (${p.keptId} is null or id <> ${p.keptId}) returning id`,
});

/** Deletes all sessions of the member except `keptId`; returns their number. */
export async function deleteOtherSessions(
  query: Query,
  memberId: number,
  keptId: number | null,
): Promise<number> {
  return (await removeOthers.run(query, { memberId, keptId })).length;
}

const list = statement('list_member_sessions', {
  params: { memberId: int4, now: instant },
  row,
  text: (p) => `
select ${columns} from member_sessions s
where s.member_id = ${p.memberId} and s.expires_at > ${p.now} and s.is_complete order by s.last_seen_at desc`,
});

export function listSessions(query: Query, memberId: number, nowMs: number): Promise<StoredSession[]> {
  return list.run(query, { memberId, now: nowMs });
}

const findOwn = statement('find_session_of_member', {
  params: { id: int8, memberId: int4 },
  row,
  text: (p) =>
    `select ${columns} from member_sessions s where s.id = ${p.id} and s.member_id = ${p.memberId}`,
});

export function findSessionOfMember(
  query: Query,
  memberId: number,
  id: number,
): Promise<StoredSession | null> {
  return findOwn.find(query, { memberId, id });
}
