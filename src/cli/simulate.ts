// chappe simulate: the simulated carrier alone, for other machines, other gateways and measurements.
import { runSimulator } from '#simulator/run.ts';
import type { ProgramCommand } from './command.ts';
import { whenAskedToStop } from './stop-signals.ts';

export const simulate: ProgramCommand = {
  words: 'simulate',
  summary: 'Runs the simulated carrier alone, an SMPP server (--port, --fates FILE, --help).',
  async program(args) {
    const stopAsked = whenAskedToStop();
    const simulator = await runSimulator(args);
    await stopAsked;
    await simulator.stop();
    return 0;
  },
};
