// Opens the runtime: the embedded PostgreSQL or the operator's own, migrated and with a rate card. Used by all commands and
// by main.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Log } from '#domain/base/log-events.ts';
import { parseRateCard } from '#domain/money/rate-card.ts';
import { createSeal, type Seal } from '#lib/security/sealing.ts';
import { randomToken } from '#lib/security/secrets.ts';
import { type Clock, systemClock } from '#lib/time/clock.ts';
import { type Database, openDatabase } from '#store/database/database.ts';
import { describeServer } from '#store/database/describe-server.ts';
import { createIds, type Ids } from '#store/database/ids.ts';
import { hasSchema, migrate } from '#store/database/migrate.ts';
import { type EmbeddedServer, hasEmbedded, startEmbedded } from '#store/embedded/embedded.ts';
import { hasRates, lockRates, replaceRates } from '#store/money/rates.ts';
import { ensurePlatformSetting } from '#store/platform/platform-settings.ts';
import type { Config } from './config/settings.ts';

export interface Runtime {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** For secrets that must be readable again. */
  readonly seal: Seal;
  readonly isEmbedded: boolean;
  /** Version of the PostgreSQL server. */
  readonly version: string;
  /** Starts the embedded server again if it has ended. Cheap while it runs. */
  ensureRunning(): Promise<void>;
  stop(): Promise<void>;
}

/** A query that hangs keeps its connection, and the pool waits for it. */
const closeWithinMs = 1_000;

function patience(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

export interface RuntimeOptions {
  /** Whether a missing database may be created: only `serve` does, so that a wrong folder is noticed. */
  readonly mayCreate: boolean;
  /** Aborts the start: it throws and leaves no server running. */
  readonly signal?: AbortSignal;
}

interface OpenServer {
  readonly database: Database;
  readonly embedded: EmbeddedServer | null;
  stop(): Promise<void>;
}

async function openServer(config: Config, log: Log, signal?: AbortSignal): Promise<OpenServer> {
  const embedded =
    config.databaseUrl === null
      ? await startEmbedded({
          dataDir: config.dataDir,
          log: (line) => log.info('database.server_reported', { line }),
          ...(signal !== undefined && { signal }),
        })
      : null;
  const database = openDatabase(embedded?.connection ?? { connectionString: config.databaseUrl! }, log);
  return {
    database,
    embedded,
    async stop() {
      // The server stops even if closing the connections fails: no other code stops it.
      await Promise.race([database.close(), patience(closeWithinMs)])
        .catch((error: Error) => log.warn('database.close_failed', { err: error.message }))
        .finally(() => embedded?.stop());
    },
  };
}

/** A database without a schema, which is neither migrated nor given a rate card: for `restore`. Created if it is missing. */
export async function startEmptyRuntime(
  config: Config,
  log: Log,
): Promise<Pick<Runtime, 'database' | 'clock' | 'stop'>> {
  const { database, stop } = await openServer(config, log);
  try {
    await describeServer(database.query);
  } catch (error) {
    await stop();
    throw config.databaseUrl === null ? error : explainUnreachable(error);
  }
  return { database, clock: systemClock, stop };
}

export async function startRuntime(
  config: Config,
  log: Log,
  { mayCreate, signal }: RuntimeOptions,
): Promise<Runtime> {
  if (!mayCreate && config.databaseUrl === null && !hasEmbedded(config.dataDir))
    throw new Error(
      `there is no installation in ${resolve(config.dataDir)}: start chappe serve there first, or say where it is ` +
        '(--data-dir, CHAPPE_DATA_DIR or DATABASE_URL)',
    );
  const { database, embedded, stop } = await openServer(config, log, signal);
  try {
    const server = await describeServer(database.query);
    if (!server.isDurable) log.warn('database.fsync_disabled');
    if (!mayCreate && !(await hasSchema(database.query)))
      throw new Error(
        'the database of DATABASE_URL is empty: start chappe serve with it first, or run chappe migrate',
      );
    signal?.throwIfAborted();
    await migrate(database);
    signal?.throwIfAborted();
    await seedRates(database);
    return {
      database,
      clock: systemClock,
      ids: createIds(database, systemClock.now),
      log,
      seal: await openSeal(config, database),
      isEmbedded: embedded !== null,
      ensureRunning: async () => embedded?.ensureRunning(),
      version: server.version,
      stop,
    };
  } catch (error) {
    await giveUp(database, embedded);
    throw embedded === null ? explainUnreachable(error) : error;
  }
}

/**
 * Seals with the operator's key, or with a random one in the database (docs/decisions/0013-sealed-application-secrets.md). A
 * change of the key makes applications of the OVH dialect unusable.
 */
async function openSeal({ secretKey }: Config, { query }: Database): Promise<Seal> {
  return createSeal(secretKey ?? (await ensurePlatformSetting<string>(query, 'seal_key', randomToken(43))));
}

/** The driver says `connect ECONNREFUSED 127.0.0.1:5432`, or nothing for a name with several addresses. */
function explainUnreachable(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  // PostgreSQL's own codes have five characters; its message is returned unchanged.
  if (code === undefined || /^[0-9A-Z]{5}$/.test(code)) return error;
  return new Error(`the database of DATABASE_URL cannot be reached: ${message || code}`, { cause: error });
}

async function giveUp(database: Database, embedded: EmbeddedServer | null): Promise<void> {
  await database.close().catch(() => {});
  await embedded?.stop();
}

/** A new installation gets the shipped rate card; afterwards the operator maintains the table. */
async function seedRates(database: Database): Promise<void> {
  if (await hasRates(database.query)) return;
  const csv = await readFile(new URL('../../rates/rate-card.csv', import.meta.url), 'utf8');
  const parsed = parseRateCard(csv);
  if ('errors' in parsed) throw new Error(`rates/rate-card.csv: ${parsed.errors.join('; ')}`);
  await database.transaction(async (query) => {
    await lockRates(query);
    if (!(await hasRates(query))) await replaceRates(query, parsed.card.rates);
  });
}
