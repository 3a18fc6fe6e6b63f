// The load generator: HTTP requests over raw keep-alive sockets, as fast as connections allow (closed loop) or at a
// fixed rate (open loop). A separate process: one JSON command a line on stdin, one JSON answer a line on stdout.
// In an open loop latency counts from the instant a request was meant to leave, so a stalled server cannot hide
// behind the requests that were not sent in that time. Counts a message as accepted only by its answer.

import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { machineNow } from './clock.ts';
import { answerCommands } from './commands.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import { type PreparedRequest, prepareRequest, type Target } from './requests.ts';
import { ResponseReader } from './response-reader.ts';

export interface LoadCommand {
  readonly target: Target;
  /** The most requests under way at once. */
  readonly connections: number;
  /** Number of the first message; the following ones take the following numbers. */
  readonly start: number;
  /** Stops after so many messages … */
  readonly messages: number;
  /** … or begins no request later than this, whichever comes first. */
  readonly seconds: number | null;
  /** Messages in one request. */
  readonly batch: number;
  /** Requests a second of an open loop; null: closed loop. */
  readonly rate: number | null;
  /** Where the times of sending go: Float64Array by message, 0 for those not accepted. */
  readonly dump: string | null;
}

export interface LoadReport {
  /** Messages sent, by their result; the sum is `sent`. */
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** No answer: the connection broke. */
  readonly failed: number;
  readonly requests: number;
  /** Answers that were not acceptances, a few of them, for the reader of the report. */
  readonly samples: readonly string[];
  readonly firstSentMs: number;
  readonly lastAnswerMs: number;
  /** Milliseconds from (intended) sending to the whole answer, by request. */
  readonly acceptance: Quantiles;
  /** Open loop: how late the generator itself was, milliseconds. Contained in the latencies. */
  readonly lag: Quantiles;
}

const maxSamples = 5;
const openedAtOnce = 8;
/** After this time without an answer on any connection the run is given up, and its open requests have failed. */
const silenceMs = 60_000;

/** One run: the counts, and the rule by which a free connection takes the next request. */
class Run {
  readonly command: LoadCommand;
  readonly sentAt: Float64Array;
  readonly samples: string[] = [];
  readonly ended: Promise<void>;
  readonly #end: () => void;
  readonly #latencies: Float64Array;
  readonly #lags: number[] = [];
  readonly #connections: Connection[] = [];
  /** Open loop: connections that wait for the next instant. */
  readonly #pool: Connection[] = [];
  readonly #intervalMs: number;
  #clock: NodeJS.Timeout | undefined;
  #startedMs = 0;
  #deadlineMs = 0;
  #working = 0;
  #next = 0;
  #requests = 0;
  #answers = 0;
  #accepted = 0;
  #refused = 0;
  #failed = 0;
  #lastAnswerMs = 0;

  constructor(command: LoadCommand) {
    this.command = command;
    this.sentAt = new Float64Array(command.messages);
    this.#latencies = new Float64Array(Math.ceil(command.messages / command.batch));
    this.#intervalMs = command.rate === null ? 0 : 1000 / command.rate;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    for (let i = 0; i < command.connections; i++) this.#connections.push(new Connection(this));
  }

  async execute(): Promise<LoadReport> {
    // Few at a time: a burst would overflow a short listen queue, which is not measured.
    for (let i = 0; i < this.#connections.length; i += openedAtOnce) {
      await Promise.all(this.#connections.slice(i, i + openedAtOnce).map((connection) => connection.open()));
    }
    const { seconds, rate } = this.command;
    this.#startedMs = this.#lastAnswerMs = machineNow();
    this.#deadlineMs = seconds === null ? Number.POSITIVE_INFINITY : this.#startedMs + seconds * 1000;
    this.#working = this.#connections.length;
    for (const connection of this.#connections) this.proceed(connection);
    if (rate !== null) this.#wakeWhenDue();
    const watch = setInterval(() => {
      if (machineNow() - this.#lastAnswerMs > silenceMs) for (const c of this.#connections) c.giveUp();
    }, 1000);
    await this.ended;
    clearTimeout(this.#clock);
    clearInterval(watch);
    for (const connection of this.#connections) connection.close();
    return this.#report();
  }

  /** A connection is free: it takes the next request, waits for its instant, or has nothing more to do. */
  proceed(connection: Connection): void {
    const nowMs = machineNow();
    const dueMs = this.#nextDueMs(nowMs);
    if (!this.#hasMore(dueMs)) this.retire();
    else if (dueMs > nowMs) this.#pool.push(connection);
    else this.#send(connection, dueMs);
  }

  retire(): void {
    if (--this.#working === 0) this.#end();
  }

  answered(sinceMs: number, first: number, size: number, accepted: boolean, sample: () => string): void {
    const nowMs = machineNow();
    this.#latencies[this.#answers++] = nowMs - sinceMs;
    this.#lastAnswerMs = nowMs;
    if (accepted) {
      this.#accepted += size;
      this.sentAt.fill(sinceMs, first, first + size);
    } else {
      this.#refused += size;
      if (this.samples.length < maxSamples) this.samples.push(sample());
    }
  }

  failed(size: number, reason: string): void {
    this.#failed += size;
    if (this.samples.length < maxSamples) this.samples.push(reason);
  }

  #nextDueMs(nowMs: number): number {
    return this.command.rate === null ? nowMs : this.#startedMs + this.#requests * this.#intervalMs;
  }

  #hasMore(dueMs: number): boolean {
    return this.#next < this.command.messages && dueMs < this.#deadlineMs;
  }

  #send(connection: Connection, sinceMs: number): void {
    const size = Math.min(this.command.batch, this.command.messages - this.#next);
    connection.send(this.#next, size, sinceMs);
    this.#next += size;
    this.#requests++;
  }

  #wakeWhenDue(): void {
    const waitMs = Math.max(1, this.#nextDueMs(0) - machineNow());
    this.#clock = setTimeout(() => {
      this.#sendDue();
      this.#wakeWhenDue();
    }, waitMs);
  }

  /** Open loop: every due request is sent if a connection is free. */
  #sendDue(): void {
    const nowMs = machineNow();
    while (this.#pool.length > 0) {
      const dueMs = this.#nextDueMs(nowMs);
      if (!this.#hasMore(dueMs)) {
        for (const _ of this.#pool.splice(0)) this.retire();
        return;
      }
      if (dueMs > nowMs) return;
      this.#lags.push(nowMs - dueMs);
      // The one freed last: a pool larger than the rate needs stays asleep.
      this.#send(this.#pool.pop()!, dueMs);
    }
  }

  #report(): LoadReport {
    return {
      sent: this.#next,
      accepted: this.#accepted,
      refused: this.#refused,
      failed: this.#failed,
      requests: this.#requests,
      samples: this.samples,
      firstSentMs: this.#startedMs,
      lastAnswerMs: this.#lastAnswerMs,
      acceptance: quantilesOf(this.#latencies.slice(0, this.#answers)),
      lag: quantilesOf(Float64Array.from(this.#lags)),
    };
  }
}

/** One keep-alive connection with at most one request under way. */
class Connection {
  readonly #run: Run;
  #request: PreparedRequest;
  #requestSize: number;
  #socket: Socket | null = null;
  #isClosed = false;
  /** Position within the run of the request under way, or -1. */
  #first = -1;
  #size = 0;
  #sinceMs = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#requestSize = run.command.batch;
    this.#request = prepareRequest(run.command.target, this.#requestSize);
  }

  open(): Promise<void> {
    const reader = new ResponseReader((status, body) => this.#answered(status, body));
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port: this.#run.command.target.port,
        noDelay: true,
        // One buffer for the life of the connection instead of one for each read.
        onread: {
          buffer: Buffer.allocUnsafe(64 * 1024),
          callback: (length, buffer) => {
            reader.push((buffer as Buffer).subarray(0, length));
            return true;
          },
        },
      });
      socket.once('connect', () => {
        socket.once('close', () => void this.#reopen());
        resolve();
      });
      socket.on('error', reject);
      this.#socket = socket;
    });
  }

  /** Sends the request for the messages `first` to `first + size - 1` of the run; latency counts from `sinceMs`. */
  send(first: number, size: number, sinceMs: number): void {
    if (size !== this.#requestSize) {
      this.#requestSize = size;
      this.#request = prepareRequest(this.#run.command.target, size);
    }
    this.#first = first;
    this.#size = size;
    this.#sinceMs = sinceMs;
    this.#request.patch(this.#run.command.start + first);
    this.#socket!.write(this.#request.bytes);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  /** The request under way, if any, has failed, and there will be no other. */
  giveUp(): void {
    if (this.#first < 0) return;
    this.close();
    this.#fail('no answer');
    this.#run.retire();
  }

  #answered(status: number, body: Buffer): void {
    // A server may end a connection that an open loop has not needed yet.
    if (this.#first < 0 && status === 408) return;
    if (this.#first < 0) throw new Error(`an answer nobody asked for: ${status} ${body.toString()}`);
    const accepted = this.#request.isAccepted(status, body);
    this.#run.answered(this.#sinceMs, this.#first, this.#size, accepted, () => `${status} ${excerpt(body)}`);
    this.#first = -1;
    this.#run.proceed(this);
  }

  #fail(reason: string): void {
    this.#first = -1;
    this.#run.failed(this.#size, reason);
  }

  /** The far side closed. A waiting connection comes back unseen; a request under way has failed. */
  async #reopen(): Promise<void> {
    if (this.#isClosed) return;
    const wasBusy = this.#first >= 0;
    if (wasBusy) this.#fail('connection closed without an answer');
    try {
      await this.open();
      if (wasBusy) this.#run.proceed(this);
    } catch (error) {
      this.#isClosed = true;
      this.#run.failed(0, `cannot connect again: ${String(error)}`);
      if (wasBusy) this.#run.retire();
    }
  }
}

function excerpt(body: Buffer): string {
  return body.toString().slice(0, 300);
}

await answerCommands({}, async (command: LoadCommand) => {
  const run = new Run(command);
  const report = await run.execute();
  if (command.dump !== null) writeFileSync(command.dump, run.sentAt);
  return report;
});
