// Hashes of passwords that people choose: argon2id. Used by the members services. The only file that uses the package.
// At most two hashes at a time in a process, so that signing in cannot take the cores of sending; beyond 50 waiting callers
// it throws TooManyHashes.
import { hash, verify } from '@node-rs/argon2';
import { createSemaphore } from '#lib/async/semaphore.ts';

/** OWASP's least parameters: 19 MiB, two passes, one thread; about 20 ms on a core of 2025. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const current = '$argon2id$v=19$m=19456,t=2,p=1$';
const concurrency = 2;
const maxWaiting = 50;

export class TooManyHashes extends Error {}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** `stored` null: compares with a hash of nothing, in the same time, and returns false. */
  isRight(stored: string | null, password: string): Promise<boolean>;
  /** True if it was hashed with other parameters than those of today. */
  isOutdated(stored: string): boolean;
}

/** The hash of a random password that nobody knows, so that an unknown e-mail costs the same time. */
const dummy =
  '$argon2id$v=19$m=19456,t=2,p=1$2GfYh6WQQtR1QdZ1TddwzQ$MY5ZZuTP5cxTmKgJhwfDiC7ZUhHIBLAexGy8k0nLYuI';

export function createPasswords(): Passwords {
  const permit = createSemaphore(concurrency);
  let waiting = 0;

  async function limited<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= maxWaiting) throw new TooManyHashes('too many passwords are checked at the moment');
    waiting++;
    try {
      return await permit(work);
    } finally {
      waiting--;
    }
  }

  return {
    hash: (password) => limited(() => hash(password.normalize('NFC'), options)),
    async isRight(stored, password) {
      const isEqual = await limited(() => verify(stored ?? dummy, password.normalize('NFC')));
      return isEqual && stored !== null;
    },
    isOutdated: (stored) => !stored.startsWith(current),
  };
}
