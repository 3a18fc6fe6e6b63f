// Available credit of an account. Used by the dialects.
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { readBalance } from '#store/money/ledger.ts';

/** In micros. */
export async function readAvailable(context: Pick<Context, 'database'>, account: Account): Promise<bigint> {
  return (await readBalance(context.database.query, account)).availableMicros;
}
