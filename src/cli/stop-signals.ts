// Stop signals of commands that run until they receive one. A second signal ends the process immediately: accepted messages
// are durable in the database.

import { steadyClock } from '#lib/time/clock.ts';

/** npm and a terminal send one Ctrl-C twice within milliseconds: both count as one. */
const sameSignalMs = 1_000;

export interface StopRequest {
  readonly asked: Promise<void>;
  /** Aborted at the same instant, for work that must be abandoned. */
  readonly signal: AbortSignal;
}

export function whenAskedToStop(): StopRequest {
  const controller = new AbortController();
  const asked = new Promise<void>((resolve) => {
    let firstMs: number | null = null;
    const stop = (isSignal: boolean) => {
      const nowMs = steadyClock.now();
      if (firstMs !== null && isSignal && nowMs - firstMs > sameSignalMs) {
        process.stderr.write('chappe: told to stop a second time\n');
        process.exit(130);
      }
      firstMs ??= nowMs;
      controller.abort(new Error('told to stop during the start'));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(true));
    // The launcher (bin/node24.mjs) holds the other end of the channel: it has ended.
    if (process.connected) process.on('disconnect', () => stop(false));
  });
  return { asked, signal: controller.signal };
}
