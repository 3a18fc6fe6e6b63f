// The simulated carrier as a process: for `chappe simulate`, the benchmark, and crash tests in which the carrier outlives
// the platform. Prints one JSON line when it listens; with --control it executes JSON lines from standard input.
// docs/simulated-carrier.md describes the flags and the lines.

import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createLog } from '#lib/observability/log.ts';
import { systemClock } from '#lib/time/clock.ts';
import { hourMs } from '#lib/time/duration.ts';
import type { Behaviour } from './behaviour.ts';
import type { Submitted } from './carrier-settings.ts';
import type { FatesFile } from './fates.ts';
import { idNotations, type ReceiptProfile, receiptCounts, receiptForms } from './receipt-profile.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

interface Flag {
  readonly type: 'string' | 'boolean';
  readonly value?: string;
  readonly help: string;
}

/** Flags of the process and of `chappe simulate`. */
export const simulatorFlags = {
  host: { type: 'string', value: 'HOST', help: 'address to listen on (127.0.0.1)' },
  port: { type: 'string', value: 'PORT', help: 'port to listen on (2776; 0: any free port)' },
  fates: { type: 'string', value: 'FILE', help: 'JSON file: number or ending of numbers → fate' },
  'system-id': { type: 'string', value: 'ID', help: 'only system_id that may bind (everybody)' },
  password: { type: 'string', value: 'SECRET', help: 'its password' },
  window: { type: 'string', value: 'N', help: 'deliver_sm without a response for each bind (500)' },
  'max-binds': {
    type: 'string',
    value: 'N',
    help: 'binds of one system_id; more get ESME_RALYBND (0: no limit)',
  },
  'already-bound': {
    type: 'string',
    value: 'MS',
    help: 'time in which a lost session is held and binds get ESME_RALYBND (0)',
  },
  latency: { type: 'string', value: 'MS', help: 'delay of submit_sm_resp (0)' },
  'response-timeout': {
    type: 'string',
    value: 'MS',
    help: 'time for deliver_sm_resp; then the delivery is repeated (30000)',
  },
  seed: { type: 'string', value: 'N', help: 'seed of random faults (1)' },
  hold: { type: 'boolean', help: 'hold receipts until a line of --control releases them' },
  'receipt-tlvs': { type: 'boolean', help: 'add receipted_message_id and message_state to receipts' },
  'hex-ids': { type: 'boolean', help: 'the same as --id-notation hexadecimal' },
  'id-notation': {
    type: 'string',
    value: 'NAME',
    help: `message ids in responses and receipts: ${idNotations.join(', ')} (text)`,
  },
  'receipt-form': {
    type: 'string',
    value: 'NAME',
    help: `content of receipts: ${receiptForms.join(', ')} (text)`,
  },
  receipts: {
    type: 'string',
    value: 'PART',
    help: `receipts of a long text: ${receiptCounts.join(', ')} (each)`,
  },
  'one-id': { type: 'boolean', help: 'one message id for all parts of a long text' },
  intermediate: {
    type: 'string',
    value: 'STATE,…',
    help: 'states before the end, in intermediate receipts, if registered_delivery has bit 4',
  },
  'always-intermediate': { type: 'boolean', help: 'intermediate receipts without bit 4' },
  'state-words': {
    type: 'string',
    value: 'STATE=WORD,…',
    help: 'other words for states, e.g. DELIVRD=DELIVERED',
  },
  'clock-ahead': {
    type: 'string',
    value: 'MINUTES',
    help: 'difference of the dates in receipts from UTC (0)',
  },
  log: { type: 'string', value: 'FILE', help: 'append one line to this file for each message' },
  control: { type: 'boolean', help: 'execute JSON lines from standard input (docs/simulated-carrier.md)' },
} as const satisfies Readonly<Record<string, Flag>>;

export type SimulatorFlag = keyof typeof simulatorFlags;
export type SimulatorFlags = Readonly<Partial<Record<SimulatorFlag, string | boolean>>>;

/** Without the clock and the log; the rest is what startSimulator() needs. */
type ReadOptions = Omit<SimulatorOptions, 'clock' | 'log' | 'onSubmit'>;

/** Throws an Error whose message names every wrong flag. */
export function readSimulatorFlags(flags: SimulatorFlags): ReadOptions {
  const mistakes: string[] = [];
  const text = (name: SimulatorFlag) => flags[name] as string | undefined;
  const number = (name: SimulatorFlag, usual: number, min: number, max: number) => {
    const value = text(name);
    if (value === undefined) return usual;
    const isNumber = /^-?\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max;
    if (!isNumber)
      mistakes.push(`--${name} is "${value}", but must be a whole number from ${min} to ${max}.`);
    return Number(value);
  };
  const oneOf = <Value extends string>(name: SimulatorFlag, values: readonly Value[], usual: Value) => {
    const value = text(name);
    if (value !== undefined && !values.includes(value as Value))
      mistakes.push(`--${name} is "${value}", but must be ${values.join(', ')}.`);
    return (value as Value | undefined) ?? usual;
  };
  const receipts: Partial<ReceiptProfile> = {
    idNotation: oneOf('id-notation', idNotations, flags['hex-ids'] ? 'hexadecimal' : 'text'),
    receiptForm: oneOf('receipt-form', receiptForms, 'text'),
    receiptTlvs: flags['receipt-tlvs'] === true,
    receipts: oneOf('receipts', receiptCounts, 'each'),
    isOneIdForAll: flags['one-id'] === true,
    intermediateStates: text('intermediate')?.split(',') ?? [],
    alwaysIntermediate: flags['always-intermediate'] === true,
    stateWords: readStateWords(text('state-words'), mistakes),
    clockAheadMinutes: number('clock-ahead', 0, -840, 840),
  };
  const systemId = text('system-id');
  const options: ReadOptions = {
    host: text('host') ?? '127.0.0.1',
    port: number('port', 2776, 0, 65_535),
    seed: number('seed', 1, 0, 2 ** 32 - 1),
    window: number('window', 500, 1, 10_000),
    maxBinds: number('max-binds', 0, 0, 10_000),
    responseMs: number('response-timeout', 30_000, 1, hourMs),
    receipts,
    behaviour: {
      holdReceipts: flags.hold === true,
      latencyMs: number('latency', 0, 0, hourMs),
      alreadyBoundMs: number('already-bound', 0, 0, hourMs),
    },
    ...(systemId === undefined ? {} : { accounts: [{ systemId, password: text('password') ?? '' }] }),
  };
  if (mistakes.length > 0) throw new Error(mistakes.join(' '));
  return options;
}

function readStateWords(text: string | undefined, mistakes: string[]): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [state = '', word = ''] = pair.split('=');
      if (state === '' || word === '')
        mistakes.push(`--state-words has "${pair}", but takes pairs such as DELIVRD=DELIVERED.`);
      return [state, word];
    }),
  );
}

/** Starts the carrier and prints its port. It stops on SIGINT, SIGTERM, or the line {"stop":true}. */
export async function runSimulator(flags: SimulatorFlags, logLevel: string): Promise<Simulator> {
  const options = readSimulatorFlags(flags);
  const fates = flags.fates as string | undefined;
  const log = flags.log as string | undefined;
  const lines = log === undefined ? null : createWriteStream(log, { flags: 'a' });
  const simulator = await startSimulator({
    ...options,
    clock: systemClock,
    log: createLog(logLevel),
    ...(fates === undefined ? {} : { fates: JSON.parse(readFileSync(fates, 'utf8')) as FatesFile }),
    ...(lines === null ? {} : { onSubmit: lineWriter(lines) }),
  });
  const stop = async () => {
    await simulator.stop();
    lines?.end();
    if (flags.control === true) process.stdin.destroy();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (flags.control === true) executeLines(simulator, stop);
  print({ port: simulator.port });
  return simulator;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Writes the lines of one turn of the event loop together. */
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

interface ControlLine {
  readonly behaviour?: Partial<Behaviour>;
  readonly reply?: { readonly from: string; readonly to: string; readonly text: string };
  readonly inbox?: boolean;
  readonly counters?: boolean;
  readonly stop?: boolean;
}

function executeLines(simulator: Simulator, stop: () => Promise<void>): void {
  createInterface({ input: process.stdin }).on('line', (text) => {
    let line: ControlLine;
    try {
      line = JSON.parse(text) as ControlLine;
    } catch {
      print({ error: 'not a line of JSON' });
      return;
    }
    if (line.behaviour !== undefined) simulator.setBehaviour(line.behaviour);
    if (line.reply !== undefined) simulator.reply(line.reply.from, line.reply.to, line.reply.text);
    if (line.inbox) print({ inbox: simulator.inbox() });
    if (line.counters) print({ counters: { ...simulator.counters, waiting: simulator.waiting } });
    if (line.stop) void stop();
  });
}

if (process.argv[1] === import.meta.filename) {
  const options = { ...simulatorFlags, 'log-level': { type: 'string', default: 'warn' } } as const;
  const { 'log-level': logLevel, ...flags } = parseArgs({ args: process.argv.slice(2), options }).values;
  await runSimulator(flags, logLevel);
}
