// What an operation may use. Six members; a seventh needs a decision record.

import type { Log } from '#domain/base/log-events.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackChannel } from '#domain/delivery/callback.ts';
import type { Connector } from '#domain/delivery/connector.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { Database } from '#store/database/database.ts';
import type { Ids } from '#store/database/ids.ts';

export interface Context {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The connectors this process holds binds of, by id. */
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly channels: ReadonlyMap<DialectName, CallbackChannel>;
}
