// COPY over a connection of the driver: rows out of and into a table as a stream of bytes. Used by database.ts, which gives
// it to backups. Never keeps more than a few hundred kilobytes in memory.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type pg from 'pg';

/** The part of the driver's connection that COPY uses. */
interface Connection {
  readonly stream: Writable & { pause(): void; resume(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** Bytes that are collected before they are passed on. */
const batchBytes = 256 * 1024;

/** Members that the driver calls while a statement runs. */
abstract class CopyStatement {
  readonly #text: string;
  #rows = 0;
  #settle!: { resolve(rows: number): void; reject(error: Error): void };
  protected failure: Error | null = null;
  /** Rows that were copied. */
  readonly done: Promise<number>;

  constructor(text: string) {
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // The caller awaits it; until then a rejection has no handler.
    this.done.catch(() => {});
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  handleRowDescription(): void {}

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleError(error: Error): void {
    this.#settle.reject(this.failure ?? error);
  }

  handleReadyForQuery(): void {
    if (this.failure !== null) this.#settle.reject(this.failure);
    else this.#settle.resolve(this.#rows);
  }
}

class CopyOut extends CopyStatement {
  readonly #onBytes: (bytes: Buffer) => Promise<void>;
  #connection: Connection | null = null;
  #parts: Buffer[] = [];
  #bytes = 0;
  #passing: Promise<void> | null = null;

  constructor(text: string, onBytes: (bytes: Buffer) => Promise<void>) {
    super(text);
    this.#onBytes = onBytes;
  }

  override submit(connection: Connection): void {
    this.#connection = connection;
    super.submit(connection);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The driver uses its buffer again. After a failure the rest is read and dropped.
    if (this.failure !== null) return;
    this.#parts.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    if (this.#bytes >= batchBytes) void this.#pass();
  }

  override handleReadyForQuery(): void {
    // Bytes that arrived while earlier ones were passed on.
    void this.#pass()
      .then(() => this.#pass())
      .then(() => super.handleReadyForQuery());
  }

  /** Passes on the collected bytes, and reads no further meanwhile. */
  #pass(): Promise<void> {
    this.#passing ??= this.#passAll().finally(() => {
      this.#passing = null;
    });
    return this.#passing;
  }

  async #passAll(): Promise<void> {
    this.#connection!.stream.pause();
    while (this.#parts.length > 0 && this.failure === null) {
      const bytes = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#bytes = 0;
      await this.#onBytes(bytes).catch((error: Error) => {
        this.failure = error;
      });
    }
    this.#connection!.stream.resume();
  }
}

class CopyIn extends CopyStatement {
  readonly #chunks: AsyncIterable<Buffer>;

  constructor(text: string, chunks: AsyncIterable<Buffer>) {
    super(text);
    this.#chunks = chunks;
  }

  handleCopyInResponse(connection: Connection): void {
    void this.#send(connection);
  }

  override handleError(error: Error): void {
    this.failure ??= error;
    super.handleError(error);
  }

  async #send(connection: Connection): Promise<void> {
    try {
      for await (const chunk of this.#chunks) {
        if (this.failure !== null) return;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
      }
      connection.endCopyFrom();
    } catch (error) {
      this.failure ??= error as Error;
      connection.sendCopyFail('the source of the rows failed');
    }
  }
}

/** Runs `copy … to stdout`. `onBytes` gets the rows in order, one call at a time. Resolves with their number. */
export function copyOut(
  client: pg.ClientBase,
  text: string,
  onBytes: (bytes: Buffer) => Promise<void>,
): Promise<number> {
  return client.query(new CopyOut(text, onBytes) as unknown as pg.Submittable & CopyOut).done;
}

/** Runs `copy … from stdin`. Resolves with the number of rows. */
export function copyIn(client: pg.ClientBase, text: string, chunks: AsyncIterable<Buffer>): Promise<number> {
  return client.query(new CopyIn(text, chunks) as unknown as pg.Submittable & CopyIn).done;
}
