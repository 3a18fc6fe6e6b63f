// The callback receiver: reads pushed receipts from raw keep-alive sockets, answers 200 with an empty body, and records the
// arrival of each number's receipt. A separate process with the commands of commands.ts. Counts each number once; repeated,
// unexpected and failure receipts are counted separately.

import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { machineNow } from './clock.ts';
import { answerCommands } from './commands.ts';
import { offsetOf } from './numbers.ts';
import { readNumber, readStatus } from './receipt-reader.ts';

export type ReceiverCommand =
  /** Forgets everything and expects the messages from `start` on, at most `capacity`. */
  | { readonly do: 'watch'; readonly start: number; readonly capacity: number }
  /** Answers when `count` messages have their receipt, or none came for `quietMs`. */
  | { readonly do: 'await'; readonly count: number; readonly quietMs: number }
  | { readonly do: 'count' }
  /** Writes the times of arrival: Float64Array by message, 0 for those without. */
  | { readonly do: 'dump'; readonly file: string };

export interface ReceiverReport {
  /** Messages with a final receipt. */
  readonly distinct: number;
  /** Those of them that the receipt calls delivered. */
  readonly delivered: number;
  /** Final receipts for a message that already had one. */
  readonly duplicates: number;
  /** Receipts whose number was not expected, or could not be read. */
  readonly unexpected: number;
  /** Status updates that are not final (`ACK`). */
  readonly interim: number;
  /** How often each status word came. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly nowMs: number;
}

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n');
const headerEnd = Buffer.from('\r\n\r\n');
const lengthHeader = /\r\ncontent-length:[ \t]*(\d+)/i;
const jsonHeader = /\r\ncontent-type:[ \t]*application\/json/i;
/** Octopush's words, and Kannel's %d: 1 delivered. */
const deliveredWords = new Set(['DELIVERED', '1']);
const interimWords = new Set(['ACK', '4', '8']);

let start = 0;
let arrivedAt = new Float64Array(0);
let distinct = 0;
let delivered = 0;
let duplicates = 0;
let unexpected = 0;
let interim = 0;
let firstMs = 0;
let lastMs = 0;
let lastEventMs = 0;
const statuses = new Map<string, number>();
/** Called at every receipt that makes `distinct` grow, while somebody waits. */
let onReceipt: (() => void) | null = null;

function note(bytes: Buffer, from: number, to: number, isJson: boolean): void {
  const nowMs = machineNow();
  lastEventMs = nowMs;
  const status = readStatus(bytes, from, to, isJson);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (interimWords.has(status)) {
    interim++;
    return;
  }
  const offset = offsetOf(readNumber(bytes, from, to, isJson)) - start;
  const known = arrivedAt[offset];
  if (known === undefined) unexpected++;
  else if (known > 0) duplicates++;
  else {
    arrivedAt[offset] = nowMs;
    if (distinct++ === 0) firstMs = nowMs;
    lastMs = nowMs;
    if (deliveredWords.has(status)) delivered++;
    onReceipt?.();
  }
}

/** Reads the requests in `bytes` and gives the position of the first incomplete one. */
function readRequests(bytes: Buffer, onRequest: () => void): number {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(headerEnd, from);
    if (end < 0) break;
    const bodyAt = end + headerEnd.length;
    if (bytes[from] === 71) {
      // A GET: all fields are in the request line.
      note(bytes, from, bytes.indexOf(13, from), false);
      from = bodyAt;
    } else {
      const head = bytes.toString('latin1', from, end);
      const length = Number(lengthHeader.exec(head)?.[1] ?? Number.NaN);
      if (!(length >= 0)) throw new Error(`a push without a length: ${head}`);
      if (bodyAt + length > bytes.length) break;
      note(bytes, bodyAt, bodyAt + length, jsonHeader.test(head));
      from = bodyAt + length;
    }
    onRequest();
  }
  return from;
}

const answersToMany: Buffer[] = [];

function answerMany(count: number): Buffer {
  if (count === 1) return answer;
  answersToMany[count] ??= Buffer.concat(Array<Buffer>(count).fill(answer));
  return answersToMany[count];
}

function serve(socket: Socket): void {
  let pending: Buffer | null = null;
  let count = 0;
  const onRequest = (): void => {
    count++;
  };
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const bytes = pending === null ? chunk : Buffer.concat([pending, chunk]);
    count = 0;
    const read = readRequests(bytes, onRequest);
    pending = read < bytes.length ? bytes.subarray(read) : null;
    if (count > 0) socket.write(answerMany(count));
  });
  socket.on('error', () => socket.destroy());
}

function report(): ReceiverReport {
  return {
    distinct,
    delivered,
    duplicates,
    unexpected,
    interim,
    statuses: Object.fromEntries(statuses),
    firstMs,
    lastMs,
    nowMs: machineNow(),
  };
}

function watch(from: number, capacity: number): void {
  start = from;
  arrivedAt = new Float64Array(capacity);
  distinct = delivered = duplicates = unexpected = interim = firstMs = lastMs = 0;
  statuses.clear();
}

function awaitReceipts(count: number, quietMs: number): Promise<void> {
  if (distinct >= count) return Promise.resolve();
  lastEventMs = machineNow();
  return new Promise((resolve) => {
    const end = (): void => {
      clearInterval(timer);
      onReceipt = null;
      resolve();
    };
    const timer = setInterval(() => {
      if (machineNow() - lastEventMs > quietMs) end();
    }, 250);
    onReceipt = () => {
      if (distinct >= count) end();
    };
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', async () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await answerCommands({ port }, async (command: ReceiverCommand) => {
    if (command.do === 'watch') watch(command.start, command.capacity);
    else if (command.do === 'await') await awaitReceipts(command.count, command.quietMs);
    else if (command.do === 'dump') writeFileSync(command.file, arrivedAt);
    return report();
  });
});
