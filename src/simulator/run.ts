// The simulated carrier as a process of its own: for the command `simulate`, the bench, and crash tests that need
// the carrier to outlive the platform. Prints one JSON line when it listens; with --control it obeys JSON lines on
// standard input: {"behaviour":{…}}, {"reply":{"from","to","text"}}, {"inbox":true}, {"counters":true}, {"stop":true}.

import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createLog } from '#lib/observability/log.ts';
import { systemClock } from '#lib/time/clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { Submitted } from './carrier.ts';
import type { FatesFile } from './fates.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const flags = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '2776' },
  /** JSON file: number or ending → fate. */
  fates: { type: 'string' },
  /** One line for each message taken: id, destination, hash of its octets, user reference or -. */
  log: { type: 'string' },
  /** Keep receipts back until told otherwise on standard input. */
  hold: { type: 'boolean', default: false },
  window: { type: 'string', default: '500' },
  seed: { type: 'string', default: '1' },
  latency: { type: 'string', default: '0' },
  'system-id': { type: 'string' },
  password: { type: 'string' },
  'receipt-tlvs': { type: 'boolean', default: false },
  'hex-ids': { type: 'boolean', default: false },
  control: { type: 'boolean', default: false },
  'log-level': { type: 'string', default: 'warn' },
} as const;

/** Starts it and prints where it listens; it stops on SIGINT, SIGTERM, or when told so. */
export async function runSimulator(argv: readonly string[]): Promise<Simulator> {
  const { values } = parseArgs({ args: [...argv], options: flags });
  const lines = values.log === undefined ? null : createWriteStream(values.log, { flags: 'a' });
  const systemId = values['system-id'];
  const simulator = await startSimulator({
    host: values.host,
    port: Number(values.port),
    clock: systemClock,
    log: createLog(values['log-level']),
    seed: Number(values.seed),
    window: Number(values.window),
    receiptTlvs: values['receipt-tlvs'],
    idNotation: values['hex-ids'] ? 'hexadecimal' : 'text',
    behaviour: { holdReceipts: values.hold, latencyMs: Number(values.latency) },
    ...(values.fates === undefined
      ? {}
      : { fates: JSON.parse(readFileSync(values.fates, 'utf8')) as FatesFile }),
    ...(systemId === undefined ? {} : { accounts: [{ systemId, password: values.password ?? '' }] }),
    ...(lines === null ? {} : { onSubmit: lineWriter(lines) }),
  });
  const stop = async () => {
    await simulator.stop();
    lines?.end();
    if (values.control) process.stdin.destroy();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (values.control) obey(simulator, stop);
  print({ port: simulator.port });
  return simulator;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** All lines of one turn in one write. */
function lineWriter(stream: WriteStream): (submitted: Submitted) => void {
  let pending = '';
  const flush = () => {
    stream.write(pending);
    pending = '';
  };
  return ({ id, to, hash, userReference }) => {
    if (pending === '') setImmediate(flush);
    pending += `${id} ${to} ${hash.toString(16).padStart(8, '0')} ${userReference ?? '-'}\n`;
  };
}

interface Order {
  readonly behaviour?: Partial<Behaviour>;
  readonly reply?: { readonly from: string; readonly to: string; readonly text: string };
  readonly inbox?: boolean;
  readonly counters?: boolean;
  readonly stop?: boolean;
}

function obey(simulator: Simulator, stop: () => Promise<void>): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    let order: Order;
    try {
      order = JSON.parse(line) as Order;
    } catch {
      print({ error: 'not a line of JSON' });
      return;
    }
    if (order.behaviour !== undefined) simulator.setBehaviour(order.behaviour);
    if (order.reply !== undefined) simulator.reply(order.reply.from, order.reply.to, order.reply.text);
    if (order.inbox) print({ inbox: simulator.inbox() });
    if (order.counters) print({ counters: { ...simulator.counters, waiting: simulator.waiting } });
    if (order.stop) void stop();
  });
}

if (process.argv[1] === import.meta.filename) await runSimulator(process.argv.slice(2));
