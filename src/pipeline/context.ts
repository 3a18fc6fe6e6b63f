// The values that services and stages share. Seven members; an eighth needs a decision record.
// ProcessContext adds what belongs to one running process; main makes it once.

import type { Account } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackChannel } from '#domain/delivery/callback.ts';
import type { Connector } from '#domain/delivery/connector.ts';
import type { RateCard } from '#domain/money/rate-card.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import type { Random } from '#lib/random.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { Database } from '#store/database/database.ts';
import type { Ids } from '#store/database/ids.ts';

export interface Context {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly random: Random;
  /** Connectors of which this process holds binds, by id. */
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly channels: ReadonlyMap<DialectName, CallbackChannel>;
}

/** Prices and reply numbers in force. They change while the process runs. */
export interface Pricing {
  /** Null: the account has no prices. */
  rates(accountId: number | null): RateCard;
  readonly replyNumbers: readonly ReplyNumber[];
}

/** Accounts by id, at most ten seconds old. Null for an unknown id. */
interface KnownAccounts {
  byId(id: number): Account | null | Promise<Account | null>;
}

export interface ProcessContext extends Context {
  readonly processId: number;
  /** All current buckets. */
  buckets(): readonly number[];
  readonly accounts: KnownAccounts;
  pricing(): Pricing;
  /** True after the request to stop: jobs end early and release their work. */
  isStopping(): boolean;
}
