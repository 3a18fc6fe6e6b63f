// Builds a service from functions that take the account first: each method checks its permission, then runs.
// Used by subjects with methods that pass the account on unchanged; other subjects call authorize themselves.
import type { Account } from '#domain/account/account.ts';
import type { AccountAccess } from './access.ts';
import { authorize } from './authorize.ts';
import type { Permission } from './permissions.ts';

type AccountFirst = (account: Account, ...rest: never[]) => unknown;

/** The same methods, with an access value in place of the account. */
export type Guarded<T> = {
  readonly [Method in keyof T]: T[Method] extends (account: Account, ...rest: infer Rest) => infer Result
    ? (access: AccountAccess, ...rest: Rest) => Result
    : never;
};

/** `permissions` names the permission of each method. Throws RefusedError `permission-missing`. */
export function guard<T extends { readonly [Method in keyof T]: AccountFirst }>(
  methods: T,
  permissions: { readonly [Method in keyof T]: Permission },
): Guarded<T> {
  const guarded = Object.entries<AccountFirst>(methods).map(([name, method]) => {
    const permission = permissions[name as keyof T];
    return [
      name,
      (access: AccountAccess, ...rest: never[]) => method(authorize(access, permission), ...rest),
    ] as const;
  });
  return Object.fromEntries(guarded) as Guarded<T>;
}
