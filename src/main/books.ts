// Who may come in, remembered for a while: accounts by their keys and names, consumers of OVH's dialect. Serves doors and
// callbacks; forgotten together when something about them changes.
import { type AccountBook, createAccountBook } from '#operations/authenticate.ts';
import { type ConsumerBook, createConsumerBook } from '#operations/consumer-book.ts';
import { createUserBook, type UserBook } from '#operations/user-book.ts';
import type { Engine } from './engine.ts';

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
