// The OVH dialect's services of the users of an account. Used by the listeners.
import type { UserDesk } from '#dialects/ovh/api/services.ts';
import { createUser, dropUser, editUser, readUser } from '#operations/account/users.ts';
import { listLogins } from '#store/accounts/users.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

export interface PeopleOptions {
  readonly config: Config;
  readonly runtime: Runtime;
}

export function userDeskOf({ runtime, config: { allowPrivateCallbacks } }: PeopleOptions): UserDesk {
  return {
    list: (account) => listLogins(runtime.database.query, account),
    read: (account, login) => readUser(runtime, account, login),
    create: async (account, login, password) =>
      (await createUser(runtime, account, login, password)) !== null,
    edit: (account, login, order) => editUser(runtime, account, login, order, allowPrivateCallbacks),
    drop: (account, login) => dropUser(runtime, account, login),
  };
}
