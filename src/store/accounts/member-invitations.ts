// Invitations of members and one-time links of operators, by the hash of their token. Used by the members services.
import type { MemberRole } from '#domain/account/member.ts';
import { bytes, instant, int4, nullable, text, word } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

const row = {
  id: int4,
  email: text,
  accountId: nullable(int4),
  account: nullable(text),
  accountName: nullable(text),
  role: word<MemberRole | 'operator'>(),
  invitedBy: text,
  createdAtMs: instant,
  expiresAtMs: instant,
};
const columns = `i.id, i.email, i.account_id as "accountId", a.service_name as account, a.name as "accountName", i.role,
  i.invited_by as "invitedBy", i.created_at as "createdAtMs", i.expires_at as "expiresAtMs"`;
const source = 'member_invitations i left join accounts a on a.id = i.account_id';

export type Invitation = RowOf<typeof row>;

const insert = statement('insert_member_invitation', {
  params: {
    tokenSha256: bytes,
    email: text,
    accountId: nullable(int4),
    role: text,
    invitedBy: text,
    now: instant,
    expiresAt: instant,
  },
  row: { id: int4 },
  text: (p) => `
insert into member_invitations (token_sha256, email, account_id, role, invited_by, created_at, expires_at)
values (${p.tokenSha256}, ${p.email}, ${p.accountId}, ${p.role}, ${p.invitedBy}, ${p.now}, ${p.expiresAt}) returning id`,
});

export interface NewInvitation {
  readonly tokenSha256: Buffer;
  readonly email: string;
  readonly accountId: number | null;
  readonly role: MemberRole | 'operator';
  readonly invitedBy: string;
  readonly expiresAtMs: number;
}

export async function insertInvitation(
  query: Query,
  { expiresAtMs, ...invitation }: NewInvitation,
  nowMs: number,
): Promise<number> {
  return (await insert.find(query, { ...invitation, expiresAt: expiresAtMs, now: nowMs }))!.id;
}

const find = statement('find_member_invitation', {
  params: { tokenSha256: bytes, now: instant },
  row,
  text: (p) => `
select ${columns} from ${source} where i.token_sha256 = ${p.tokenSha256} and i.expires_at > ${p.now}`,
});

/** Null for an unknown or expired token. */
export function findInvitation(query: Query, tokenSha256: Buffer, nowMs: number): Promise<Invitation | null> {
  return find.find(query, { tokenSha256, now: nowMs });
}

const list = statement('list_member_invitations', {
  params: { accountId: nullable(int4), now: instant },
  row,
  text: (p) => `
select ${columns} from ${source}
where i.account_id is not distinct from ${p.accountId} and i.expires_at > ${p.now} order by i.id`,
});

/** `accountId` null: those of operators. */
export function listInvitations(
  query: Query,
  accountId: number | null,
  nowMs: number,
): Promise<Invitation[]> {
  return list.run(query, { accountId, now: nowMs });
}

const remove = statement('delete_member_invitation', {
  params: { id: int4, accountId: nullable(int4) },
  row: { email: text },
  text: (p) => `
delete from member_invitations where id = ${p.id} and account_id is not distinct from ${p.accountId} returning email`,
});

/** The e-mail of the deleted invitation; null if the account has none with this id. */
export async function deleteInvitation(
  query: Query,
  accountId: number | null,
  id: number,
): Promise<string | null> {
  return (await remove.find(query, { id, accountId }))?.email ?? null;
}

const clearLinks = statement('delete_operator_links', {
  params: {},
  text: () => 'delete from operator_links',
});

const insertLink = statement('insert_operator_link', {
  params: { tokenSha256: bytes, memberId: nullable(int4), now: instant, expiresAt: instant },
  text: (p) => `
insert into operator_links (token_sha256, member_id, created_at, expires_at)
values (${p.tokenSha256}, ${p.memberId}, ${p.now}, ${p.expiresAt})`,
});

/** Replaces the former link. `memberId` null: the link makes a new operator. */
export async function replaceOperatorLink(
  query: Query,
  link: { readonly tokenSha256: Buffer; readonly memberId: number | null; readonly expiresAtMs: number },
  nowMs: number,
): Promise<void> {
  const { expiresAtMs, ...values } = link;
  await clearLinks.run(query, {});
  await insertLink.run(query, { ...values, now: nowMs, expiresAt: expiresAtMs });
}

const useLink = statement('use_operator_link', {
  params: { tokenSha256: bytes, now: instant },
  row: { memberId: nullable(int4) },
  text: (p) => `
delete from operator_links where token_sha256 = ${p.tokenSha256} and expires_at > ${p.now}
returning member_id as "memberId"`,
});

/** Deletes the link. Null for an unknown, used or expired token. */
export function redeemOperatorLink(
  query: Query,
  tokenSha256: Buffer,
  nowMs: number,
): Promise<{ readonly memberId: number | null } | null> {
  return useLink.find(query, { tokenSha256, now: nowMs });
}
