// The refusals of authorization. Used by authorize.ts.
import { RefusedError } from '#domain/base/refusals.ts';
import type { Permission, Role } from './permissions.ts';

export function permissionMissing(permission: Permission, role: Role): RefusedError {
  return new RefusedError(
    'permission-missing',
    `The role ${role} does not include ${permission}. Ask an owner of the account for another role.`,
  );
}
