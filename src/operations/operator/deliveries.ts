// Callbacks that do not arrive, over all accounts: those that fail now, since when and why, and those given up. Used by the console. A
// replay is a method of the account's own service (account/callbacks.ts), which the operator calls for it.
import type { Account } from '#domain/account/account.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import { listAccountsById } from '#store/accounts/accounts.ts';
import { listAttemptPage } from '#store/pipeline/delivery-log.ts';
import {
  type FailingAccount,
  listFailingAccounts,
  listGivenUpAccounts,
} from '#store/pipeline/failing-callbacks.ts';

interface FailingDelivery {
  readonly account: Account;
  /** All zero: nothing fails now. */
  readonly now: Omit<FailingAccount, 'accountId'>;
  /** Messages whose callbacks were given up in the last seven days. */
  readonly givenUp: number;
  /** Of the newest failed attempt. */
  readonly last: {
    readonly atMs: number;
    readonly httpStatus: number | null;
    readonly error: string | null;
  } | null;
}

export interface Deliveries {
  /** Those with the most failing callbacks first, at most 100. */
  listFailing(access: OperatorAccess): Promise<FailingDelivery[]>;
}

const mostAccounts = 100;
const givenUpDays = 7;
const none = { pending: 0, failing: 0, failingSinceMs: null, nextAttemptAtMs: null };
const newestFailed = { result: 'failed', from: null, to: null, messageId: null, callbackId: null } as const;

export function createDeliveries({
  database: { query },
  clock,
  buckets,
}: Pick<ProcessContext, 'database' | 'clock' | 'buckets'>): Deliveries {
  return {
    async listFailing(access) {
      authorize(access, 'operator-callbacks.read');
      const failing = new Map<number, Omit<FailingAccount, 'accountId'>>();
      const givenUp = new Map<number, number>();
      const sinceMs = clock.now() - givenUpDays * dayMs;
      for (const bucket of buckets()) {
        for (const { accountId, ...row } of await listFailingAccounts(query, bucket, mostAccounts))
          failing.set(accountId, row);
        for (const { accountId, messages } of await listGivenUpAccounts(query, bucket, sinceMs))
          givenUp.set(accountId, messages);
      }
      const ids = [...new Set([...failing.keys(), ...givenUp.keys()])]
        .sort(
          (a, b) =>
            (failing.get(b)?.failing ?? 0) - (failing.get(a)?.failing ?? 0) ||
            (givenUp.get(b) ?? 0) - (givenUp.get(a) ?? 0) ||
            a - b,
        )
        .slice(0, mostAccounts);
      const accounts = await listAccountsById(query, ids);
      const rows: FailingDelivery[] = [];
      for (const id of ids) {
        const account = accounts.get(id);
        if (account === undefined) continue;
        const page = { beforeId: Number.MAX_SAFE_INTEGER, limit: 1 };
        const [last = null] = await listAttemptPage(query, account, newestFailed, page);
        rows.push({ account, now: failing.get(id) ?? none, givenUp: givenUp.get(id) ?? 0, last });
      }
      return rows;
    },
  };
}
