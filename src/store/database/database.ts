// The connections to PostgreSQL: a pool for ordinary reads and writes, pipelined connections for hot statements, and notices.
// With copy.ts the only file that uses the driver. Other files of src/store receive a Query.
import type { Writable } from 'node:stream';
import pg from 'pg';
import type { Log } from '#domain/base/log-events.ts';
import { randomToken } from '#lib/security/secrets.ts';
import { copyIn, copyOut } from './copy.ts';
import { listen } from './listen.ts';

/** A named statement: the server parses it once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs one statement; rows come as plain objects, int8 and timestamptz (ms since the epoch) as numbers. */
export type Query = <Row = Record<string, unknown>>(
  statement: Statement | string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export interface DatabaseSettings {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly connectionString?: string;
}

/**
 * One dedicated connection for ordered batches, in pipeline mode: statements can be sent before the results of the
 * previous ones. It runs one piece of work at a time; its caller ensures that.
 */
export interface PipelinedConnection {
  run<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A transaction that can copy whole tables. */
export interface CopyTransaction {
  readonly query: Query;
  /** Runs `copy … to stdout`. `onBytes` gets the rows in order, one call at a time. Resolves with their number. */
  copyOut(text: string, onBytes: (bytes: Buffer) => Promise<void>): Promise<number>;
  /** Runs `copy … from stdin`. Resolves with the number of rows. */
  copyIn(text: string, chunks: AsyncIterable<Buffer>): Promise<number>;
}

export interface Database {
  readonly query: Query;
  /** `application_name` of its connections, and of no others. */
  readonly applicationName: string;
  /** Runs one transaction on a connection of the pool. Rolls back if `work` throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** The same, for backups. */
  copyTransaction<T>(work: (transaction: CopyTransaction) => Promise<T>): Promise<T>;
  openPipeline(): PipelinedConnection;
  /**
   * Calls `onNotice` for each notice on the channel, and with null after a reconnection (some may be lost). A process
   * receives its own notices twice, first before its transaction returns: a read after its own change sees the change.
   */
  listen(channel: string, onNotice: (payload: string | null) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const int8 = 20;
const int8Array = 1016;
const timestamptz = 1184;

function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`assertion failed: ${text} is not exact in a double`);
  return value;
}

function toNumbers(text: string): number[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(toNumber);
}

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === int8) return toNumber;
      if (oid === int8Array) return toNumbers;
      if (oid === timestamptz) return (text: string) => Date.parse(text);
    }
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as unknown as pg.CustomTypesConfig;

/**
 * Hot statements have one good plan, by keys, and it is made once (planning each time took a third of a batch of 25). A
 * new partition has no statistics: the planner then assumes one row in a bucket, and would read all of it. So these
 * statements join by (bucket, id) from the array of the batch, never from a constant bucket, and their connections can
 * neither scan nor hash (a batch of 25 receipts: 0.7 ms so, 27 ms otherwise).
 */
const hotOptions =
  '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off ' +
  '-c plan_cache_mode=force_generic_plan -c jit=off';

function asQuery(client: { query(config: pg.QueryConfig): Promise<pg.QueryResult> }): Query {
  return async <Row>(statement: Statement | string, values?: readonly unknown[]) => {
    const config: pg.QueryConfig =
      typeof statement === 'string' ? { text: statement } : { name: statement.name, text: statement.text };
    if (values !== undefined) config.values = values as unknown[];
    const result = await client.query(config);
    return result.rows as Row[];
  };
}

export function openDatabase(settings: DatabaseSettings, log: Log, poolSize = 10): Database {
  const applicationName = `chappe ${randomToken(12)}`;
  const config = { ...settings, types, application_name: applicationName, keepAlive: true };
  const pool = new pg.Pool({ ...config, max: poolSize, idleTimeoutMillis: 60_000 });
  let isClosing = false;
  // Without this listener a server restart would end the process.
  pool.on('error', (error) => {
    if (!isClosing) log.warn('database.connection_lost', { err: error.message });
  });

  /** Listeners of this process, by channel: they receive its own notices before the call that sent them returns. */
  const own = new Map<string, Set<(payload: string) => void>>();

  function notifyOwn(notices: readonly Notice[]): void {
    for (const [channel, payload] of notices)
      for (const onNotice of own.get(channel) ?? []) onNotice(payload);
  }

  async function onClient<T>(work: (query: Query, client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    // The loss of a connection also fails its statement; without this listener it would end the process.
    const onLost = (error: Error) => {
      broken = error;
    };
    client.on('error', onLost);
    try {
      await client.query('begin');
      const notices: Notice[] = [];
      const result = await work(
        withNotices(asQuery(client), (notice) => notices.push(notice)),
        client,
      );
      await client.query('commit');
      notifyOwn(notices);
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
  }

  const query = asQuery(pool as unknown as { query(config: pg.QueryConfig): Promise<pg.QueryResult> });
  return {
    query: withNotices(query, (notice) => notifyOwn([notice])),
    applicationName,
    transaction: (work) => onClient(work),
    copyTransaction: (work) =>
      onClient((query, client) =>
        work({
          query,
          copyOut: (text, onBytes) => copyOut(client, text, onBytes),
          copyIn: (text, chunks) => copyIn(client, text, chunks),
        }),
      ),
    openPipeline: () => openPipeline(config, log),
    async listen(channel, onNotice) {
      const unlisten = await listen(config, log, channel, onNotice);
      const listeners = own.get(channel) ?? new Set();
      own.set(channel, listeners.add(onNotice));
      return () => {
        listeners.delete(onNotice);
        return unlisten();
      };
    },
    close() {
      isClosing = true;
      return pool.end();
    },
  };
}

/** The only function that sends a notice. */
export const noticeStatement: Statement = { name: 'notify', text: 'select pg_notify($1, $2)' };

type Notice = readonly [channel: string, payload: string];

/** The same, with a call for each notice that was sent. */
function withNotices(query: Query, onGiven: (notice: Notice) => void): Query {
  return async <Row>(statement: Statement | string, values?: readonly unknown[]) => {
    const rows = await query<Row>(statement, values);
    if (statement === noticeStatement) onGiven(values as unknown as Notice);
    return rows;
  };
}

function openPipeline(config: pg.ClientConfig, log: Log): PipelinedConnection {
  /** The open or opening connection: concurrent callers share it. */
  let current: Promise<pg.Client> | null = null;
  let isClosed = false;

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ ...config, pipeline: true, options: hotOptions } as pg.ClientConfig);
    fresh.on('error', (error) => {
      log.warn('database.pipeline_lost', { err: error.message });
      forget(connecting);
    });
    const connecting = current;
    await fresh.connect();
    return fresh;
  }

  function forget(connection: Promise<pg.Client> | null): void {
    if (current === connection) current = null;
  }

  return {
    async run(work) {
      if (isClosed) throw new Error('the connection is closed');
      current ??= Promise.resolve().then(connect);
      const mine = current;
      let connection: pg.Client | null = null;
      try {
        connection = await mine;
        return await work(asQuery(corked(connection)));
      } catch (error) {
        // Statements sent after the failed one can still run: a new connection is independent of them, and closing
        // this one rolls back its transaction.
        forget(mine);
        connection?.end().catch(() => {});
        throw error;
      }
    },
    async close() {
      isClosed = true;
      const last = current;
      current = null;
      await last?.then((connection) => connection.end()).catch(() => {});
    },
  };
}

/** Statements of one turn of the event loop are sent in one write: a batch has six, and each write wakes the server. */
function corked(client: pg.Client): pg.Client {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  let isCorked = false;
  const query = client.query.bind(client) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  return {
    query(config: pg.QueryConfig) {
      if (!isCorked) {
        isCorked = true;
        stream.cork();
        process.nextTick(() => {
          isCorked = false;
          stream.uncork();
        });
      }
      return query(config);
    },
  } as unknown as pg.Client;
}
