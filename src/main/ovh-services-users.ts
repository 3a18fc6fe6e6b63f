// Who acts for an account, as OVH's dialect may ask it: its users. Serves the doors.
import type { UserDesk } from '#dialects/ovh/api/services.ts';
import { createUser, dropUser, editUser, readUser } from '#operations/account/users.ts';
import { listLogins } from '#store/accounts/users.ts';
import type { Config } from './config.ts';
import type { Engine } from './runtime.ts';

export interface PeopleOptions {
  readonly config: Config;
  readonly engine: Engine;
}

export function userDeskOf({ engine, config: { allowPrivateCallbacks } }: PeopleOptions): UserDesk {
  return {
    list: (account) => listLogins(engine.database.query, account),
    read: (account, login) => readUser(engine, account, login),
    create: async (account, login, password) => (await createUser(engine, account, login, password)) !== null,
    edit: (account, login, order) => editUser(engine, account, login, order, allowPrivateCallbacks),
    drop: (account, login) => dropUser(engine, account, login),
  };
}
