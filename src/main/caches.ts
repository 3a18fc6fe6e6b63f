// Who may come in, remembered for a while: accounts by their keys and names, consumers of OVH's dialect. Serves doors and
// callbacks; forgotten together when something about them changes.

import { type ConsumerBook, createConsumerBook } from '#operations/account/consumer-key-cache.ts';
import { type AccountBook, createAccountBook } from '#operations/account/credentials.ts';
import { createUserBook, type UserBook } from '#operations/account/user-cache.ts';
import type { Engine } from './runtime.ts';

export interface Books {
  readonly accounts: AccountBook;
  readonly consumers: ConsumerBook;
  /** Users of accounts, by their passwords. */
  readonly users: UserBook;
  forget(): void;
}

export function openBooks(engine: Engine): Books {
  const accounts = createAccountBook(engine);
  const consumers = createConsumerBook(engine, engine.seal);
  return {
    accounts,
    consumers,
    users: createUserBook(engine, (id) => accounts.byId(id)),
    forget() {
      accounts.forget();
      consumers.forget();
    },
  };
}
