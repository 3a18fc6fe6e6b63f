// The members of an account: list, invite, change roles, remove. Used by the console. An account keeps an owner, unless an
// operator removes the last one.
import type { MemberRole } from '#domain/account/member.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteInvitation,
  type Invitation,
  insertInvitation,
  listInvitations,
} from '#store/accounts/member-invitations.ts';
import {
  type AccountMember,
  deleteRoleOfMember,
  listMembersOfAccount,
  lockOwnersOfAccount,
  readRoleOfMember,
  setRoleOfMember,
} from '#store/accounts/members.ts';

export interface Members {
  list(access: AccountAccess): Promise<readonly AccountMember[]>;
  listInvitations(access: AccountAccess): Promise<readonly Invitation[]>;
  /** Returns the token for the link, this once; valid for seven days. */
  invite(
    access: AccountAccess,
    order: { readonly email: string; readonly role: MemberRole },
  ): Promise<{ readonly id: number; readonly token: string; readonly expiresAtMs: number }>;
  /** False: there is no such invitation. */
  revokeInvitation(access: AccountAccess, id: number): Promise<boolean>;
  changeRole(
    access: AccountAccess,
    memberId: number,
    role: MemberRole,
  ): Promise<'changed' | 'unknown' | 'last-owner'>;
  remove(access: AccountAccess, memberId: number): Promise<'removed' | 'unknown' | 'last-owner'>;
}

const invitationMs = 7 * dayMs;
/** 43 characters: 256 bits. */
const tokenLength = 43;

export function createMembers({ database, clock }: Pick<Context, 'database' | 'clock'>): Members {
  return {
    list: async (access) => listMembersOfAccount(database.query, authorize(access, 'members.read').id),
    listInvitations: async (access) =>
      listInvitations(database.query, authorize(access, 'members.write').id, clock.now()),
    async invite(access, { email, role }) {
      const { id: accountId } = authorize(access, 'members.write');
      const nowMs = clock.now();
      const token = randomToken(tokenLength);
      const expiresAtMs = nowMs + invitationMs;
      const invitation = {
        tokenSha256: hashSecret(token),
        email,
        accountId,
        role,
        invitedBy: access.actor.actor,
        expiresAtMs,
      };
      return database.transaction(async (query) => {
        const id = await insertInvitation(query, invitation, nowMs);
        await auditChange(query, access, { action: 'member.invited', target: email, after: { role } }, nowMs);
        return { id, token, expiresAtMs };
      });
    },
    async revokeInvitation(access, id) {
      const account = authorize(access, 'members.write');
      return database.transaction(async (query) => {
        const email = await deleteInvitation(query, account.id, id);
        if (email === null) return false;
        await auditChange(query, access, { action: 'invitation.revoked', target: email }, clock.now());
        return true;
      });
    },
    async changeRole(access, memberId, role) {
      const account = authorize(access, 'members.write');
      return database.transaction(async (query) => {
        const owners = await lockOwnersOfAccount(query, account.id);
        const before = await readRoleOfMember(query, memberId, account.id);
        if (before === null) return 'unknown';
        if (role !== 'owner' && isLastOwner(access, owners, memberId)) return 'last-owner';
        await setRoleOfMember(query, { memberId, accountId: account.id, role }, clock.now());
        const change = { target: `#${memberId}`, before: { role: before }, after: { role } };
        await auditChange(query, access, { action: 'member.changed', ...change }, clock.now());
        return 'changed';
      });
    },
    async remove(access, memberId) {
      const account = authorize(access, 'members.write');
      return database.transaction(async (query) => {
        const owners = await lockOwnersOfAccount(query, account.id);
        const role = await readRoleOfMember(query, memberId, account.id);
        if (role === null) return 'unknown';
        if (isLastOwner(access, owners, memberId)) return 'last-owner';
        await deleteRoleOfMember(query, memberId, account.id);
        const change = { action: 'member.removed', target: `#${memberId}`, before: { role } };
        await auditChange(query, access, change, clock.now());
        return 'removed';
      });
    },
  };
}

function isLastOwner(access: AccountAccess, owners: readonly number[], memberId: number): boolean {
  return access.role !== 'operator' && owners.length === 1 && owners[0] === memberId;
}
