// chappe simulate: the simulated carrier alone, for other machines, other programs and measurements.
import { runSimulator } from '#simulator/run.ts';
import { type Call, type Command, readNumber } from './command.ts';
import { whenAskedToStop } from './stop-signals.ts';

const options = {
  host: { type: 'string', value: 'HOST', help: 'address to listen on (127.0.0.1)' },
  port: { type: 'string', value: 'PORT', help: 'port to listen on (2776; 0: any free one)' },
  fates: { type: 'string', value: 'FILE', help: 'JSON: number or ending of numbers → fate' },
  'system-id': { type: 'string', value: 'ID', help: 'the only one who may bind (everybody)' },
  password: { type: 'string', value: 'SECRET', help: 'and the password' },
  window: { type: 'string', value: 'N', help: 'receipts without an answer for each bind (500)' },
  latency: { type: 'string', value: 'MS', help: 'before a submit is answered (0)' },
  seed: { type: 'string', value: 'N', help: 'of its chance (1)' },
  hold: { type: 'boolean', help: 'keep receipts back until told otherwise' },
  'receipt-tlvs': { type: 'boolean', help: 'name the message in TLVs of the receipt as well' },
  'hex-ids': { type: 'boolean', help: 'hexadecimal message ids, decimal ones in receipts' },
  log: { type: 'string', value: 'FILE', help: 'write a line there for each message' },
  control: { type: 'boolean', help: 'obey JSON lines on standard input (docs/simulated-carrier.md)' },
} as const satisfies Command['options'];

export const simulate: Command = {
  words: 'simulate',
  summary: 'Runs the simulated carrier alone, an SMPP server. Prints one JSON line when it listens.',
  options,
  async run(call) {
    const { asked: stopAsked } = whenAskedToStop();
    const simulator = await runSimulator(argumentsOf(call));
    await stopAsked;
    await simulator.stop();
    return 0;
  },
};

/** Checked here, so that a mistake is told before anything starts. */
function argumentsOf(call: Call): string[] {
  readNumber(call, 'port', 0, 0, 65535);
  readNumber(call, 'window', 1, 1, 10_000);
  readNumber(call, 'latency', 0, 0, 3_600_000);
  readNumber(call, 'seed', 0, 0, 2 ** 32 - 1);
  const args: string[] = [];
  for (const [name, { type }] of Object.entries(options)) {
    const value = call.text(name);
    if (type === 'boolean' && call.flag(name)) args.push(`--${name}`);
    else if (value !== undefined) args.push(`--${name}=${value}`);
  }
  return [...args, `--log-level=${call.config.logLevel}`];
}
