// chappe simulate: runs the simulated carrier alone, for other machines, other programs and measurements.
import { readSimulatorFlags, runSimulator, simulatorFlags } from '#simulator/run.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { whenAskedToStop } from './stop-signals.ts';

export const simulate: Command = {
  words: 'simulate',
  summary: 'Runs the simulated carrier alone, an SMPP server. Prints one JSON line when it listens.',
  options: simulatorFlags,
  async run(call) {
    const { asked: stopAsked } = whenAskedToStop();
    const flags = flagsOf(call);
    const simulator = await runSimulator(flags, call.config.logLevel);
    await stopAsked;
    await simulator.stop();
    return 0;
  },
};

/** Throws a UsageError that names every wrong flag, before anything starts. */
function flagsOf(call: Call): Record<string, string | boolean> {
  const flags: Record<string, string | boolean> = {};
  for (const [name, { type }] of Object.entries(simulatorFlags)) {
    const value = type === 'boolean' ? call.flag(name) || undefined : call.text(name);
    if (value !== undefined) flags[name] = value;
  }
  try {
    readSimulatorFlags(flags);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return flags;
}
