// Checks the permission of a call. The first statement of every method of a service.
// Refusal: permission-missing.
import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import type { AccountAccess, OperatorAccess } from './access.ts';
import { permissionMissing } from './access-refusals.ts';
import { type Permission, permissions } from './permissions.ts';

/**
 * Returns the account that the caller may act on, or the operator who acts. An Account is an AccountKey: pass it to
 * statements.
 */
export function authorize(access: OperatorAccess, permission: Permission): Actor;
export function authorize(access: AccountAccess, permission: Permission): Account;
export function authorize(access: AccountAccess | OperatorAccess, permission: Permission): Account | Actor {
  if (!(permissions[permission] as readonly string[]).includes(access.role))
    throw permissionMissing(permission, access.role);
  return 'account' in access ? access.account : access.actor;
}
