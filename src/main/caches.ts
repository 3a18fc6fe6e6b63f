// Caches of accounts by their keys and names, and of consumers of the OVH dialect. Used by listeners and callbacks. A notice
// of a change invalidates them together.

import { type AccountCache, createAccountCache } from '#operations/account/credentials/api-keys.ts';
import {
  type ConsumerKeyCache,
  createConsumerKeyCache,
} from '#operations/account/credentials/consumer-keys.ts';
import { createUserCache, type UserCache } from '#operations/account/credentials/user-passwords.ts';
import type { Runtime } from './runtime.ts';

export interface Caches {
  readonly accounts: AccountCache;
  readonly consumers: ConsumerKeyCache;
  /** Users of accounts by their passwords. */
  readonly users: UserCache;
  forget(): void;
}

export function openCaches(runtime: Runtime): Caches {
  const accounts = createAccountCache(runtime);
  const consumers = createConsumerKeyCache(runtime, runtime.seal);
  return {
    accounts,
    consumers,
    users: createUserCache(runtime, (id) => accounts.byId(id)),
    forget() {
      accounts.forget();
      consumers.forget();
    },
  };
}
