// What an operation may use. Six members; a seventh needs a decision record.
import type { CallbackChannel } from '#domain/callback.ts';
import type { Connector } from '#domain/connector.ts';
import type { DialectName } from '#domain/submission.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Database } from '#store/database.ts';
import type { Ids } from '#store/ids.ts';

export interface Context {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The connectors this process holds binds of, by id. */
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly channels: ReadonlyMap<DialectName, CallbackChannel>;
}
