// What an account can spend.
import type { Account } from '#domain/account/account.ts';
import type { Context } from '#pipeline/context.ts';
import { readBalance } from '#store/money/ledger.ts';

/** Balance less what is held for messages under way, in micros. */
export async function readAvailable(context: Pick<Context, 'database'>, account: Account): Promise<bigint> {
  const { balanceMicros, heldMicros } = await readBalance(context.database.query, account.bucket, account.id);
  return balanceMicros - heldMicros;
}
