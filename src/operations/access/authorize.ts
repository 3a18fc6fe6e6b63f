// Checks the permission of a call. The first statement of every method of a service.
// Refusal: permission-missing.
import type { Account } from '#domain/account/account.ts';
import type { Member } from '#domain/account/member.ts';
import type { Actor } from '#domain/base/audit.ts';
import type { AccountAccess, MemberAccess, OperatorAccess } from './access.ts';
import { permissionMissing } from './access-refusals.ts';
import { type Permission, permissions } from './permissions.ts';

/**
 * Returns the account that the caller may act on, the operator who acts, or the person of the session. An Account is an
 * AccountKey: pass it to statements.
 */
export function authorize(access: OperatorAccess, permission: Permission): Actor;
export function authorize(access: AccountAccess, permission: Permission): Account;
export function authorize(access: MemberAccess, permission: Permission): Member;
export function authorize(
  access: AccountAccess | OperatorAccess | MemberAccess,
  permission: Permission,
): Account | Actor | Member {
  if (!(permissions[permission] as readonly string[]).includes(access.role))
    throw permissionMissing(permission, access.role);
  if ('account' in access) return access.account;
  return 'member' in access ? access.member : access.actor;
}
